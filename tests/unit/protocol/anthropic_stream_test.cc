// Anthropic Messages: an upstream's answer as events, and events as the answer to a client.
#include <gtest/gtest.h>

#include <functional>

#include "anthropic_helpers.h"
#include "http/sse.h"
#include "protocol/opaque.h"

namespace {

using anthropic_test::Notes;
using chat::Event;
using Type = Event::Type;
using protocol::kAnthropic;

std::string frame(std::string_view type, std::string_view members) {
  std::string out = "event: ";
  out.append(type).append("\ndata: {\"type\":\"").append(type).append("\"").append(members).append("}\n\n");
  return out;
}
std::string start(std::string_view block, int index = 0) {
  return frame("content_block_start",
               R"(,"index":)" + std::to_string(index) + R"(,"content_block":)" + std::string(block));
}
std::string delta(std::string_view delta, int index = 0) {
  return frame("content_block_delta",
               R"(,"index":)" + std::to_string(index) + R"(,"delta":)" + std::string(delta));
}
std::string stop(int index = 0) {
  return frame("content_block_stop", R"(,"index":)" + std::to_string(index));
}
const std::string kStart = frame(
    "message_start",
    R"(,"message":{"id":"msg_1","type":"message","role":"assistant","content":[],"model":"m","usage":{"input_tokens":5,"cache_read_input_tokens":3,"cache_creation_input_tokens":2,"output_tokens":1}})");
std::string ending(std::string_view reason, std::string_view sequence = "null") {
  return frame("message_delta", R"(,"delta":{"stop_reason":")" + std::string(reason) +
                                    R"(","stop_sequence":)" + std::string(sequence) +
                                    R"(},"usage":{"output_tokens":9})") +
         frame("message_stop", "");
}

// The stream in chunks of `size` bytes, decoded.
Notes decode(std::string_view stream, size_t size = size_t(-1), bool broken = false) {
  Notes notes;
  auto decoder = kAnthropic.decoder();
  http::SseDecoder events(1 << 20);
  bool more = true;
  auto drain = [&] {
    while (more && events.next() == http::SseDecoder::Step::event) {
      more = decoder->event(events.name(), events.data(), notes);
    }
  };
  for (size_t at = 0; at < stream.size(); at += size) {
    events.feed(stream.substr(at, size));
    drain();
    if (size > stream.size()) break;
  }
  if (!broken) events.close();
  drain();
  decoder->close(broken, notes);
  return notes;
}

const std::string kEverything =
    kStart + frame("ping", "") + start(R"({"type":"thinking","thinking":"","signature":""})") +
    delta(R"({"type":"thinking_delta","thinking":"T\n"})") +
    delta(R"({"type":"signature_delta","signature":"SIG="})") + stop() +
    start(R"({"type":"redacted_thinking","data":"RED"})", 1) + stop(1) +
    start(R"({"type":"text","text":""})", 2) + delta(R"({"type":"text_delta","text":"caf\u00e9 é"})", 2) +
    delta(R"({"type":"citations_delta","citation":{}})", 2) + delta(R"({"type":"new_delta"})", 2) + stop(2) +
    start(R"({"type":"server_tool_use","id":"srv","name":"web_search","input":{}})", 3) +
    delta(R"({"type":"input_json_delta","partial_json":"{\"que"})", 3) +
    delta(R"({"type":"input_json_delta","partial_json":"ry\":\"q\"}"})", 3) + stop(3) +
    start(
        R"({"type":"web_search_tool_result","tool_use_id":"srv","content":[{"type":"web_search_result","url":"https://a","title":"A","encrypted_content":"E"}]})",
        4) +
    stop(4) + start(R"({"type":"future_block","x":1})", 5) + stop(5) +
    start(R"({"type":"tool_use","id":"t1","name":"f","input":{}})", 6) +
    delta(R"({"type":"input_json_delta","partial_json":""})", 6) +
    delta(R"({"type":"input_json_delta","partial_json":"{\"a\":"})", 6) +
    delta(R"({"type":"input_json_delta","partial_json":"1}"})", 6) + stop(6) +
    start(R"({"type":"tool_use","id":"t2","name":"g","input":{}})", 7) + stop(7) +
    start(R"({"type":"tool_use","id":"t3","name":"h","input":{"b":2}})", 8) + stop(8) +
    frame("new_event", "") + ending("tool_use");
constexpr std::string_view kEverythingRead =
    "thinking T\\n\nsignature SIG=\nredacted RED\ntext caf\\u00e9 é\nsearch q srv "
    "[{\"url\":\"https://a\",\"title\":\"A\"}]\n"
    "call #0 t1 f\narguments #0 {\\\"a\\\":\narguments #0 1}\ntool_end #0\ncall #1 t2 g\narguments #1 "
    "{}\ntool_end #1\n"
    "call #2 t3 h {\"b\":2}\ntool_end #2\nfinish 2\nend\n";

TEST(AnthropicDecode, ReadsEveryEventHoweverTheStreamIsCut) {
  for (size_t size = 1; size <= 64; size++)
    EXPECT_EQ(decode(kEverything, size).text, kEverythingRead) << size;
  Notes notes = decode(kEverything);
  EXPECT_EQ(notes.text, kEverythingRead);
  EXPECT_EQ(notes.counts.input, 10);
  EXPECT_EQ(notes.counts.cached, 3);
  EXPECT_EQ(notes.counts.cache_write, 2);
  EXPECT_EQ(notes.counts.output, 9);
  EXPECT_EQ(notes.counts.total, 19);
}

TEST(AnthropicDecode, KnowsEveryReasonToStop) {
  const struct {
    std::string_view reason, sequence;
    chat::Finish finish;
    std::string_view text;
  } cases[] = {
      {"end_turn", "null", chat::Finish::stop, ""},
      {"stop_sequence", "\"X\"", chat::Finish::stop, "X"},
      {"max_tokens", "null", chat::Finish::length, ""},
      {"model_context_window_exceeded", "null", chat::Finish::length, ""},
      {"refusal", "null", chat::Finish::refusal, ""},
      {"pause_turn", "null", chat::Finish::stop, ""},
      {"tool_use", "null", chat::Finish::tool_calls, ""},
      {"something_new", "null", chat::Finish::stop, ""},
  };
  for (const auto& c : cases) {
    std::string expected = "finish";
    if (!c.text.empty()) expected.append(" ").append(c.text);
    expected += " " + std::to_string(int(c.finish)) + "\nend\n";
    EXPECT_EQ(decode(kStart + ending(c.reason, c.sequence)).text, expected) << c.reason;
  }
}

TEST(AnthropicDecode, LeavesCutArgumentsAsTheyAre) {
  std::string stream = kStart + start(R"({"type":"tool_use","id":"t","name":"f","input":{}})") +
                       delta(R"({"type":"input_json_delta","partial_json":"{\"a\":\"b"})") + stop() +
                       ending("max_tokens");
  EXPECT_EQ(decode(stream).text, "call #0 t f\narguments #0 {\\\"a\\\":\\\"b\ntool_end #0\nfinish 1\nend\n");
}

TEST(AnthropicDecode, NeverEndsInSilence) {
  std::string half =
      kStart + start(R"({"type":"text","text":""})") + delta(R"({"type":"text_delta","text":"a"})");
  EXPECT_EQ(decode(half).text, "text a\nfail upstream_incomplete\n");
  EXPECT_EQ(decode(half, 7, true).text, "text a\nfail upstream_incomplete\n");
  EXPECT_EQ(decode("").text, "fail upstream_incomplete\n");
  EXPECT_EQ(decode(kStart + frame("message_stop", "")).text, "fail upstream_incomplete\n");
  EXPECT_EQ(decode("data: nonsense\n\n").text, "fail upstream_invalid_json\n");
  const struct {
    std::string_view type;
    chat::Fault fault;
    bool retry;
  } errors[] = {
      {"overloaded_error", chat::Fault::overloaded, true},
      {"rate_limit_error", chat::Fault::rate_limited, true},
      {"api_error", chat::Fault::upstream, true},
      {"timeout_error", chat::Fault::timeout, true},
      {"invalid_request_error", chat::Fault::upstream_refused, false},
  };
  for (const auto& e : errors) {
    Notes notes = decode(
        kStart + frame("error", R"(,"error":{"type":")" + std::string(e.type) + R"(","message":"M"})"));
    EXPECT_EQ(notes.text, "fail " + std::string(e.type) + "\n");
    EXPECT_EQ(notes.failure.fault, e.fault);
    EXPECT_EQ(notes.failure.retry, e.retry);
    EXPECT_NE(notes.failure.message.find("M"), std::string::npos);
  }
}

TEST(AnthropicDecode, ReadsAWholeAnswerToo) {
  Notes notes;
  auto decoder = kAnthropic.decoder();
  decoder->event(
      {},
      R"({"type":"message","content":[{"type":"thinking","thinking":"","signature":"S"},{"type":"text","text":"x"},{"type":"tool_use","id":"t","name":"f","input":{"a":1}}],"stop_reason":"tool_use","usage":{"input_tokens":1,"output_tokens":2}})",
      notes);
  decoder->close(false, notes);
  EXPECT_EQ(notes.text, "thinking\nsignature S\ntext x\ncall #0 t f {\"a\":1}\ntool_end #0\nfinish 2\nend\n");
}

// ---- encoders

std::string encode(const std::function<void(chat::Sink&)>& answer, bool whole = false) {
  protocol::Stamp stamp;
  stamp.id = "ID";
  stamp.model = "M";
  auto encoder = whole ? kAnthropic.whole_encoder(stamp) : kAnthropic.stream_encoder(stamp);
  chat::InOrder in_order(*encoder);
  answer(in_order);
  std::string out = encoder->out();
  json::Document document;
  if (whole) EXPECT_EQ(document.parse(out), json::Error::none) << out;
  http::SseDecoder events(1 << 20);
  if (!whole) events.feed(out);
  while (!whole && events.next() == http::SseDecoder::Step::event) {
    EXPECT_EQ(document.parse(events.data()), json::Error::none) << events.data();
    EXPECT_TRUE(document.root()["type"].equals(events.name())) << events.data();
  }
  return out;
}
void finish(chat::Sink& sink, chat::Finish reason = chat::Finish::stop, chat::Text text = {}) {
  sink.event({.type = Type::finish, .text = text, .finish = reason});
  sink.usage({.input = 10, .cached = 4, .output = 7, .reasoning = 2, .known = true});
  sink.end();
}

TEST(AnthropicEncode, WritesTheDocumentedStream) {
  std::string out = encode([](chat::Sink& sink) {
    sink.usage({.input = 10, .cached = 4, .known = true});
    sink.event({.type = Type::text, .text = "hi"});
    sink.event({.type = Type::text, .text = " you"});
    finish(sink);
  });
  EXPECT_EQ(
      out,
      frame(
          "message_start",
          R"(,"message":{"id":"msg_ID","type":"message","role":"assistant","model":"M","content":[],"stop_reason":null,"stop_sequence":null,"stop_details":null,"usage":{"input_tokens":6,"cache_creation_input_tokens":0,"cache_read_input_tokens":4,"output_tokens":0}})") +
          start(R"({"type":"text","text":"","citations":null})") +
          delta(R"({"type":"text_delta","text":"hi"})") + delta(R"({"type":"text_delta","text":" you"})") +
          stop() +
          frame(
              "message_delta",
              R"(,"delta":{"stop_reason":"end_turn","stop_sequence":null,"stop_details":null},"usage":{"input_tokens":6,"cache_creation_input_tokens":0,"cache_read_input_tokens":4,"output_tokens":7,"output_tokens_details":{"thinking_tokens":2}})") +
          frame("message_stop", ""));
}

TEST(AnthropicEncode, ClosesOneBlockBeforeTheNext) {
  auto answer = [](chat::Sink& sink) {
    sink.event({.type = Type::thinking, .text = "T"});
    sink.event({.type = Type::signature, .signature = {"SIG", chat::Origin::anthropic, "0123abcd"}});
    sink.event({.type = Type::redacted_thinking, .signature = {"RED", chat::Origin::anthropic, {}}});
    sink.event({.type = Type::text, .text = "x"});
    sink.event({.type = Type::tool_call, .index = 0, .id = "a", .name = "f"});
    sink.event(
        {.type = Type::tool_call, .index = 1, .id = "b", .name = "g", .arguments = {R"({"q":"\""})", false}});
    sink.event({.type = Type::tool_arguments, .index = 0, .arguments = {R"({\"p\")", true}});
    sink.event({.type = Type::tool_arguments, .index = 0, .arguments = {":1}", true}});
    finish(sink, chat::Finish::tool_calls);
  };
  std::string out = encode(answer);
  EXPECT_NE(
      out.find(start(R"({"type":"thinking","thinking":"","signature":""})") +
               delta(R"({"type":"thinking_delta","thinking":"T"})") +
               delta(R"({"type":"signature_delta","signature":"SIG"})") + stop() +
               start(R"({"type":"redacted_thinking","data":"RED"})", 1) + stop(1) +
               start(R"({"type":"text","text":"","citations":null})", 2) +
               delta(R"({"type":"text_delta","text":"x"})", 2) + stop(2) +
               start(R"({"type":"tool_use","id":"a","name":"f","input":{},"caller":{"type":"direct"}})", 3) +
               delta(R"({"type":"input_json_delta","partial_json":"{\"p\""})", 3) +
               delta(R"({"type":"input_json_delta","partial_json":":1}"})", 3) + stop(3) +
               start(R"({"type":"tool_use","id":"b","name":"g","input":{},"caller":{"type":"direct"}})", 4) +
               delta(R"({"type":"input_json_delta","partial_json":"{\"q\":\"\\\"\"}"})", 4) + stop(4)),
      out.npos)
      << out;
  std::string whole = encode(answer, true);
  EXPECT_NE(
      whole.find(
          R"("content":[{"type":"thinking","thinking":"T","signature":"SIG"},{"type":"redacted_thinking","data":"RED"},{"type":"text","text":"x","citations":null},{"type":"tool_use","id":"a","name":"f","caller":{"type":"direct"},"input":{"p":1}},{"type":"tool_use","id":"b","name":"g","caller":{"type":"direct"},"input":{"q":"\""}}],"stop_reason":"tool_use")"),
      whole.npos)
      << whole;
}

TEST(AnthropicEncode, SaysWhyItStopped) {
  const struct {
    chat::Finish finish;
    chat::Text text;
    std::string_view expected;
  } cases[] = {
      {chat::Finish::stop, "", R"("stop_reason":"end_turn","stop_sequence":null)"},
      {chat::Finish::stop, "END", R"("stop_reason":"stop_sequence","stop_sequence":"END")"},
      {chat::Finish::length, "", R"("stop_reason":"max_tokens")"},
      {chat::Finish::tool_calls, "", R"("stop_reason":"tool_use")"},
      {chat::Finish::content_filter, "", R"("stop_reason":"refusal")"},
      {chat::Finish::refusal, "", R"("stop_reason":"refusal")"},
  };
  for (const auto& c : cases) {
    for (bool whole : {false, true}) {
      std::string out = encode([&](chat::Sink& sink) { finish(sink, c.finish, c.text); }, whole);
      EXPECT_NE(out.find(c.expected), out.npos) << out;
    }
  }
}

// A proof that Anthropic did not mint goes out in a place from which it comes back.
TEST(AnthropicEncode, CarriesForeignProofs) {
  auto answer = [](chat::Sink& sink) {
    sink.event({.type = Type::thinking, .text = "T"});
    sink.event({.type = Type::text, .text = "x"});
    sink.event({.type = Type::signature, .signature = {"TEXT", chat::Origin::gemini, "0123abcd"}});
    sink.event({.type = Type::tool_call,
                .id = "a",
                .name = "f",
                .arguments = {"{}", false},
                .signature = {"CALL", chat::Origin::gemini, "0123abcd"}});
    sink.event(
        {.type = Type::redacted_thinking, .signature = {"ENC0", chat::Origin::openai_responses, "0123abcd"}});
    finish(sink, chat::Finish::tool_calls);
  };
  std::string whole = encode(answer, true);
  json::Document document;
  ASSERT_EQ(document.parse(whole), json::Error::none);
  std::string body = R"({"model":"m","max_tokens":1,"messages":[{"role":"assistant","content":)";
  body.append(document.root()["content"].raw()).append("}]}");
  auto in = anthropic_test::read(kAnthropic, body);
  ASSERT_FALSE(in->error) << in->error->message;
  EXPECT_TRUE(in->request.packed);
  ASSERT_EQ(in->request.blocks.size(), 4u);
  const auto& blocks = in->request.blocks;
  EXPECT_EQ(blocks[0].body, "T");
  EXPECT_TRUE(blocks[0].signature.text.empty());
  EXPECT_EQ(blocks[1].signature.text, "TEXT");
  EXPECT_EQ(blocks[2].signature.text, "CALL");
  EXPECT_EQ(blocks[2].signature.home, "0123abcd");
  EXPECT_TRUE(blocks[3].redacted);
  EXPECT_EQ(blocks[3].signature.origin, chat::Origin::openai_responses);
  // The stream says the same, and no signature in it is empty.
  std::string stream = encode(answer);
  EXPECT_EQ(stream.find(R"("signature_delta","signature":"")"), stream.npos) << stream;
  EXPECT_NE(stream.find("CALL"), stream.npos);
  EXPECT_NE(stream.find("TEXT"), stream.npos);
}

TEST(AnthropicEncode, ShowsSearchesMediaAndRefusals) {
  auto answer = [](chat::Sink& sink) {
    sink.event({.type = Type::search, .text = "q\\\"", .raw = R"([{"url":"https://a","title":"A"}])"});
    sink.event({.type = Type::media, .text = "AA==", .media_type = "image/png"});
    sink.event({.type = Type::refusal, .text = "no"});
    sink.event({.type = Type::logprobs, .raw = "[]"});
    finish(sink, chat::Finish::refusal);
  };
  std::string out = encode(answer);
  for (
      std::string_view part :
      {R"({"type":"server_tool_use","id":"srvtoolu_isthmus_ID0","name":"web_search","input":{},"caller":{"type":"direct"}})",
       R"("partial_json":"{\"query\":\"q\\\"\"}")",
       R"({"type":"web_search_tool_result","tool_use_id":"srvtoolu_isthmus_ID0","content":[{"type":"web_search_result","url":"https://a","title":"A","encrypted_content":"","page_age":null}]})",
       R"(![image](data:image/png;base64,AA==))", R"("text":"no")"}) {
    EXPECT_NE(out.find(part), out.npos) << part << "\n" << out;
  }
  std::string whole = encode(answer, true);
  EXPECT_NE(whole.find(R"("name":"web_search","input":{"query":"q\""})"), whole.npos) << whole;
}

TEST(AnthropicEncode, KeepsCutInputInAWholeAnswer) {
  std::string whole = encode(
      [](chat::Sink& sink) {
        sink.event({.type = Type::tool_call, .id = "a", .name = "f"});
        sink.event({.type = Type::tool_arguments, .arguments = {R"({\"p\":\"x)", true}});
        finish(sink, chat::Finish::length);
      },
      true);
  EXPECT_NE(whole.find(R"("input":{"input":"{\"p\":\"x"}}],"stop_reason":"max_tokens")"), whole.npos)
      << whole;
}

TEST(AnthropicEncode, FailsInItsOwnGrammar) {
  chat::Error error;
  error.fault = chat::Fault::overloaded;
  error.message = "full";
  std::string out = encode([&](chat::Sink& sink) {
    sink.event({.type = Type::text, .text = "a"});
    sink.fail(error);
  });
  EXPECT_TRUE(out.ends_with(
      "event: error\ndata: "
      "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"full\"}}\n\n"))
      << out;
  auto whole = kAnthropic.whole_encoder({});
  whole->fail(error);
  EXPECT_EQ(whole->status(), 529);
  auto stream = kAnthropic.stream_encoder({});
  EXPECT_EQ(stream->keepalive(), ": keepalive\n\n");
  stream->event({.type = Type::text, .text = "a"});
  EXPECT_EQ(stream->keepalive(), "event: ping\ndata: {\"type\":\"ping\"}\n\n");
}

TEST(AnthropicError, HasTheStatusAndTheTypeOfTheService) {
  using chat::Fault;
  const struct {
    Fault fault;
    int said, status;
    std::string_view type;
  } cases[] = {
      {Fault::invalid_request, 0, 400, "invalid_request_error"},
      {Fault::unauthenticated, 0, 401, "authentication_error"},
      {Fault::forbidden, 0, 403, "permission_error"},
      {Fault::not_found, 0, 404, "not_found_error"},
      {Fault::too_large, 0, 413, "request_too_large"},
      {Fault::rate_limited, 0, 429, "rate_limit_error"},
      {Fault::quota_exhausted, 0, 429, "rate_limit_error"},
      {Fault::overloaded, 0, 529, "overloaded_error"},
      {Fault::timeout, 0, 504, "timeout_error"},
      {Fault::internal, 0, 500, "api_error"},
      {Fault::upstream_refused, 402, 402, "billing_error"},
      {Fault::upstream_refused, 418, 418, "invalid_request_error"},
  };
  for (const auto& c : cases) {
    chat::Error error;
    error.fault = c.fault;
    error.status = c.said;
    error.message = "m\"";
    EXPECT_EQ(protocol::status_of(kAnthropic, error), c.status);
    std::string out;
    kAnthropic.error(error, "req_1", out);
    EXPECT_EQ(out, R"({"type":"error","error":{"type":")" + std::string(c.type) +
                       R"(","message":"m\""},"request_id":"req_1"})");
  }
}

}  // namespace
