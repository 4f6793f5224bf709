#include "gateway/explain.h"

#include <gtest/gtest.h>

namespace {

TEST(Explain, ShowsNoProofOfWhoAsks) {
  const struct {
    const char *line, *shown;
  } cases[] = {
      {"authorization: Bearer x", "authorization: [secret]"},
      {"authorization: Bearer [secret]", "authorization: Bearer [secret]"},
      {"x-api-key: k", "x-api-key: [secret]"},
      {"x-goog-api-key: k", "x-goog-api-key: [secret]"},
      {"x-amz-security-token: t", "x-amz-security-token: [secret]"},
      {"x-iflow-signature: 0a", "x-iflow-signature: [secret]"},
      {"cookie: a=b", "cookie: [secret]"},
      {"content-type: application/json", "content-type: application/json"},
      {"tokentype: API_KEY", "tokentype: API_KEY"},
      {"", ""},
  };
  for (const auto& each : cases) EXPECT_EQ(gateway::without_proof(each.line), each.shown);
}

}  // namespace
