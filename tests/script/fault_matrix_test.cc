// With one healthy account out of N, every request is answered, whatever fault the others have and however
// many of them there are.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "script/instance.h"

namespace {

using fake::Exchange;
using fake::Fetch;
using fake::Instance;
using fake::World;

constexpr int kSick = 6;
constexpr int kConversations = 40;

struct Fault {
  const char* name;
  uint32_t status;
  const char *headers, *body;
  enum How : uint8_t { whole, refused, cut, silent } how = whole;
};

// Of every upstream: what passes, and what is the account's own.
const Fault kFaults[] = {
    {"500", 500, "", "", Fault::whole},
    {"502 page", 502, "content-type: text/html\n", "<html>Bad gateway</html>", Fault::whole},
    {"503", 503, "", R"({"error":{"message":"overloaded","status":"UNAVAILABLE"}})", Fault::whole},
    {"504", 504, "", "upstream request timeout", Fault::whole},
    {"529", 529, "", R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}})",
     Fault::whole},
    {"408", 408, "", "", Fault::whole},
    {"429 bare", 429, "", "", Fault::whole},
    {"429 for a second", 429, "retry-after: 1\n", R"({"error":{"message":"slow down"}})", Fault::whole},
    {"429 for days", 429, "retry-after: 600000\n", R"({"error":{"message":"slow down"}})", Fault::whole},
    {"refused", 0, "", "connection refused", Fault::refused},
    {"empty stream", 200, "content-type: text/event-stream\n", "", Fault::whole},
    {"cut stream", 200, "content-type: text/event-stream\n", "", Fault::cut},
    {"page in a 200", 200, "content-type: text/html\n", "<html>hello</html>", Fault::whole},
    {"error in a 200", 200, "content-type: text/event-stream\n",
     "data: {\"error\":{\"code\":503,\"message\":\"The model is "
     "overloaded.\",\"status\":\"UNAVAILABLE\"}}\n\n",
     Fault::whole},
    {"401", 401, "", R"({"error":{"message":"Invalid authentication credentials"}})", Fault::whole},
    {"silence", 0, "", "", Fault::silent},
};

// Of one upstream, by provider.
struct OwnFault {
  const char* provider;
  Fault fault;
};
const OwnFault kOwnFaults[] = {
    {"gemini",
     {"capacity", 503, "",
      R"({"error":{"code":503,"message":"No capacity","status":"UNAVAILABLE","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"MODEL_CAPACITY_EXHAUSTED"}]}})"}},
    {"gemini",
     {"quota", 429, "",
      R"({"error":{"code":429,"message":"exhausted","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"QUOTA_EXHAUSTED"}]}})"}},
    {"gemini", {"bad key", 400, "", R"({"error":{"code":400,"message":"API key not valid."}})"}},
    {"openai",
     {"insufficient quota", 429, "", R"({"error":{"message":"quota","code":"insufficient_quota"}})"}},
    {"anthropic",
     {"rate limit", 429, "retry-after: 20\n",
      R"({"type":"error","error":{"type":"rate_limit_error","message":"limit"}})"}},
    {"kiro",
     {"throttling", 429, "x-amzn-errortype: ThrottlingException\n", R"({"message":"Too many requests"})"}},
    {"kiro", {"month", 402, "", R"({"message":"limit","reason":"MONTHLY_REQUEST_COUNT"})"}},
    {"qwen", {"quota", 429, "", R"({"error":{"message":"quota","code":"insufficient_quota"}})"}},
    {"iflow",
     {"limit inside", 200, "content-type: application/json\n", R"({"status":"449","msg":"rate limit"})"}},
};

std::string kiro_answer() {
  std::ifstream file(std::string(ISTHMUS_TESTS) + "/fixtures/kiro-frames/01-text.bin", std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

struct Upstream {
  const char *provider, *model, *more, *answer;
};
const char* const kChat =
    "data: "
    "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hello\"},\"finish_reason\":\"stop\"}]}\n\ndata: "
    "[DONE]\n\n";
const char* const kGoogle =
    "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"Hello\"}]},\"finishReason\":\"STOP\"}]}\n\n";
const char* const kWrapped =
    "data: "
    "{\"response\":{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"Hello\"}]},\"finishReason\":"
    "\"STOP\"}]}}\n\n";
const char* const kAnthropic =
    "event: message_start\ndata: "
    "{\"type\":\"message_start\",\"message\":{\"id\":\"m\",\"usage\":{\"input_tokens\":1}}}\n\n"
    "event: content_block_start\ndata: "
    "{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n"
    "event: content_block_delta\ndata: "
    "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"Hello\"}}"
    "\n\n"
    "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n"
    "event: message_delta\ndata: "
    "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":1}}"
    "\n\n"
    "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";
const char* const kResponses =
    "event: response.output_text.delta\ndata: "
    "{\"type\":\"response.output_text.delta\",\"output_index\":0,\"content_index\":0,\"item_id\":\"i\","
    "\"delta\":\"Hello\"}\n\n"
    "event: response.completed\ndata: "
    "{\"type\":\"response.completed\",\"response\":{\"status\":\"completed\",\"output\":[],\"usage\":{"
    "\"input_tokens\":1,"
    "\"output_tokens\":1}}}\n\n";

const Upstream kUpstreams[] = {
    {"gemini", "gemini-2.5-flash", R"("api_key":"KEY")", kGoogle},
    {"gemini-cli", "gemini-2.5-flash", R"("access_token":"KEY","project":"p")", kWrapped},
    {"openai", "m", R"("api_key":"KEY","base_url":"https://models.example/v1","wire":"chat")", kChat},
    {"openai", "m", R"("api_key":"KEY","base_url":"https://models.example/v1","wire":"responses")",
     kResponses},
    {"anthropic", "claude-sonnet-4-5", R"("api_key":"KEY")", kAnthropic},
    {"kiro", "claude-sonnet-4.5", R"("api_key":"KEY")", ""},
    {"codex", "gpt-5.2", R"("api_key":"KEY")", kResponses},
    {"qwen", "qwen3-coder-plus", R"("api_key":"KEY","base_url":"https://qwen.example/v1")", kChat},
    {"iflow", "glm-4.6", R"("api_key":"KEY","base_url":"https://iflow.example/v1")", kChat},
};

void suffer(Fetch& fetch, const Fault& fault) {
  switch (fault.how) {
    case Fault::whole: fetch.answer_whole(fault.status, fault.headers, fault.body); break;
    case Fault::refused: fetch.refuse(fault.body); break;
    case Fault::cut:
      fetch.answer(fault.status, fault.headers);
      fetch.cut();
      break;
    case Fault::silent: break;
  }
}

// `faults[i]` is what the i-th sick account has; they share them in turn.
void run(const Upstream& upstream, const std::vector<Fault>& faults, const std::string& name) {
  World world;
  std::string accounts;
  for (int i = 0; i <= kSick; i++) {
    std::string key = i == kSick ? "healthy" : "sick-" + std::to_string(i), more = upstream.more;
    more.replace(more.find("KEY"), 3, key + ".");
    accounts += (i ? "," : "") + std::string(R"({"id":"a)") + std::to_string(i) + R"(","provider":")" +
                upstream.provider + "\"," + more + "}";
  }
  std::string healthy = *upstream.answer ? upstream.answer : kiro_answer();
  bool silent = false;
  world.on_fetch = [&](Exchange&, Fetch& fetch) {
    if (fetch.headers.find("healthy.") != fetch.headers.npos) {
      const char* type = *upstream.answer ? "content-type: text/event-stream\n"
                                          : "content-type: application/vnd.amazon.eventstream\n";
      return fetch.answer_whole(200, type, healthy);
    }
    size_t at = fetch.headers.find("sick-");
    ASSERT_NE(at, fetch.headers.npos) << fetch.url;
    const Fault& fault = faults[size_t(fetch.headers[at + 5] - '0') % faults.size()];
    silent |= fault.how == Fault::silent;
    suffer(fetch, fault);
  };
  Instance instance(world, {{"API_KEY", "sesame"}, {"IDLE_MS", "1000"}, {"ACCOUNTS", "[" + accounts + "]"}});
  bool chat = std::string_view(upstream.provider) != "anthropic";
  for (int i = 0; i < kConversations; i++) {
    std::string body = R"({"model":")" + std::string(upstream.provider) + "/" + upstream.model +
                       R"(","stream":true,"max_tokens":100,"messages":[{"role":"user","content":"No )" +
                       std::to_string(i) + "\"}]}";
    // Through the model, whose streams are the harder case: the surface is never the wire's own.
    Exchange& client =
        instance.send("client", std::string("POST ") + (chat ? "/v1/messages" : "/v1/chat/completions") +
                                    "\nauthorization: Bearer sesame\n\n" + body);
    world.settle();
    if (!client.finished) world.advance(60'000);
    ASSERT_TRUE(client.finished) << name << ": conversation " << i;
    ASSERT_EQ(client.head.substr(0, 4), "200\n") << name << ": conversation " << i << " " << client.body;
    ASSERT_NE(client.body.find("Hello"), client.body.npos)
        << name << ": conversation " << i << " " << client.body;
    world.now_ms += 700;
  }
  EXPECT_EQ(world.violations, std::vector<std::string>{}) << name;
}

class FaultMatrix : public testing::TestWithParam<size_t> {};

TEST_P(FaultMatrix, EveryRequestIsAnswered) {
  const Upstream& upstream = kUpstreams[GetParam()];
  std::vector<Fault> all(std::begin(kFaults), std::end(kFaults));
  for (const OwnFault& own : kOwnFaults) {
    if (std::string_view(own.provider) == upstream.provider) all.push_back(own.fault);
  }
  for (const Fault& fault : all) {
    run(upstream, {fault}, std::string(upstream.provider) + ", " + fault.name);
    if (HasFatalFailure()) return;
  }
  // Each account another one, in several mixtures.
  for (size_t first = 0; first < all.size(); first += 5) {
    std::vector<Fault> some;
    for (size_t i = 0; i < kSick; i++) some.push_back(all[(first + i) % all.size()]);
    run(upstream, some, std::string(upstream.provider) + ", mixture from " + some[0].name);
    if (HasFatalFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Providers, FaultMatrix, testing::Range<size_t>(0, std::size(kUpstreams)));

}  // namespace
