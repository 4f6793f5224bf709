#include "gateway/router.h"

#include <gtest/gtest.h>

#include "gateway/surfaces.h"

namespace {

using gateway::Endpoint;
using gateway::find_route;
using gateway::Route;
using protocol::Origin;

struct Asked {
  std::string message;
  http::Request request;
  Route route;
  std::optional<chat::Error> error;

  Asked(const std::string& start, const std::string& headers = {}) : message(start + "\n" + headers + "\n") {
    EXPECT_TRUE(http::parse(message, request));
    error = find_route(request, route);
  }
  chat::Fault fault() const { return error ? error->fault : chat::Fault::internal; }
};

TEST(Router, FindsTheServiceWithAndWithoutVersionsAndProviders) {
  for (const char* path : {"/v1/chat/completions", "/v1/v1/chat/completions", "/chat/completions",
                           "/gemini/v1/chat/completions", "/v1/chat/completions/"}) {
    Asked asked(std::string("POST ") + path);
    EXPECT_FALSE(asked.error) << path;
    EXPECT_EQ(asked.route.endpoint, Endpoint::generate) << path;
    EXPECT_EQ(asked.route.surface, &protocol::kOpenaiChat) << path;
  }
  EXPECT_EQ(Asked("POST /gemini/v1/chat/completions").route.provider, provider::find("gemini"));
  EXPECT_EQ(Asked("POST /v1/chat/completions", "model-provider: gemini\n").route.provider,
            provider::find("gemini"));
  EXPECT_EQ(Asked("POST /v1/chat/completions", "model-provider: nobody\n").error->code, "unknown_provider");
}

TEST(Router, ReadsModelNamesWithEscapedSlashesAndColons) {
  EXPECT_EQ(Asked("GET /v1/models/gemini%2Fgemini-2.5-pro").route.name, "gemini/gemini-2.5-pro");
  EXPECT_EQ(Asked("GET /v1/models/qwen3:7b").route.name, "qwen3:7b");
  EXPECT_EQ(Asked("GET /v1/models/org/model").route.name, "org/model");
  EXPECT_EQ(Asked("GET /v1/models?limit=1000").route.endpoint, Endpoint::models);
  EXPECT_EQ(Asked("GET /v1/models?client_version=0.169.0").route.endpoint, Endpoint::codex_models);
  EXPECT_EQ(Asked("HEAD /v1/models").route.endpoint, Endpoint::models);
}

TEST(Router, ReadsGeminiPathsWithoutTheWordModels) {
  Asked asked("POST /v1beta/codex/gpt-5.2:streamGenerateContent?alt=sse");
  EXPECT_FALSE(asked.error);
  EXPECT_EQ(asked.route.endpoint, Endpoint::generate);
  EXPECT_EQ(asked.route.surface, &protocol::kGemini);
  EXPECT_EQ(asked.route.name, "codex/gpt-5.2");
  EXPECT_TRUE(asked.route.stream);
  EXPECT_EQ(Asked("POST /v1beta/org/model:countTokens").route.endpoint, Endpoint::count_tokens);
  for (const char* path :
       {"/v1beta/org/model:embedContent", "/v1beta/org/model", "/v1/org/model:generateContent"})
    EXPECT_EQ(Asked(std::string("POST ") + path).fault(), chat::Fault::not_found) << path;
}

TEST(Router, AnswersAWebSocketAtOnce) {
  Asked asked("GET /v1/responses", "upgrade: WebSocket\n");
  EXPECT_FALSE(asked.error);
  EXPECT_EQ(asked.route.endpoint, Endpoint::responses_socket);
  EXPECT_TRUE(Asked("GET /v1/responses").error);
}

TEST(Router, TellsTheSurfaceByHeader) {
  auto by = [](const std::string& headers) {
    Asked asked("GET /v1/models", headers);
    return gateway::asked_by(asked.request);
  };
  EXPECT_EQ(by(""), Origin::openai_chat);
  EXPECT_EQ(by("anthropic-version: 2023-06-01\n"), Origin::anthropic);
  EXPECT_EQ(by("x-goog-api-key: k\nanthropic-version: 2023-06-01\n"), Origin::gemini);
  EXPECT_EQ(by("x-goog-api-client: google-genai-sdk/3.1.0\n"), Origin::gemini);
}

TEST(Router, GuessesTheSurfaceOfWhatItDoesNotServe) {
  auto meant = [](const std::string& method, const std::string& path, bool beta = false) {
    std::string message = method + " " + path + "\n\n";
    http::Request request;
    EXPECT_TRUE(http::parse(message, request));
    return gateway::meant_by(request, path, beta);
  };
  EXPECT_EQ(meant("POST", "/messages/batches"), Origin::anthropic);
  EXPECT_EQ(meant("POST", "/models/m:batchEmbedContents"), Origin::gemini);
  EXPECT_EQ(meant("POST", "/interactions"), Origin::gemini);
  EXPECT_EQ(meant("GET", "/files", true), Origin::gemini);
  EXPECT_EQ(meant("POST", "/embeddings"), Origin::openai_chat);
  EXPECT_EQ(meant("GET", "/responses/x/y"), Origin::openai_responses);
}

TEST(Router, RefusesUnknownPathsAndWrongMethods) {
  EXPECT_EQ(Asked("POST /v1/embeddings").fault(), chat::Fault::not_found);
  EXPECT_EQ(Asked("POST /v1/models/m:batchEmbedContents").fault(), chat::Fault::not_found);
  EXPECT_EQ(Asked("POST /v1/models/m").fault(), chat::Fault::not_found);
  Asked wrong("GET /v1/chat/completions");
  EXPECT_EQ(wrong.fault(), chat::Fault::method_not_allowed);
  EXPECT_EQ(wrong.route.allow, "POST");
  EXPECT_EQ(Asked("PUT /v1/models").route.allow, "GET, HEAD");
}

}  // namespace
