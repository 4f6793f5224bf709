// Gemini: an upstream's stream, as events. Code Assist and Antigravity wrap each chunk in {"response": ...}.
#include <optional>
#include <vector>

#include "base/apart.h"
#include "json/writer.h"
#include "protocol/gemini.h"
#include "protocol/gemini_grounding.h"
#include "protocol/gemini_partial.h"
#include "protocol/said_error.h"
#include "protocol/schema.h"
#include "protocol/tool_name.h"

namespace protocol::gemini {

namespace {

using chat::Event;
using chat::Finish;
using json::Value;

struct Reason {
  std::string_view word;
  Finish finish;
};
// Whatever is not listed (OTHER, words to come) is an error unless the answer has content.
constexpr Reason kReasons[] = {
    {"STOP", Finish::stop},
    {"MAX_TOKENS", Finish::length},
    {"SAFETY", Finish::content_filter},
    {"RECITATION", Finish::content_filter},
    {"LANGUAGE", Finish::content_filter},
    {"BLOCKLIST", Finish::content_filter},
    {"PROHIBITED_CONTENT", Finish::content_filter},
    {"SPII", Finish::content_filter},
    {"IMAGE_SAFETY", Finish::content_filter},
    {"IMAGE_PROHIBITED_CONTENT", Finish::content_filter},
    {"IMAGE_RECITATION", Finish::content_filter},
};

std::optional<Finish> finish_of(std::string_view reason) {
  for (const Reason& known : kReasons) {
    if (reason == known.word) return known.finish;
  }
  return std::nullopt;
}

// Did the model spoil its answer? The text before it is then no whole answer: an agent would stop there.
bool is_spoilt(std::string_view reason) {
  return reason.starts_with("MALFORMED_") || reason.starts_with("UNEXPECTED_") ||
         reason.starts_with("TOO_MANY_");
}

chat::Usage read_usage(Value usage) {
  chat::Usage to;
  to.known = true;
  to.input = usage["promptTokenCount"].to_int() + usage["toolUsePromptTokenCount"].to_int();
  to.cached = usage["cachedContentTokenCount"].to_int();
  to.reasoning = usage["thoughtsTokenCount"].to_int();
  to.output = usage["candidatesTokenCount"].to_int() + to.reasoning;
  to.total = usage["totalTokenCount"].to_int();
  return to;
}

// {"token":..,"logprob":..,"bytes":null
void open_token(json::Writer& w, Value token) {
  w.begin_object().key("token").text(token["token"].inner());
  Value logprob = token["logProbability"];
  w.key("logprob").raw(logprob ? logprob.raw() : "-9999.0").key("bytes").null();
}

// logprobsResult as OpenAI's choices[].logprobs.content.
BASE_APART void convert_logprobs(Value result, std::string& out) {
  json::Writer w(out);
  w.begin_array();
  std::vector<Value> top;
  for (auto [_, at] : result["topCandidates"].items()) top.push_back(at["candidates"]);
  size_t index = 0;
  for (auto [_, chosen] : result["chosenCandidates"].items()) {
    open_token(w, chosen);
    w.key("top_logprobs").begin_array();
    if (index < top.size()) {
      for (auto [no_key, candidate] : top[index].items()) {
        open_token(w, candidate);
        w.end_object();
      }
    }
    w.end_array().end_object();
    index++;
  }
  w.end_array();
}

class StreamDecoder final : public Decoder {
 public:
  void begin(const chat::Request& request, const Target& target) override {
    empty_fails_ = target.empty_fails;
    rejection_ = target.rejection;
    if (target.native_schema && target.claude) tools_ = &request.tools;
  }

  bool event(std::string_view, std::string_view data, chat::Sink& sink) override {
    if (over_) return false;
    if (document_.parse(data) != json::Error::none) {
      fail(sink, "The upstream sent an event that is not valid JSON.", "upstream_invalid_json");
      return false;
    }
    Value root = document_.root();
    // A stream that fails early may answer with a JSON array of errors.
    if (root.is_array()) {
      for (auto [_, element] : root.items()) root = element;
    }
    if (Value error = root["error"]; error.has_value()) {
      over_ = true;
      sink.fail(said_error(error));
      return false;
    }
    Value response = root["response"];
    read_response(response.is_object() ? response : root, sink);
    return !over_;
  }

  void close(bool broken, chat::Sink& sink) override {
    if (over_) return;
    if (choices_.empty() && !blocked_) {
      return fail(sink,
                  broken ? "The connection to the upstream broke before it answered."
                         : "The upstream closed its stream without an answer.",
                  "upstream_empty");
    }
    for (const Choice& choice : choices_) {
      if (!choice.finished && (broken || choice.calls == 0)) {
        return fail(sink, "The upstream's stream ended before the answer was complete.",
                    "upstream_incomplete");
      }
      // A finish that only says "something went wrong", with nothing to show for it, must not pass for an
      // answer.
      if (choice.finished && !finish_of(choice.word) && (!choice.content || is_spoilt(choice.word)))
        return fail_finish(sink, choice);
      if (empty_fails_ && choice.finish == Finish::stop && !choice.content && !choice.thought)
        return fail(sink, "The upstream's answer was empty. Try again.", "upstream_empty");
    }
    finish(sink);
  }

 private:
  struct Choice {
    bool content = false, thought = false, finished = false;
    uint16_t calls = 0;
    Finish finish = Finish::stop;
    std::string word;  // the upstream's reason
    Grounding grounding;
    // A call that arrives in pieces.
    bool open_call = false;
    std::string id, name, proof;
    PartialArguments partial;
  };

  Choice& choice_of(uint16_t index) {
    if (index >= choices_.size()) choices_.resize(index + 1u);
    return choices_[index];
  }

  void read_response(Value response, chat::Sink& sink) {
    for (auto [key, value] : response.items()) {
      if (key.equals("candidates")) {
        for (auto [_, candidate] : value.items()) read_candidate(candidate, sink);
      } else if (key.equals("usageMetadata") && value.is_object()) {
        usage_ = read_usage(value);
        sink.usage(usage_);
      } else if (key.equals("promptFeedback") && value["blockReason"].is_string()) {
        blocked_ = true;
      }
    }
  }

  void read_candidate(Value candidate, chat::Sink& sink) {
    Value content, reason, logprobs, number, grounding;
    for (auto [key, value] : candidate.items()) {
      if (key.equals("content"))
        content = value;
      else if (key.equals("finishReason"))
        reason = value;
      else if (key.equals("logprobsResult"))
        logprobs = value;
      else if (key.equals("groundingMetadata"))
        grounding = value;
      else if (key.equals("index"))
        number = value;
    }
    uint16_t index = uint16_t(number.to_int());
    Choice& choice = choice_of(index);
    for (auto [_, part] : content["parts"].items()) read_part(part, index, choice, sink);
    if (grounding.is_object()) choice.grounding.read(grounding);
    if (logprobs.is_object()) {
      scratch_.clear();
      convert_logprobs(logprobs, scratch_);
      sink.event({.type = Event::Type::logprobs, .choice = index, .raw = scratch_});
    }
    if (reason.is_string()) {
      choice.finished = true;
      choice.word = reason.inner();
      choice.finish = finish_of(choice.word).value_or(Finish::stop);
    }
  }

  void read_part(Value part, uint16_t index, Choice& choice, chat::Sink& sink) {
    Value text, call, data, signature, thought, code, result;
    for (auto [key, value] : part.items()) {
      if (key.equals("text"))
        text = value;
      else if (key.equals("thought"))
        thought = value;
      else if (key.equals("functionCall"))
        call = value;
      else if (key.equals("thoughtSignature") || key.equals("thought_signature"))
        signature = value;
      else if (key.equals("inlineData") || key.equals("inline_data"))
        data = value;
      else if (key.equals("executableCode"))
        code = value;
      else if (key.equals("codeExecutionResult"))
        result = value;
    }
    if (is_rejection(text, choice)) return reject(text, sink);
    chat::Signature proof{signature.inner(), signature.is_string() ? Origin::gemini : Origin::none, {}};
    if (call.is_object()) return read_call(call, proof, index, choice, sink);
    if (text.is_string() && !text.inner().empty()) {
      choice.content |= !thought.is_true();
      choice.thought |= thought.is_true();
      sink.event({.type = thought.is_true() ? Event::Type::thinking : Event::Type::text,
                  .choice = index,
                  .text = text.inner()});
    } else if (data.is_object()) {
      choice.content = true;
      sink.event({.type = Event::Type::media,
                  .choice = index,
                  .text = data["data"].inner(),
                  .media_type = (data["mimeType"] ? data["mimeType"] : data["mime_type"]).inner()});
    } else if (code.is_object()) {
      say_fenced(code["language"].str(), code["code"].inner(), index, choice, sink);
    } else if (result.is_object()) {
      say_fenced("text", result["output"].inner(), index, choice, sink);
    }
    if (!proof.text.empty())
      sink.event({.type = Event::Type::signature, .choice = index, .signature = proof});
  }

  BASE_APART void read_call(Value call, chat::Signature proof, uint16_t index, Choice& choice,
                            chat::Sink& sink) {
    choice.content = true;
    Value arguments = call["args"], pieces = call["partialArgs"];
    bool goes_on = call["willContinue"].is_true();
    if (!choice.open_call && !goes_on && !pieces) {
      return say_call(call["id"].inner(), call["name"].inner(),
                      own_arguments(call["name"].inner(), arguments), proof, index, choice, sink);
    }
    if (!choice.open_call) {
      choice.open_call = true;
      choice.id = call["id"].inner();
      choice.name = call["name"].inner();
      choice.proof.clear();
      choice.partial.clear();
    }
    if (!proof.text.empty()) choice.proof = proof.text;
    choice.partial.add(pieces);
    if (goes_on) return;
    choice.open_call = false;
    scratch_.clear();
    choice.partial.append_object(scratch_);
    say_call(choice.id, choice.name, scratch_, {choice.proof, Origin::gemini, {}}, index, choice, sink);
  }

  // The arguments without what only we asked for (VALIDATED mode wants a required property of every tool),
  // and with objects and arrays where the model wrote them as strings of JSON, a habit of Claude's here.
  BASE_APART std::string_view own_arguments(chat::Text name, Value arguments) {
    if (!arguments.is_object()) return "{}";
    const chat::Tool* tool = tools_ ? find_tool(name) : nullptr;
    json::Document schema;
    if (!tool || tool->custom ||
        schema.parse(tool->schema.empty() ? "{}" : tool->schema) != json::Error::none)
      return arguments.raw();
    edited_.clear();
    json::Writer w(edited_);
    w.begin_object();
    for (auto [key, value] : arguments.items()) {
      bool perhaps = key.equals(kStandInProperty) || key.equals(kStandInReason);
      if (perhaps && is_stand_in(schema.root(), key.inner())) continue;
      w.escaped_key(key.inner());
      write_argument(w, value, schema.root()["properties"][key.str()]["type"]);
    }
    w.end_object();
    return edited_;
  }

  // `type`: what the tool declares.
  static void write_argument(json::Writer& w, Value value, Value type) {
    bool object = type.equals("object"), array = type.equals("array");
    json::Document inner;
    std::string text;
    if (value.is_string() && (object || array)) text = value.str();
    bool read = !text.empty() && inner.parse(text) == json::Error::none;
    bool meant = read && (object ? inner.root().is_object() : inner.root().is_array());
    w.raw(meant ? inner.root().raw() : value.raw());
  }

  const chat::Tool* find_tool(chat::Text name) const {
    chat::Text declared = declared_tool_name(*tools_, name);
    for (const chat::Tool& tool : *tools_) {
      if (tool.name == declared) return &tool;
    }
    return nullptr;
  }

  bool is_rejection(Value text, const Choice& choice) const {
    return !rejection_.empty() && !choice.content && text.is_string() && text.inner().starts_with(rejection_);
  }

  BASE_APART void reject(Value text, chat::Sink& sink) {
    if (over_) return;
    fail(sink, text.str() + " The client version in the provider's descriptor must be raised.",
         "client_version_rejected");
  }

  static void say_call(chat::Text id, chat::Text name, std::string_view arguments, chat::Signature proof,
                       uint16_t index, Choice& choice, chat::Sink& sink) {
    uint16_t number = choice.calls++;
    sink.event({.type = Event::Type::tool_call,
                .choice = index,
                .index = number,
                .id = id,
                .name = name,
                .arguments = {arguments, false},
                .signature = proof});
    sink.event({.type = Event::Type::tool_end, .choice = index, .index = number});
  }

  BASE_APART void say_fenced(std::string_view language, chat::Text body, uint16_t index, Choice& choice,
                             chat::Sink& sink) {
    choice.content = true;
    scratch_ = fenced(language, body);
    sink.event({.type = Event::Type::text, .choice = index, .text = scratch_});
  }

  void finish(chat::Sink& sink) {
    over_ = true;
    if (choices_.empty()) { sink.event({.type = Event::Type::finish, .finish = Finish::content_filter}); }
    for (size_t i = 0; i < choices_.size(); i++) {
      const Choice& choice = choices_[i];
      bool runs_tools =
          choice.calls && choice.finish != Finish::length && choice.finish != Finish::content_filter;
      Finish finish = runs_tools ? Finish::tool_calls : choice.finish;
      choice.grounding.say(uint16_t(i), sink);
      sink.event({.type = Event::Type::finish, .choice = uint16_t(i), .finish = finish});
    }
    if (usage_.known) sink.usage(usage_);
    sink.end();
  }

  BASE_APART void fail_finish(chat::Sink& sink, const Choice& choice) {
    std::string message = "The model gave no answer; the upstream's reason is " + choice.word + ". Try again";
    message += choice.word == "MALFORMED_FUNCTION_CALL" ? ", or simplify the tools' schemas." : ".";
    fail(sink, message, "upstream_" + base::lower(choice.word));
  }

  BASE_APART void fail(chat::Sink& sink, std::string_view message, std::string_view code) {
    over_ = true;
    sink.fail(chat::upstream_error(chat::Fault::upstream, message, code));
  }

  json::Document document_;
  std::vector<Choice> choices_;
  chat::Usage usage_;
  std::string scratch_, edited_;
  const std::vector<chat::Tool>* tools_ = nullptr;  // whose calls may hold what only we asked for
  std::string_view rejection_;
  bool empty_fails_ = false;
  bool blocked_ = false;
  bool over_ = false;
};

}  // namespace

std::string fenced(std::string_view language, chat::Text body) {
  std::string text = "\\n```";
  for (char c : base::lower(language)) {
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) text += c;
  }
  text.append("\\n").append(body).append("\\n```\\n");
  return text;
}

std::unique_ptr<Decoder> make_decoder() { return std::make_unique<StreamDecoder>(); }

}  // namespace protocol::gemini
