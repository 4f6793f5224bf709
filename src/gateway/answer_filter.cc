#include "gateway/answer_filter.h"

#include "base/text.h"
#include "gateway/signatures.h"
#include "protocol/tool_name.h"

namespace gateway {

void AnswerFilter::event(const chat::Event& event) {
  using Type = chat::Event::Type;
  if (event.type != Type::finish && event.type != Type::signature) started_ = true;
  bool of_a_call =
      event.type == Type::tool_call || event.type == Type::tool_arguments || event.type == Type::tool_end;
  // The client asked for one call at a time, and the upstream has no such switch: the first of the turn
  // stands.
  if (of_a_call && event.index > 0 && request_.parallel_tool_calls == "false") return;
  chat::Event out = event;
  if (!out.signature.text.empty()) out.signature.home = home_;
  if (out.type == Type::tool_call) return tool_call(out);
  if (keep_thoughts_) gather_thought(out);
  to_.event(out);
}

void AnswerFilter::gather_thought(const chat::Event& event) {
  using Type = chat::Event::Type;
  if (event.type == Type::thinking) {
    thinking_ += event.text;
  } else if (event.type == Type::redacted_thinking) {
    thoughts_.push_back({{}, {}, KeptSignature(event.signature), true});
  } else if (event.type == Type::signature && !thinking_.empty()) {
    thoughts_.push_back({std::move(thinking_), std::string(event.id), KeptSignature(event.signature), false});
    thinking_.clear();
  }
}

void AnswerFilter::tool_call(chat::Event call) {
  call.name = protocol::declared_tool_name(request_.tools, call.name);
  if (call.id.empty()) {
    id_ = "call_" + id_stem_;
    base::append_int(id_, calls_);
    sign_call_id(call.signature, id_);
    call.id = id_;
  }
  calls_++;
  remember_call(call.id, call.signature, std::move(thoughts_));
  thoughts_.clear();
  to_.event(call);
}

void AnswerFilter::usage(const chat::Usage& usage) {
  usage_ = usage;
  to_.usage(usage);
}

void AnswerFilter::end() {
  over_ = true;
  to_.end();
}

void AnswerFilter::fail(const chat::Error& error) {
  over_ = true;
  broke_ = started_ && request_.stream;
  if (broke_) {
    to_.fail(error);
  } else {
    early_failure_ = error;
  }
}

}  // namespace gateway
