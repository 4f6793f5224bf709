#include "provider/kiro/usage.h"

#include <algorithm>

#include "base/text.h"
#include "host/host.h"
#include "json/document.h"
#include "json/writer.h"
#include "provider/kiro/control.h"
#include "provider/kiro/identity.h"
#include "provider/kiro/judge.h"
#include "provider/kiro/route.h"

namespace provider::amazon {

namespace {

using Problem = std::optional<chat::Error>;
using json::Value;

// {"origin":"KIRO_CLI", and the profile if this account has one}
std::string body_for(const account::Account& account, bool of_usage) {
  std::string body;
  json::Writer w(body);
  w.begin_object().key("origin").raw("\"AI_EDITOR\"");
  if (of_usage) w.key("resourceType").raw("\"CREDIT\"").key("isEmailRequired").boolean(true);
  std::string_view profile = profile_for(account.credential, route_of(account.credential));
  if (!profile.empty()) w.key("profileArn").string(profile);
  w.end_object();
  return body;
}

chat::Error failed(const Answer& answer) {
  return judge(answer.status, answer.headers, answer.body, host::now_ms()).error;
}

int64_t seconds_to_ms(Value value) { return value.to_int() * 1000; }

void add(Value from, std::string_view name, const std::string& unit, int64_t resets_ms,
         std::vector<Quota>& out) {
  Quota quota;
  quota.name = name;
  quota.used = from["currentUsage"].to_int(-1);
  quota.limit = from["usageLimit"].to_int(-1);
  quota.unit = unit;
  quota.resets_ms = resets_ms;
  out.push_back(std::move(quota));
}

// An allowance, with what a trial and gifts add to it.
void read_breakdown(Value from, int64_t resets_ms, std::vector<Quota>& out) {
  std::string unit = from["resourceType"].equals("CREDIT") ? "credits" : "requests";
  std::string name = from["displayName"].str();
  add(from, name.empty() ? from["resourceType"].str() : name, unit, resets_ms, out);
  Value trial = from["freeTrialInfo"];
  if (trial["freeTrialStatus"].equals("ACTIVE"))
    add(trial, "free trial", unit, seconds_to_ms(trial["freeTrialExpiry"]), out);
  for (auto [_, bonus] : from["bonuses"].items()) {
    if (bonus["status"].equals("ACTIVE")) add(bonus, "bonus", unit, seconds_to_ms(bonus["expiresAt"]), out);
  }
}

Model model_of(Value from) {
  std::string id = from["modelId"].str();
  const std::vector<Model>& known = descriptor().models();
  auto found = std::find_if(known.begin(), known.end(), [&](const Model& model) { return model.id == id; });
  Model model = found == known.end() ? Model{} : *found;
  model.id = id;
  int64_t input = from["tokenLimits"]["maxInputTokens"].to_int();
  int64_t output = from["tokenLimits"]["maxOutputTokens"].to_int();
  if (input > 0) model.max_input = input;
  if (output > 0) model.max_output = output;
  return model;
}

}  // namespace

base::Task<Problem> usage(uint32_t req, account::Account& account, std::vector<Quota>& out) {
  std::string body = body_for(account, true);
  Answer answer = co_await control(req, account, api_region(account.credential), "GetUsageLimits", body);
  json::Document document;
  if (!answer.ok() || document.parse(answer.body) != json::Error::none) co_return failed(answer);
  Value root = document.root();
  if (account.credential.label.empty()) account.credential.label = root["userInfo"]["email"].str();
  for (auto [_, breakdown] : root["usageBreakdownList"].items())
    read_breakdown(breakdown, seconds_to_ms(root["nextDateReset"]), out);
  co_return std::nullopt;
}

base::Task<Problem> list_models(uint32_t req, account::Account& account, std::vector<Model>& out) {
  std::string body = body_for(account, false);
  Answer answer = co_await control(req, account, api_region(account.credential), "ListAvailableModels", body);
  json::Document document;
  if (!answer.ok() || document.parse(answer.body) != json::Error::none) co_return failed(answer);
  Value root = document.root();
  Value list = root["models"] ? root["models"] : root["availableModels"];
  for (auto [_, model] : list.items()) {
    if (model["modelId"].is_string()) out.push_back(model_of(model));
  }
  co_return std::nullopt;
}

}  // namespace provider::amazon
