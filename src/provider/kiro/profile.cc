#include "provider/kiro/profile.h"

#include <vector>

#include "base/text.h"
#include "json/document.h"
#include "provider/kiro/control.h"
#include "provider/kiro/identity.h"

namespace provider::amazon {

namespace {

using Problem = std::optional<chat::Error>;

struct Found {
  std::vector<std::string> arns, names;
  bool answered = false;  // some region could say
  uint32_t status = 0;    // of one that could not
};

// The regions to ask, the account's own continent first.
std::vector<std::string> regions_for(const account::Credential& credential) {
  std::vector<std::string> regions;
  std::string home = api_region(credential);
  std::string_view known = descriptor().value("api_regions");
  while (!known.empty()) {
    std::string region(base::trim(base::take_until(known, ',')));
    regions.insert(region == home ? regions.begin() : regions.end(), region);
  }
  return regions;
}

void read(const Answer& answer, Found& found) {
  json::Document document;
  if (!answer.ok() || document.parse(answer.body) != json::Error::none) {
    found.status = answer.status;
    return;
  }
  found.answered = true;
  for (auto [_, profile] : document.root()["profiles"].items()) {
    std::string arn = profile["arn"].str();
    if (region_of_arn(arn).empty()) continue;
    found.arns.push_back(arn);
    found.names.push_back(profile["profileName"].str());
  }
}

chat::Error stopped(account::Account& account, std::string_view code, std::string_view message) {
  chat::Error error;
  error.fault = chat::Fault::no_account;
  error.code = code;
  error.message = "Account " + account.credential.id + " cannot use Kiro yet: ";
  error.message += message;
  account::stop(account, account::State::needs_login, error.message);
  return error;
}

chat::Error choice(account::Account& account, const Found& found) {
  std::string message = "it has several profiles. Set one as its 'profile_arn', or KIRO_PROFILE_ARN:";
  for (size_t i = 0; i < found.arns.size(); i++)
    message.append(i ? ", " : " ").append(found.names[i]).append(" ").append(found.arns[i]);
  return stopped(account, "profile_choice", message + ".");
}

chat::Error unanswered(uint32_t status) {
  chat::Error error;
  error.fault = chat::Fault::upstream;
  error.code = "profile_lookup_failed";
  error.message = "Kiro did not say which profiles the account has (HTTP ";
  base::append_int(error.message, status);
  error.message += "). Try again, or set 'profile_arn' for the account.";
  error.retry = true;
  return error;
}

}  // namespace

bool has_profile(const account::Account& account) {
  Kind kind = kind_of(account.credential);
  bool needs_one = kind == Kind::idc || kind == Kind::external_idp;
  return !needs_one || !profile_of(account.credential).empty();
}

base::Task<Problem> find_profile(uint32_t req, account::Account& account) {
  Found found;
  for (std::string& region : regions_for(account.credential)) {
    Answer answer = co_await control(req, account, region, "ListAvailableProfiles", R"({"maxResults":10})");
    read(answer, found);
    if (!found.arns.empty()) break;
  }
  if (found.arns.size() > 1) co_return choice(account, found);
  if (found.arns.size() == 1) {
    account.credential.extra["profile_arn"] = found.arns[0];
    co_return std::nullopt;
  }
  if (!found.answered) co_return unanswered(found.status);
  co_return stopped(account, "profile_missing",
                    "its organisation gives it no profile. Ask its administrator for a Kiro subscription.");
}

}  // namespace provider::amazon
