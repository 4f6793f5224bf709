#include "protocol/thinking_tags.h"

#include <algorithm>

namespace protocol {

namespace {

constexpr std::string_view kOpen = "<thinking>";
constexpr std::string_view kClose = "</thinking>";
constexpr std::string_view kNewline = "\\n";  // as it stands in escaped text
constexpr std::string_view kBlankLine = "\\n\\n";

// Takes white space off the front of `text`.
void skip_space(std::string_view& text) {
  while (true) {
    if (text.starts_with(' ')) {
      text.remove_prefix(1);
    } else if (text.starts_with("\\n") || text.starts_with("\\r") || text.starts_with("\\t")) {
      text.remove_prefix(2);
    } else {
      return;
    }
  }
}

// Of the end of `text`, how much could be the beginning of `word`?
size_t begun(std::string_view text, std::string_view word) {
  for (size_t size = std::min(text.size(), word.size() - 1); size > 0; size--) {
    if (word.starts_with(text.substr(text.size() - size))) return size;
  }
  return 0;
}

// A tag in quotes is spoken of, not meant.
bool is_quote(char c) { return c == '`' || c == '"' || c == '\''; }

}  // namespace

void ThinkingTags::emit(chat::Event::Type type, size_t size, chat::Sink& sink) {
  if (size == 0) return;
  std::string part = held_.substr(0, size);
  held_.erase(0, size);
  last_ = part.back();
  sink.event({.type = type, .text = part});
}

void ThinkingTags::text(chat::Text delta, chat::Sink& sink) {
  if (state_ == State::plain) {
    if (!delta.empty()) sink.event({.type = chat::Event::Type::text, .text = delta});
    return;
  }
  held_ += delta;
  step(sink);
}

void ThinkingTags::step(chat::Sink& sink) {
  if (state_ == State::before && !before()) return;
  if (state_ == State::inside && !inside(sink)) return;
  if (state_ == State::after) {
    std::string_view rest = held_;
    skip_space(rest);
    held_.erase(0, held_.size() - rest.size());
    if (held_.empty()) return;
    state_ = State::plain;
  }
  if (state_ == State::plain) emit(chat::Event::Type::text, held_.size(), sink);
}

// True once it is known how the answer begins.
bool ThinkingTags::before() {
  std::string_view rest = held_;
  skip_space(rest);
  if (rest.starts_with(kOpen)) {
    held_.erase(0, held_.size() - rest.size() + kOpen.size());
    state_ = State::inside;
    return true;
  }
  if (kOpen.starts_with(rest)) return false;
  state_ = State::plain;
  return true;
}

// True once the closing tag was seen. It counts only before a blank line.
bool ThinkingTags::inside(chat::Sink& sink) {
  using Type = chat::Event::Type;
  if (held_.empty()) return false;
  if (first_ && held_.starts_with(kNewline)) held_.erase(0, kNewline.size());
  first_ = false;
  std::string_view text = held_;
  for (size_t at = text.find(kClose); at != text.npos; at = text.find(kClose, at + 1)) {
    std::string_view after = text.substr(at + kClose.size());
    if (is_quote(at > 0 ? text[at - 1] : last_)) continue;
    if (after.starts_with(kBlankLine)) {
      emit(Type::thinking, at, sink);
      held_.erase(0, kClose.size());
      state_ = State::after;
      return true;
    }
    if (kBlankLine.starts_with(after)) {
      emit(Type::thinking, at, sink);
      return false;
    }
  }
  emit(Type::thinking, text.size() - begun(text, kClose), sink);
  return false;
}

void ThinkingTags::flush(chat::Sink& sink) {
  std::string_view rest = held_;
  if (state_ == State::inside && rest.starts_with(kClose)) {
    rest.remove_prefix(kClose.size());
    skip_space(rest);
    held_.assign(rest);
    state_ = State::plain;
  }
  bool thinking = state_ == State::inside;
  emit(thinking ? chat::Event::Type::thinking : chat::Event::Type::text, held_.size(), sink);
  if (!thinking) state_ = State::plain;
}

}  // namespace protocol
