#include "provider/antigravity/catalog.h"

#include "base/text.h"
#include "host/host.h"
#include "json/document.h"
#include "json/escape.h"
#include "provider/antigravity/antigravity.h"
#include "provider/antigravity/hosts.h"
#include "provider/antigravity/judge.h"
#include "provider/call.h"
#include "provider/google/project.h"
#include "provider/google/quota.h"

namespace provider::gravity {

namespace {

using json::Value;
using Problem = std::optional<chat::Error>;

base::Task<Answer> ask(uint32_t req, account::Account& account, std::string method) {
  std::vector<std::string> hosts = hosts_of(account);
  Answer answer;
  for (const std::string& host : hosts) {
    std::string message = "POST ";
    message.append(host).append(":").append(method);
    message += "\ncontent-type: application/json\nauthorization: Bearer " + account.credential.access_token;
    message += "\nuser-agent: " + std::string(descriptor().value("user_agent"));
    message += "\n\n{\"project\":\"" + json::escaped(account.credential.project) + "\"}";
    answer = co_await call(req, std::move(message));
    bool elsewhere = judge(answer.status, answer.headers, answer.body, host::now_ms()).elsewhere;
    if (answer.ok() || !elsewhere) break;
  }
  co_return answer;
}

chat::Error failed(const Answer& answer) {
  return judge(answer.status, answer.headers, answer.body, host::now_ms()).error;
}

bool is_hidden(std::string_view id) {
  std::string_view hidden = descriptor().value("hidden");
  while (!hidden.empty()) {
    std::string_view prefix = base::take_until(hidden, ',');
    if (!prefix.empty() && id.starts_with(prefix)) return true;
  }
  return false;
}

}  // namespace

base::Task<Problem> list_models(uint32_t req, account::Account& account, std::vector<Model>& out) {
  Answer answer = co_await ask(req, account, "fetchAvailableModels");
  json::Document document;
  if (!answer.ok() || document.parse(answer.body) != json::Error::none) co_return failed(answer);
  for (auto [key, listed] : document.root()["models"].items()) {
    std::string id = key.str();
    if (is_hidden(id)) continue;
    const Model* known = find_model(antigravity(), id);
    Model model = known && known->id == id ? *known : unknown_model(id);
    if (int64_t input = listed["maxTokens"].to_int()) model.max_input = input;
    if (int64_t output = listed["maxOutputTokens"].to_int()) model.max_output = output;
    out.push_back(std::move(model));
  }
  co_return std::nullopt;
}

base::Task<Problem> quota(uint32_t req, account::Account& account, std::vector<Quota>& out) {
  Answer answer = co_await ask(req, account, "retrieveUserQuotaSummary");
  json::Document document;
  if (!answer.ok() || document.parse(answer.body) != json::Error::none) co_return failed(answer);
  Value groups = document.root()["groups"];
  if (!groups) groups = document.root()["quotaSummary"]["groups"];
  for (auto [_, group] : groups.items()) {
    for (auto [unnamed, bucket] : group["buckets"].items()) {
      Value name = bucket["displayName"].is_string() ? bucket["displayName"] : bucket["window"];
      out.push_back(google::quota_of(bucket, group["displayName"].str() + ": " + name.str()));
    }
  }
  // The credits stand elsewhere; without them the rest is true all the same.
  Answer loaded = co_await google::load(req, account, door(account));
  if (document.parse(loaded.body) == json::Error::none) google::add_credits(document.root(), out);
  co_return std::nullopt;
}

}  // namespace provider::gravity
