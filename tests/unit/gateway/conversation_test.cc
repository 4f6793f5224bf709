#include "gateway/conversation.h"

#include <gtest/gtest.h>

#include "protocol/openai_chat.h"

namespace {

uint64_t conversation(std::string_view headers, std::string_view body) {
  std::string message = "POST /v1/chat/completions\n" + std::string(headers) + "\n" + std::string(body);
  http::Request http;
  json::Document document;
  base::Arena arena;
  chat::Request request;
  EXPECT_TRUE(http::parse(message, http));
  EXPECT_EQ(document.parse(http.body), json::Error::none);
  EXPECT_FALSE(protocol::openai_chat::read(document.root(), arena, request));
  return gateway::conversation_of(http, document.root(), request);
}

const char* kFirst =
    R"({"model":"m","messages":[{"role":"system","content":"S"},{"role":"user","content":"A"}]})";
const char* kSecond =
    R"({"model":"m","messages":[{"role":"system","content":"S"},{"role":"user","content":"A"},{"role":"assistant","content":"B"},{"role":"user","content":"C"}]})";
const char* kOther =
    R"({"model":"m","messages":[{"role":"system","content":"S"},{"role":"user","content":"Z"}]})";

TEST(Conversation, IsKnownByHowItBegan) {
  EXPECT_EQ(conversation("", kFirst), conversation("", kSecond));
  EXPECT_NE(conversation("", kFirst), conversation("", kOther));
}

TEST(Conversation, IsKnownByTheClientsOwnId) {
  EXPECT_EQ(conversation("session-id: x\n", kFirst), conversation("session-id: x\n", kOther));
  EXPECT_NE(conversation("session-id: x\n", kFirst), conversation("session-id: y\n", kFirst));
  std::string keyed = R"({"model":"m","prompt_cache_key":"k","messages":[{"role":"user","content":")";
  EXPECT_EQ(conversation("", keyed + "A\"}]}"), conversation("", keyed + "B\"}]}"));
}

}  // namespace
