#include "gateway/configured_accounts.h"

#include "base/text.h"
#include "config/settings.h"
#include "gateway/admin_accounts.h"
#include "json/document.h"
#include "provider/provider.h"

namespace gateway {

namespace {

// What is wrong with a record of ACCOUNTS, if anything. Otherwise `record`, its text, becomes what it means.
std::optional<std::string> read_record(std::string& record) {
  account::Credential read;
  std::string problem;
  if (!account::from_json(record, read, problem)) return problem;
  account::Credential checked = read;
  if (auto wrong = check_credential(checked)) return wrong->message;
  // The text of one that needs no change stays: what was obtained with it is stored under its digest.
  if (checked.provider == read.provider && checked.refresh_token == read.refresh_token) return std::nullopt;
  // And of what a check fills in, only what is the same in every instance goes into one that does.
  read.provider = checked.provider;
  read.refresh_token = checked.refresh_token;
  read.project = checked.project;
  record = account::to_json(read);
  return std::nullopt;
}

void append(std::string& accounts, std::string_view record) {
  accounts.append(accounts.empty() ? "[" : ",").append(record);
}

}  // namespace

void configure_accounts() {
  json::Document document;
  document.parse(config::settings().accounts);
  std::string accounts;
  int64_t number = 0;
  for (auto [_, value] : document.root().items()) {
    std::string record(value.raw()), name = "ACCOUNTS, record " + base::to_text(++number);
    if (auto problem = read_record(record)) {
      config::add_problem(name + " is ignored: " + *problem);
    } else {
      append(accounts, record);
    }
  }
  for (const provider::Provider* provider : provider::all()) {
    account::Credential credential;
    credential.provider = provider->id();
    std::string trouble;
    if (provider->configured(credential, trouble)) append(accounts, account::to_json(credential));
    if (!trouble.empty()) config::add_problem(std::move(trouble));
  }
  if (!accounts.empty()) accounts += ']';
  config::set_accounts(std::move(accounts));
}

}  // namespace gateway
