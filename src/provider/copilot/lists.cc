#include "provider/copilot/lists.h"

#include "host/host.h"
#include "json/document.h"
#include "provider/call.h"
#include "provider/copilot/judge.h"
#include "provider/copilot/token.h"

namespace provider::github {

namespace {

using json::Value;

bool is_usable(Value listed) {
  Value capabilities = listed["capabilities"];
  bool of_chats = !capabilities["type"].is_string() || capabilities["type"].equals("chat");
  return of_chats && !capabilities["supports"]["tool_calls"].is_false() &&
         !listed["policy"]["state"].equals("disabled") && !listed["model_picker_enabled"].is_false();
}

std::string wire_of(Value listed) {
  bool chat = false, responses = false;
  for (auto [_, endpoint] : listed["supported_endpoints"].items()) {
    chat |= endpoint.equals("/chat/completions");
    responses |= endpoint.equals("/responses");
  }
  if (chat && responses) return {};
  return responses ? "responses" : "chat";
}

std::string levels_of(Value efforts) {
  std::string out;
  for (auto [_, effort] : efforts.items()) {
    if (!out.empty()) out += ',';
    out += effort.str();
  }
  return out;
}

base::Task<Answer> get(uint32_t req, std::string url, std::string token) {
  std::string message = "GET " + url + "\nauthorization: " + token + "\naccept: application/json\n";
  append_client(message);
  message.append("openai-intent: conversation-panel\nx-github-api-version: ");
  message.append(descriptor().value("api_version")).append("\n\n");
  co_return co_await call(req, std::move(message));
}

}  // namespace

void read_models(Value root, std::vector<Model>& out) {
  for (auto [_, listed] : root["data"].items()) {
    if (!listed["id"].is_string() || !is_usable(listed)) continue;
    Value limits = listed["capabilities"]["limits"], supports = listed["capabilities"]["supports"];
    Model model;
    model.id = listed["id"].str();
    model.wire = wire_of(listed);
    model.levels = levels_of(supports["reasoning_effort"]);
    if (!model.levels.empty()) model.thinking = "level";
    model.max_input = limits["max_prompt_tokens"].to_int();
    model.max_output = limits["max_output_tokens"].to_int();
    out.push_back(std::move(model));
  }
}

base::Task<std::optional<chat::Error>> discover(uint32_t req, account::Account& account,
                                                std::vector<Model>& out) {
  Answer answer =
      co_await get(req, api_base(account) + "/models", "Bearer " + account.credential.access_token);
  if (!answer.ok()) co_return judge(answer.status, answer.headers, answer.body, host::now_ms()).error;
  json::Document document;
  if (document.parse(answer.body) == json::Error::none) read_models(document.root(), out);
  co_return std::nullopt;
}

base::Task<std::optional<chat::Error>> quota(uint32_t req, account::Account& account,
                                             std::vector<Quota>& out) {
  Answer answer = co_await get(req, github_api(account) + "/copilot_internal/user",
                               "token " + account.credential.refresh_token);
  if (!answer.ok()) co_return judge(answer.status, answer.headers, answer.body, host::now_ms()).error;
  json::Document document;
  if (document.parse(answer.body) != json::Error::none) co_return std::nullopt;
  if (account.credential.label.empty()) account.credential.label = document.root()["login"].str();
  for (auto [name, snapshot] : document.root()["quota_snapshots"].items()) {
    Quota quota;
    quota.name = name.str();
    quota.unit = "requests";
    if (!snapshot["unlimited"].is_true()) {
      quota.limit = snapshot["entitlement"].to_int(-1);
      quota.used = quota.limit - snapshot["remaining"].to_int();
    }
    out.push_back(std::move(quota));
  }
  co_return std::nullopt;
}

}  // namespace provider::github
