#include "protocol/gemini_parts.h"

#include <algorithm>

#include "base/date.h"
#include "base/text.h"
#include "json/writer.h"
#include "protocol/opaque.h"

namespace protocol::gemini {

namespace {

using chat::Event;
using chat::Finish;
using Type = Event::Type;
using json::Value;

std::string_view word_of(Finish finish) {
  switch (finish) {
    case Finish::stop:
    case Finish::tool_calls: return "STOP";
    case Finish::length: return "MAX_TOKENS";
    case Finish::content_filter:
    case Finish::refusal: return "SAFETY";
  }
  return "OTHER";
}

std::string about(const Stamp& stamp) {
  std::string out = R"(,"modelVersion":")";
  out.append(stamp.model).append(R"(","createTime":")").append(base::moment_of(stamp.created * 1000));
  out.append(R"(","responseId":")").append(stamp.id).append("\"");
  return out;
}

// A client that did not ask for thoughts gets none.
bool shows_thoughts(const Stamp& stamp) {
  return !stamp.request || stamp.request->thinking.include != "false";
}

void append_token(Value token, std::string& out) {
  json::Writer w(out);
  w.begin_object().key("token").text(token["token"].inner());
  w.key("logProbability").raw(token["logprob"] ? token["logprob"].raw() : "0").end_object();
}

void add_comma(std::string& list) {
  if (!list.empty()) list += ',';
}

void append_call(const Event& call, std::string& out) {
  out += R"({"functionCall":{"id":")";
  out.append(call.id).append(R"(","name":")").append(call.name).append(R"(","args":)");
  out.append(call.arguments.text).append("}");
  append_proof(call.signature, out);
  out += '}';
}

}  // namespace

void append_proof(const chat::Signature& proof, std::string& out) {
  if (proof.text.empty()) return;
  out += R"(,"thoughtSignature":")";
  append_opaque(proof, Origin::gemini, out);
  out += '"';
}

void append_part(const Event& part, std::string& out) {
  switch (part.type) {
    case Type::tool_call: return append_call(part, out);
    case Type::media:
      out.append(R"({"inlineData":{"mimeType":")").append(part.media_type).append(R"(","data":")");
      out.append(part.text).append("\"}}");
      return;
    case Type::redacted_thinking: out += R"({"thought":true)"; break;
    case Type::thinking: out.append(R"({"text":")").append(part.text).append(R"(","thought":true)"); break;
    default: out.append(R"({"text":")").append(part.text).append("\"");
  }
  append_proof(part.signature, out);
  out += '}';
}

PartsEncoder::PartsEncoder(const Stamp& stamp)
    : about_(about(stamp)), shows_thoughts_(shows_thoughts(stamp)) {}

void PartsEncoder::event(const Event& event) {
  if (event.type == Type::tool_arguments || event.type == Type::tool_end) {
    if (!call_.open || event.choice != call_.choice || event.index != call_.index) return;
    if (event.type == Type::tool_end) return close_call();
    call_.arguments += event.arguments.text;
    return;
  }
  if (event.type == Type::logprobs) return add_logprobs(event);
  if (event.type == Type::search) return add_search(event);
  close_call();
  if (event.type == Type::signature) return signature(event);
  if (event.type == Type::tool_call) return open_call(event);
  release_proof();
  after_thinking_ = event.type == Type::thinking;
  switch (event.type) {
    case Type::thinking:
      if (shows_thoughts_) put(event);
      break;
    case Type::refusal: {
      Event text = event;
      text.type = Type::text;
      put(text);
      break;
    }
    case Type::finish:
      ending_of(event.choice).finish = event.finish;
      finished(event.choice);
      break;
    default: put(event);
  }
}

// Gemini's own proof stays with the part before it.
void PartsEncoder::signature(const Event& event) {
  if (event.signature.text.empty()) return;
  if (event.signature.origin == Origin::gemini) {
    release_proof();
    Event bare = event;
    bare.type = after_thinking_ ? Type::thinking : Type::text;
    bare.text = {};
    return put(bare);
  }
  release_proof();
  proof_.choice = event.choice;
  proof_.text = event.signature.text;
  proof_.home = event.signature.home;
  proof_.origin = event.signature.origin;
}

void PartsEncoder::release_proof() {
  if (proof_.text.empty()) return;
  put({.type = Type::thinking,
       .choice = proof_.choice,
       .signature = {proof_.text, proof_.origin, proof_.home}});
  proof_.text.clear();
}

void PartsEncoder::open_call(const Event& event) {
  if (!event.signature.text.empty() || proof_.choice != event.choice) release_proof();
  call_.open = true;
  call_.choice = event.choice;
  call_.index = event.index;
  call_.id = event.id;
  call_.name = event.name;
  call_.encoded = event.arguments.encoded || event.arguments.text.empty();
  call_.arguments = event.arguments.text;
  call_.proof = event.signature.text.empty() ? std::string_view(proof_.text) : event.signature.text;
  call_.home = event.signature.text.empty() ? std::string_view(proof_.home) : event.signature.home;
  call_.origin = event.signature.text.empty() ? proof_.origin : event.signature.origin;
  proof_.text.clear();
  after_thinking_ = false;
}

// The arguments must be an object here. What is not one is not repaired: a call cut short by the token limit
// is left out, any other is named in the ending.
void PartsEncoder::close_call() {
  if (!call_.open) return;
  call_.open = false;
  std::string arguments;
  if (call_.encoded) {
    json::unescape(call_.arguments, arguments);
  } else {
    arguments.swap(call_.arguments);
  }
  if (base::trim(arguments).empty()) arguments = "{}";
  if (document_.parse(arguments) != json::Error::none || !document_.root().is_object()) {
    ending_of(call_.choice).broken_call = call_.name;
    return;
  }
  json::flatten(arguments);
  put({.type = Type::tool_call,
       .choice = call_.choice,
       .index = call_.index,
       .id = call_.id,
       .name = call_.name,
       .arguments = {arguments, false},
       .signature = {call_.proof, call_.origin, call_.home}});
}

PartsEncoder::Ending& PartsEncoder::ending_of(uint16_t choice) {
  if (choice >= endings_.size()) endings_.resize(choice + 1u);
  return endings_[choice];
}

void PartsEncoder::add_logprobs(const Event& event) {
  Ending& ending = ending_of(event.choice);
  if (document_.parse(event.raw) != json::Error::none) return;
  for (auto [_, token] : document_.root().items()) {
    add_comma(ending.chosen);
    append_token(token, ending.chosen);
    add_comma(ending.top);
    ending.top += "{\"candidates\":[";
    bool first = true;
    for (auto [unnamed, candidate] : token["top_logprobs"].items()) {
      if (!first) ending.top += ',';
      first = false;
      append_token(candidate, ending.top);
    }
    ending.top += "]}";
  }
}

void PartsEncoder::add_search(const Event& event) {
  Ending& ending = ending_of(event.choice);
  if (!event.text.empty()) {
    add_comma(ending.queries);
    ending.queries.append("\"").append(event.text).append("\"");
  }
  if (document_.parse(event.raw) != json::Error::none) return;
  for (auto [_, source] : document_.root().items()) {
    add_comma(ending.sources);
    json::Writer w(ending.sources);
    w.begin_object().key("web").begin_object().key("uri").text(source["url"].inner());
    w.key("title").text(source["title"].inner()).end_object().end_object();
  }
}

void PartsEncoder::append_ending(uint16_t choice, std::string& out) {
  const Ending& ending = ending_of(choice);
  bool broken = !ending.broken_call.empty() && ending.finish != Finish::length;
  out += R"(,"finishReason":")";
  out.append(broken ? "MALFORMED_FUNCTION_CALL" : word_of(ending.finish)).append("\",\"index\":");
  base::append_int(out, choice);
  if (broken) {
    out += R"(,"finishMessage":"Malformed function call: the arguments of ')";
    out.append(ending.broken_call).append("' are not a JSON object.\"");
  }
  if (!ending.chosen.empty()) {
    out.append(R"(,"logprobsResult":{"chosenCandidates":[)").append(ending.chosen);
    out.append(R"(],"topCandidates":[)").append(ending.top).append("]}");
  }
  if (!ending.queries.empty() || !ending.sources.empty()) {
    out.append(R"(,"groundingMetadata":{"webSearchQueries":[)").append(ending.queries);
    out.append(R"(],"groundingChunks":[)").append(ending.sources).append("]}");
  }
}

void PartsEncoder::append_usage(std::string& out) const {
  if (!usage_.known) return;
  out += ",\"usageMetadata\":";
  json::Writer w(out);
  w.begin_object().key("promptTokenCount").number(usage_.input);
  w.key("candidatesTokenCount").number(std::max<int64_t>(usage_.output - usage_.reasoning, 0));
  w.key("totalTokenCount").number(usage_.total ? usage_.total : usage_.input + usage_.output);
  if (usage_.cached) w.key("cachedContentTokenCount").number(usage_.cached);
  if (usage_.reasoning) w.key("thoughtsTokenCount").number(usage_.reasoning);
  w.end_object();
}

}  // namespace protocol::gemini
