#include "http/head.h"

#include <gtest/gtest.h>

namespace {

TEST(Head, ParsesAMessage) {
  http::Request request;
  ASSERT_TRUE(
      http::parse("POST /v1/x?a=b&c=d\nhost: here\nx-empty:\nx-padded:  \t value \n\nbody\n\nmore", request));
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target, "/v1/x?a=b&c=d");
  EXPECT_EQ(request.path, "/v1/x");
  EXPECT_EQ(request.query, "a=b&c=d");
  EXPECT_EQ(request.body, "body\n\nmore");
  EXPECT_EQ(request.header("host"), "here");
  EXPECT_EQ(request.header("x-padded"), "value");
  EXPECT_EQ(request.header("x-empty"), "");
  EXPECT_EQ(request.header("x"), "");
  EXPECT_EQ(request.header("host: here\nx-empty"), "");
}

TEST(Head, RefusesWhatIsNone) {
  http::Request request;
  for (const char* bad : {"", "GET", "GET /", "GET /\n", " /\n\n", "GET \n\n", "\n\n"})
    EXPECT_FALSE(http::parse(bad, request)) << bad;
  EXPECT_TRUE(http::parse("GET /\n\n", request));
  EXPECT_TRUE(request.headers.empty() && request.body.empty() && request.query.empty());
}

TEST(Head, FindsTheOrigin) {
  EXPECT_EQ(http::origin_of("https://a.example:8443/x?y"), "https://a.example:8443");
  EXPECT_EQ(http::origin_of("https://a.example"), "https://a.example");
  EXPECT_EQ(http::origin_of("https://a.example?x#y"), "https://a.example");
  EXPECT_EQ(http::origin_of("a.example/x"), "");
}

}  // namespace
