#include <gtest/gtest.h>

#include "http/sse.h"
#include "protocol/openai_chat.h"
#include "protocol/openai_responses.h"

namespace {

using Type = chat::Event::Type;

// What a decoder said, one line per event; deltas of one kind that follow each other are joined.
class Transcript final : public chat::Sink {
 public:
  void event(const chat::Event& event) override {
    switch (event.type) {
      case Type::text: add("text", event.text); break;
      case Type::refusal: add("refusal", event.text); break;
      case Type::thinking: add("thinking", event.text); break;
      case Type::signature:
        line("signature " + std::string(event.id) + " " + std::string(event.signature.text));
        break;
      case Type::redacted_thinking:
        line("redacted " + std::string(event.id) + " " + std::string(event.signature.text));
        break;
      case Type::tool_call:
        line("call " + std::to_string(event.index) + " " + std::string(event.id) + " " +
             std::string(event.name));
        if (!event.arguments.text.empty()) add("arguments", event.arguments.text);
        break;
      case Type::tool_arguments: add("arguments", event.arguments.text); break;
      case Type::tool_end: line("end of call " + std::to_string(event.index)); break;
      case Type::search: line("search " + std::string(event.text) + " " + std::string(event.raw)); break;
      case Type::media: line("media " + std::string(event.media_type) + " " + std::string(event.text)); break;
      case Type::logprobs: line("logprobs " + std::string(event.raw)); break;
      case Type::finish: line("finish " + std::string(protocol::openai_chat::word_of(event.finish))); break;
    }
  }
  void usage(const chat::Usage& usage) override {
    line("usage " + std::to_string(usage.input) + "/" + std::to_string(usage.output));
  }
  void end() override { line("end"); }
  void fail(const chat::Error& error) override { line("fail " + error.code + ": " + error.message); }

  std::string text;

 private:
  void add(std::string kind, std::string_view more) {
    if (kind != last_) line(kind + " ");
    last_ = kind;
    text.insert(text.size() - 1, more);
  }
  void line(const std::string& said) {
    last_.clear();
    text += said + "\n";
  }
  std::string last_;
};

std::string decode(std::string_view stream, size_t cut = 0, bool broken = false,
                   const protocol::Target& target = {}) {
  Transcript transcript;
  auto decoder = protocol::openai_responses::make_decoder();
  decoder->begin({}, target);
  http::SseDecoder events(1 << 20);
  bool open = true;
  auto drain = [&] {
    while (open && events.next() == http::SseDecoder::Step::event) {
      open = decoder->event(events.name(), events.data(), transcript);
    }
  };
  events.feed(stream.substr(0, cut));
  drain();
  events.feed(stream.substr(cut));
  drain();
  decoder->close(broken, transcript);
  return transcript.text;
}

std::string frames(std::initializer_list<std::string_view> events) {
  std::string out;
  for (std::string_view event : events) out.append("data: ").append(event).append("\n\n");
  return out;
}

const std::string kStream = frames({
    R"({"type":"response.created","response":{"id":"resp_1","status":"in_progress"}})",
    R"({"type":"response.output_item.added","output_index":0,"item":{"id":"rs_1","type":"reasoning","encrypted_content":"early","summary":[]}})",
    R"({"type":"response.reasoning_summary_part.added","item_id":"rs_1","output_index":0,"summary_index":0,"part":{"type":"summary_text","text":""}})",
    R"({"type":"response.reasoning_summary_text.delta","item_id":"rs_1","output_index":0,"summary_index":0,"delta":"**Plan**"})",
    R"({"type":"response.reasoning_summary_text.delta","item_id":"rs_1","output_index":0,"summary_index":1,"delta":"more"})",
    R"({"type":"response.output_item.done","output_index":0,"item":{"id":"rs_1","type":"reasoning","encrypted_content":"final","summary":[]}})",
    R"({"type":"response.output_item.added","output_index":1,"item":{"id":"msg_1","type":"message","content":[]}})",
    R"({"type":"response.output_text.delta","output_index":1,"content_index":0,"delta":"h\u00e9","logprobs":[{"token":"h","logprob":-0.5,"top_logprobs":[{"token":"x","logprob":-2}]}]})",
    R"({"type":"response.output_item.done","output_index":1,"item":{"id":"msg_1","type":"message","content":[{"type":"output_text","text":"h\u00e9"}]}})",
    R"({"type":"response.output_item.added","output_index":2,"item":{"id":"fc_1","type":"function_call","call_id":"call_1","name":"f","arguments":""}})",
    R"({"type":"response.function_call_arguments.delta","item_id":"fc_1","output_index":2,"delta":"{\"a\":"})",
    R"({"type":"response.function_call_arguments.delta","item_id":"fc_1","output_index":2,"delta":"1}"})",
    R"({"type":"response.output_item.done","output_index":2,"item":{"id":"fc_1","type":"function_call","call_id":"call_1","name":"f","arguments":"{\"a\":1}"}})",
    R"({"type":"response.output_item.done","output_index":3,"item":{"id":"ctc_1","type":"custom_tool_call","call_id":"call_2","name":"p","input":"say \"x\""}})",
    R"({"type":"response.output_item.done","output_index":4,"item":{"id":"ws_1","type":"web_search_call","action":{"type":"search","query":"q","sources":[{"type":"url","url":"https://a"}]}}})",
    R"({"type":"of.tomorrow","x":1})",
    R"({"type":"response.completed","response":{"id":"resp_1","status":"completed","output":[],"usage":{"input_tokens":12,"output_tokens":3}}})",
});

const std::string kSaid =
    "thinking **Plan**\\n\\nmore\n"
    "signature rs_1 final\n"
    "text h\\u00e9\n"
    R"(logprobs [{"token":"h","logprob":-0.5,"bytes":null,"top_logprobs":[{"token":"x","logprob":-2,"bytes":null}]}])"
    "\n"
    "call 0 call_1 f\n"
    R"(arguments {\"a\":1})"
    "\n"
    "end of call 0\n"
    "call 1 call_2 p\n"
    R"(arguments {\"input\":\"say \\\"x\\\"\"})"
    "\n"
    "end of call 1\n"
    R"(search q [{"url":"https://a","title":""}])"
    "\n"
    "finish tool_calls\n"
    "usage 12/3\n"
    "end\n";

TEST(OpenaiResponsesDecode, SaysTheSameHoweverTheStreamIsCut) {
  for (size_t cut = 0; cut <= kStream.size(); cut++) ASSERT_EQ(decode(kStream, cut), kSaid) << cut;
}

TEST(OpenaiResponsesDecode, EventNamesCountWhereTypesAreMissing) {
  EXPECT_EQ(decode("event: response.output_text.delta\ndata: {\"output_index\":0,\"delta\":\"x\"}\n\n"
                   "event: response.completed\ndata: {\"response\":{\"status\":\"completed\"}}\n\n"),
            "text x\nfinish stop\nend\n");
}

TEST(OpenaiResponsesDecode, SealedArgumentsAreTakenFromTheFinishedItemWhereAnUpstreamSealsThem) {
  std::string stream = frames({
      R"({"type":"response.output_item.added","output_index":0,"item":{"type":"function_call","call_id":"c","name":"f","arguments":""}})",
      R"({"type":"response.function_call_arguments.delta","output_index":0,"delta":"gA","obfuscation":"x"})",
      R"({"type":"response.function_call_arguments.delta","output_index":0,"delta":"A="})",
      R"({"type":"response.output_item.done","output_index":0,"item":{"type":"function_call","call_id":"c","name":"f","arguments":"{}"}})",
      R"({"type":"response.completed","response":{"status":"completed"}})",
  });
  protocol::Target target;
  EXPECT_NE(decode(stream, 0, false, target).find("arguments gAA="), std::string::npos);
  target.sealed_arguments = true;
  EXPECT_EQ(decode(stream, 0, false, target),
            "call 0 c f\narguments {}\nend of call 0\nfinish tool_calls\nend\n");
}

TEST(OpenaiResponsesDecode, AWholeResponseIsUnderstood) {
  EXPECT_EQ(
      decode(frames(
          {R"({"id":"resp_1","object":"response","status":"incomplete","error":null,"incomplete_details":{"reason":"max_output_tokens"},"output":[)"
           R"({"id":"rs_1","type":"reasoning","summary":[],"encrypted_content":"gAAA"},{"type":"message","content":[{"type":"output_text","text":"x"},{"type":"refusal","refusal":"y"}]},)"
           R"({"type":"image_generation_call","result":"iVBOR","output_format":"webp"}],"usage":{"input_tokens":1,"output_tokens":2}})"})),
      "redacted rs_1 gAAA\ntext x\nrefusal y\nmedia image/webp iVBOR\nfinish length\nusage 1/2\nend\n");
}

TEST(OpenaiResponsesDecode, Endings) {
  EXPECT_EQ(decode(frames({R"({"type":"response.refusal.delta","output_index":0,"delta":"no"})",
                           R"({"type":"response.completed","response":{"status":"completed"}})"})),
            "refusal no\nfinish content_filter\nend\n");
  EXPECT_EQ(
      decode(frames(
          {R"({"type":"response.incomplete","response":{"status":"incomplete","incomplete_details":{"reason":"content_filter"}}})"})),
      "finish content_filter\nend\n");
  EXPECT_EQ(
      decode(frames(
          {R"({"type":"response.failed","response":{"status":"failed","error":{"code":"rate_limit_exceeded","message":"slow"}}})"})),
      "fail rate_limit_exceeded: The upstream ended its answer with an error: slow\n");
  EXPECT_EQ(decode(frames({R"({"type":"error","code":"server_error","message":"bad"})"})),
            "fail server_error: The upstream ended its answer with an error: bad\n");
  EXPECT_EQ(decode(frames({R"({"type":"error","error":{"type":"usage_limit_reached","message":"spent"}})"})),
            "fail usage_limit_reached: The upstream ended its answer with an error: spent\n");
  EXPECT_EQ(decode(frames({"{broken"})),
            "fail upstream_invalid_json: The upstream sent an event that is not valid JSON.\n");
}

TEST(OpenaiResponsesDecode, AStreamWithoutItsEndFails) {
  std::string half = frames({R"({"type":"response.output_text.delta","output_index":0,"delta":"x"})"});
  EXPECT_TRUE(decode(half).starts_with("text x\nfail upstream_incomplete: The upstream closed"))
      << decode(half);
  EXPECT_TRUE(decode(half, 0, true).starts_with("text x\nfail upstream_incomplete: The connection"));
  EXPECT_TRUE(decode("").starts_with("fail upstream_incomplete"));
}

}  // namespace
