#include "provider/copilot/lists.h"

#include <algorithm>
#include <utility>

#include "host/host.h"
#include "json/document.h"
#include "provider/call.h"
#include "provider/copilot/judge.h"
#include "provider/copilot/token.h"
#include "provider/google/errors.h"

namespace provider::github {

namespace {

using json::Value;

bool is_usable(Value listed) {
  Value capabilities = listed["capabilities"];
  bool of_chats = !capabilities["type"].is_string() || capabilities["type"].equals("chat");
  return of_chats && !capabilities["supports"]["tool_calls"].is_false() &&
         !listed["policy"]["state"].equals("disabled") && !listed["model_picker_enabled"].is_false();
}

// A model that does not say is on chat completions.
std::string wires_of(Value listed) {
  constexpr std::pair<std::string_view, std::string_view> kKnown[] = {
      {"/chat/completions", "chat"}, {"/responses", "responses"}, {"/v1/messages", "messages"}};
  std::string out;
  for (auto [_, endpoint] : listed["supported_endpoints"].items()) {
    for (auto [path, name] : kKnown) {
      if (endpoint.equals(path)) out.append(out.empty() ? "" : ",").append(name);
    }
  }
  return out.empty() ? "chat" : out;
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

// "2026-02-01", or a whole timestamp.
int64_t reset_ms(Value root, std::string_view name) {
  std::string text = root[name].str();
  if (text.size() == 10) text += "T00:00:00Z";
  return std::max<int64_t>(0, google::timestamp_ms(text));
}

}  // namespace

void read_quotas(Value root, std::vector<Quota>& out) {
  auto add = [&](Value name, int64_t limit, int64_t left, int64_t resets_ms) {
    out.push_back({name.str(), limit < 0 ? -1 : limit - left, limit, "requests", resets_ms});
  };
  int64_t resets = reset_ms(root, "quota_reset_date");
  for (auto [name, snapshot] : root["quota_snapshots"].items()) {
    bool unlimited = snapshot["unlimited"].is_true();
    add(name, unlimited ? -1 : snapshot["entitlement"].to_int(-1), snapshot["remaining"].to_int(),
        unlimited ? 0 : resets);
  }
  // Accounts that pay nothing.
  resets = reset_ms(root, "limited_user_reset_date");
  for (auto [name, left] : root["limited_user_quotas"].items()) {
    add(name, root["monthly_quotas"][name.inner()].to_int(-1), left.to_int(), resets);
  }
}

void read_models(Value root, std::vector<Model>& out) {
  for (auto [_, listed] : root["data"].items()) {
    if (!listed["id"].is_string() || !is_usable(listed)) continue;
    Value limits = listed["capabilities"]["limits"], supports = listed["capabilities"]["supports"];
    Model model;
    model.id = listed["id"].str();
    model.wire = wires_of(listed);
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
  read_models(answer.json(document), out);
  co_return std::nullopt;
}

base::Task<std::optional<chat::Error>> quota(uint32_t req, account::Account& account,
                                             std::vector<Quota>& out) {
  Answer answer = co_await get(req, github_api(account) + "/copilot_internal/user",
                               "token " + account.credential.refresh_token);
  if (!answer.ok()) co_return judge(answer.status, answer.headers, answer.body, host::now_ms()).error;
  json::Document document;
  json::Value root = answer.json(document);
  if (account.credential.label.empty()) account.credential.label = root["login"].str();
  read_quotas(root, out);
  co_return std::nullopt;
}

}  // namespace provider::github
