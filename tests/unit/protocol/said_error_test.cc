#include "protocol/said_error.h"

#include <gtest/gtest.h>

namespace {

chat::Error read(std::string_view text) {
  json::Document document;
  EXPECT_EQ(document.parse(text), json::Error::none) << text;
  return protocol::said_error(document.root());
}

TEST(SaidError, TheWordsAndNumbersOfAllVendorsHaveTheirStatus) {
  using chat::Fault;
  struct Case {
    std::string_view text;
    int status;
    Fault fault;
    bool retry;
  };
  constexpr Case kCases[] = {
      {R"({"code":"rate_limit_exceeded"})", 429, Fault::rate_limited, true},
      {R"({"type":"invalid_request_error","code":"insufficient_quota"})", 429, Fault::quota_exhausted, false},
      {R"({"type":"usage_limit_reached"})", 429, Fault::quota_exhausted, false},
      {R"({"code":"context_length_exceeded"})", 400, Fault::upstream_refused, false},
      {R"({"code":"server_is_overloaded"})", 503, Fault::overloaded, true},
      {R"({"code":"server_error"})", 500, Fault::upstream, true},
      {R"({"type":"error","code":"invalid_api_key"})", 401, Fault::upstream, true},
      {R"({"type":"overloaded_error"})", 529, Fault::overloaded, true},
      {R"({"type":"request_too_large"})", 413, Fault::too_large, false},
      {R"({"code":503,"status":"UNAVAILABLE"})", 503, Fault::overloaded, true},
      {R"({"code":400,"status":"INVALID_ARGUMENT"})", 400, Fault::upstream_refused, false},
      {R"({"type":"server_error","code":"503"})", 503, Fault::overloaded, true},
      {R"({"status":"RESOURCE_EXHAUSTED"})", 429, Fault::rate_limited, true},
      {R"("just words")", 500, Fault::upstream, true},
      {R"({"code":200})", 500, Fault::upstream, true},
  };
  for (const Case& each : kCases) {
    chat::Error error = read(each.text);
    EXPECT_EQ(error.said_status, each.status) << each.text;
    EXPECT_EQ(error.fault, each.fault) << each.text;
    EXPECT_EQ(error.retry, each.retry) << each.text;
    EXPECT_EQ(error.said, "{\"error\":" + std::string(each.text) + "}");
  }
}

TEST(SaidError, SaysWhatTheUpstreamSaid) {
  EXPECT_EQ(read(R"({"message":"be slow","code":"slow_down","param":"input"})").message,
            "The upstream ended its answer with an error: be slow");
  EXPECT_EQ(read(R"({"message":"be slow","code":"slow_down","param":"input"})").param, "input");
  EXPECT_EQ(read(R"("just words")").message, "The upstream ended its answer with an error: just words");
  EXPECT_EQ(read(R"({"x":1})").message, "The upstream ended its answer with an error: {\"x\":1}");
  EXPECT_EQ(read(R"({"x":1})").code, "upstream_error");
  EXPECT_EQ(read(R"({"type":"usage_limit_reached","resets_in_seconds":90})").retry_after, 90);
}

}  // namespace
