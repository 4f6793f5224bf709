// Ends an answer at the client's stop sequences, whatever the upstream does about them: Responses, Kiro and
// Antigravity's Claude have no field for them, Anthropic takes no blank ones, the others only so many. Where
// the upstream does stop by itself, the sequence never comes, and nothing here differs.
//
// Only text is watched: neither thoughts nor arguments. What might be the beginning of a sequence is held
// back until it is told; where the pieces of the text were cut makes no difference.
#pragma once

#include <string>
#include <vector>

#include "base/apart.h"
#include "chat/event.h"
#include "chat/request.h"

namespace gateway {

class StopFilter final : public chat::Sink {
 public:
  // The references must outlive the filter.
  StopFilter(const chat::Request& request, chat::Sink& to);

  void event(const chat::Event& event) override;
  void usage(const chat::Usage& usage) override { to_.usage(usage); }
  void end() override {
    ended_ = true;
    to_.end();
  }
  void fail(const chat::Error& error) override;

  // Every choice has met a sequence: whatever the upstream still says is not for the client, and the answer
  // may be ended.
  bool met() const { return choices_to_go_ == 0; }
  bool ended() const { return ended_; }
  // Tokens of the text that has passed, by our own count: an upstream that is not heard to its end does not
  // say.
  int64_t passed_tokens() const { return tokens_; }

 private:
  struct Choice {
    std::string held;  // UTF-8: the beginning of a sequence, perhaps
    std::string half;  // the first half of a surrogate pair, escaped
    bool met = false;
    bool called = false;  // a tool
  };
  BASE_APART void text(Choice& choice, const chat::Event& event);
  void pass(uint16_t index, std::string_view utf8);
  BASE_APART void release(Choice& choice, uint16_t index);

  chat::Sink& to_;
  std::vector<std::string> stops_;  // UTF-8, none empty
  std::vector<Choice> choices_;
  int64_t choices_to_go_;
  int64_t tokens_ = 0;
  bool ended_ = false;
};

}  // namespace gateway
