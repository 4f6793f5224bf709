#pragma once

#include <optional>

#include "account/account.h"
#include "base/task.h"
#include "gateway/admin_call.h"
#include "gateway/exchange.h"
#include "json/writer.h"

namespace gateway {

// Upstream accounts: list, add, remove, check, quota. Answers the exchange, or returns what is wrong.
base::Task<std::optional<chat::Error>> serve_accounts(Exchange& exchange, AdminCall call);

// The account as people may see it: no secrets.
void append_account(const account::Account& account, json::Writer& w);
// Of the accounts that are loaded; null if there is none.
account::AccountPtr find_account(std::string_view id);
// What is wrong with an id that a person chose for an account of `provider`; an empty one will be made up. An
// account that is there by that id is renewed, if it can be.
std::optional<chat::Error> check_account_id(std::string_view provider, std::string_view id);
// What is wrong with a credential that a person has written. Gives its provider its own name, and fills in
// what has a default.
std::optional<chat::Error> check_credential(account::Credential& credential);
// The same for one that is to be added, with its id; one that has none is given one.
std::optional<chat::Error> complete_credential(account::Credential& credential);

}  // namespace gateway
