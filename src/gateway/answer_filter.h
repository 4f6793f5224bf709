// Between a decoder and an encoder: what an answer's events need whoever made them. Gives tool calls their
// ids, gives tools their declared names back, remembers thinking state for clients that keep none, and notes
// how far the answer has come.
#pragma once

#include <optional>
#include <string>

#include "base/apart.h"
#include "chat/event.h"
#include "chat/request.h"
#include "gateway/signatures.h"

namespace gateway {

class AnswerFilter final : public chat::Sink {
 public:
  // All references must outlive the filter. `id_stem` makes this answer's call ids unique; `home` is the tag
  // of the account that answers. `keep_thoughts`: the client brings back ids only, so that the thinking
  // before a call must be remembered here.
  AnswerFilter(const chat::Request& request, std::string_view id_stem, std::string_view home,
               bool keep_thoughts, chat::Sink& to)
      : request_(request), id_stem_(id_stem), home_(home), keep_thoughts_(keep_thoughts), to_(to) {}

  void event(const chat::Event& event) override;
  void usage(const chat::Usage& usage) override;
  void end() override;
  void fail(const chat::Error& error) override;

  // The answer has begun. What a streaming client has seen of it cannot be taken back: no other account can
  // take over.
  bool started() const { return started_; }
  // end() or fail() was said.
  bool over() const { return over_; }
  // After end(): the upstream was asked again, and the same answer goes on.
  void go_on() { over_ = false; }
  // A failure before the client could see anything. The encoder does not know of it: the caller fails over or
  // passes it on.
  const std::optional<chat::Error>& early_failure() const { return early_failure_; }
  // The answer failed after it had begun, and the client was told so.
  bool broke() const { return broke_; }
  const chat::Usage& tokens() const { return usage_; }

 private:
  BASE_APART void tool_call(chat::Event call);
  BASE_APART void gather_thought(const chat::Event& event);

  const chat::Request& request_;
  std::string id_stem_, home_;
  bool keep_thoughts_;
  chat::Sink& to_;
  std::optional<chat::Error> early_failure_;
  chat::Usage usage_;
  std::string id_;
  std::string thinking_;           // of the block that streams
  std::vector<Thought> thoughts_;  // complete ones, until the call that they lead to
  uint32_t calls_ = 0;
  bool started_ = false, over_ = false, broke_ = false;
};

}  // namespace gateway
