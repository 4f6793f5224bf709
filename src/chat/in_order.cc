#include "chat/in_order.h"

namespace chat {

using Type = Event::Type;

// Does `event` belong to the open call?
bool InOrder::goes_on(const Event& event) const {
  bool of_a_call = event.type == Type::tool_arguments || event.type == Type::tool_end;
  return of_a_call && event.choice == choice_ && event.index == index_;
}

void InOrder::event(const Event& event) {
  if (event.type == Type::finish) {
    open_ = false;
    release(true);
    return to_.event(event);
  }
  if (open_ && !goes_on(event)) return hold(event);
  to_.event(event);
  if (event.type == Type::tool_call) {
    open_ = true;
    choice_ = event.choice;
    index_ = event.index;
  } else if (event.type == Type::tool_end) {
    open_ = false;
    release(false);
  }
}

void InOrder::hold(const Event& event) {
  Event& held = held_.emplace_back(event);
  for (std::string_view* view : {&held.text, &held.id, &held.name, &held.media_type, &held.raw,
                                 &held.arguments.text, &held.signature.text, &held.signature.home}) {
    *view = arena_.copy(*view);
  }
}

// Passes on what was held, up to the first call that has not ended; with `all` every call counts as ended.
void InOrder::release(bool all) {
  while (!held_.empty()) {
    Event next = held_.front();
    held_.erase(held_.begin());
    to_.event(next);
    if (next.type != Type::tool_call) continue;
    open_ = true;
    choice_ = next.choice;
    index_ = next.index;
    bool ended = release_call();
    if (!ended && !all) return;
    open_ = false;
  }
}

// Passes on the held events of the open call. True if its end was among them.
bool InOrder::release_call() {
  std::vector<Event> others;
  bool ended = false;
  for (const Event& event : held_) {
    if (!goes_on(event)) {
      others.push_back(event);
      continue;
    }
    to_.event(event);
    ended |= event.type == Type::tool_end;
  }
  held_ = std::move(others);
  return ended;
}

}  // namespace chat
