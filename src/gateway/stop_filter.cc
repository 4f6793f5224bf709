#include "gateway/stop_filter.h"

#include <algorithm>

#include "chat/token_estimate.h"
#include "json/escape.h"

namespace gateway {

namespace {

using Type = chat::Event::Type;

// Where the sequence that is complete first begins, and which it is; of those that end together, the longest.
struct Match {
  size_t begin = std::string::npos, end = std::string::npos;
};
Match first_match(const std::string& text, const std::vector<std::string>& stops) {
  Match best;
  for (const std::string& stop : stops) {
    size_t begin = text.find(stop);
    if (begin == text.npos) continue;
    size_t end = begin + stop.size();
    if (end < best.end || (end == best.end && begin < best.begin)) best = {begin, end};
  }
  return best;
}

// How much of the text's end a sequence might begin with.
size_t pending(std::string_view text, const std::vector<std::string>& stops) {
  size_t most = 0;
  for (std::string_view stop : stops) {
    for (size_t size = std::min(text.size(), stop.size() - 1); size > most; size--) {
      if (text.ends_with(stop.substr(0, size))) most = size;
    }
  }
  return most;
}

// Does escaped text end with the first half of a surrogate pair, whose second is in the next piece?
bool ends_in_half(std::string_view escaped) {
  if (escaped.size() < 6) return false;
  std::string_view last = escaped.substr(escaped.size() - 6);
  bool high = last.starts_with("\\u") && (last[2] == 'd' || last[2] == 'D') &&
              std::string_view("89abAB").find(last[3]) != std::string_view::npos;
  size_t slashes = 0;  // the backslash may itself be escaped
  while (slashes < escaped.size() - 6 && escaped[escaped.size() - 7 - slashes] == '\\') slashes++;
  return high && slashes % 2 == 0;
}

}  // namespace

StopFilter::StopFilter(const chat::Request& request, chat::Sink& to)
    : to_(to), choices_to_go_(request.choices()) {
  for (chat::Text stop : request.stop) {
    if (!stop.empty()) stops_.push_back(json::unescaped(stop));
  }
}

void StopFilter::event(const chat::Event& event) {
  if (stops_.empty()) return to_.event(event);
  if (event.choice >= choices_.size()) choices_.resize(event.choice + 1u);
  Choice& choice = choices_[event.choice];
  if (choice.met) return;
  if (event.type == Type::text) return text(choice, event);
  // Log probabilities stand beside the text, not after it.
  if (event.type != Type::logprobs) release(choice, event.choice);
  choice.called |= event.type == Type::tool_call;
  to_.event(event);
}

void StopFilter::text(Choice& choice, const chat::Event& event) {
  std::string escaped = choice.half + std::string(event.text);
  choice.half.clear();
  if (ends_in_half(escaped)) {
    choice.half = escaped.substr(escaped.size() - 6);
    escaped.resize(escaped.size() - 6);
  }
  json::unescape(escaped, choice.held);
  Match match = first_match(choice.held, stops_);
  if (match.begin == choice.held.npos) {
    size_t kept = choice.half.empty() ? pending(choice.held, stops_) : choice.held.size();
    pass(event.choice, std::string_view(choice.held).substr(0, choice.held.size() - kept));
    choice.held.erase(0, choice.held.size() - kept);
    return;
  }
  choice.met = true;
  choices_to_go_--;
  pass(event.choice, std::string_view(choice.held).substr(0, match.begin));
  std::string sequence =
      json::escaped(std::string_view(choice.held).substr(match.begin, match.end - match.begin));
  // A call that the client has must be answered, whatever was said after it.
  chat::Event finish{.type = Type::finish, .choice = event.choice};
  if (choice.called) {
    finish.finish = chat::Finish::tool_calls;
  } else {
    finish.text = sequence;
  }
  to_.event(finish);
}

void StopFilter::pass(uint16_t index, std::string_view utf8) {
  if (utf8.empty()) return;
  std::string escaped = json::escaped(utf8);
  tokens_ += chat::estimate_tokens(escaped);
  to_.event({.type = Type::text, .choice = index, .text = escaped});
}

// The text is over, and no sequence came of its end.
void StopFilter::release(Choice& choice, uint16_t index) {
  if (!choice.half.empty()) json::unescape(choice.half, choice.held);
  choice.half.clear();
  pass(index, choice.held);
  choice.held.clear();
}

void StopFilter::fail(const chat::Error& error) {
  if (met()) return;
  for (size_t i = 0; i < choices_.size(); i++) {
    if (!choices_[i].met) release(choices_[i], uint16_t(i));
  }
  to_.fail(error);
}

}  // namespace gateway
