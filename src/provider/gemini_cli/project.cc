#include "provider/gemini_cli/project.h"

#include "host/host.h"
#include "json/escape.h"
#include "provider/gemini_cli/built_in.h"
#include "provider/google/errors.h"
#include "provider/google/quota.h"

namespace provider::code_assist {

namespace {
// The CLI's default stands in its calls about no model.
constexpr std::string_view kSetupModel = "gemini-2.5-pro";
}  // namespace

Descriptor& descriptor() {
  static Descriptor instance(kGeminiCliBuiltIn);
  return instance;
}

std::string base_url(const account::Account& account) {
  const std::string& own = account.credential.base_url;
  return std::string(own.empty() ? descriptor().value("base_url") : std::string_view(own)) + "/v1internal";
}

std::string user_agent(std::string_view model) {
  std::string agent(descriptor().value("user_agent"));
  return agent.append(model).append(descriptor().value("user_agent_platform"));
}

google::Door door(const account::Account& account) {
  google::Door to;
  to.service = "Gemini Code Assist";
  to.load_url = to.onboard_url = base_url(account);
  to.user_agent = user_agent(kSetupModel);
  to.ide_type = "IDE_UNSPECIFIED";
  to.default_tier = "legacy-tier";
  return to;
}

base::Task<std::optional<chat::Error>> quota(uint32_t req, account::Account& account,
                                             std::vector<Quota>& out) {
  std::string message = "POST " + base_url(account) + ":retrieveUserQuota\ncontent-type: application/json";
  message += "\nauthorization: Bearer " + account.credential.access_token;
  message += "\nuser-agent: " + user_agent(kSetupModel);
  message += "\n\n{\"project\":\"" + json::escaped(account.credential.project) + "\"}";
  Answer answer = co_await call(req, std::move(message));
  json::Document document;
  if (!answer.ok() || document.parse(answer.body) != json::Error::none) {
    co_return google::judge(answer.status, answer.headers, answer.body, host::now_ms(), false).error;
  }
  for (auto [_, bucket] : document.root()["buckets"].items())
    out.push_back(google::quota_of(bucket, bucket["modelId"].str()));
  Answer loaded = co_await google::load(req, account, door(account));
  if (document.parse(loaded.body) == json::Error::none) google::add_credits(document.root(), out);
  co_return std::nullopt;
}

}  // namespace provider::code_assist
