// The hosts behind which Antigravity lives. They count an account's quota apart and have different models, so
// a request that one refuses may be served by the next; which one served is remembered per account and model.
#pragma once

#include <string>
#include <vector>

#include "account/account.h"
#include "provider/descriptor.h"
#include "provider/google/project.h"
#include "provider/model.h"

namespace provider::gravity {

// The provider's data.
Descriptor& descriptor();

// "https://.../v1internal" of every host in the order of trying. An account with a base_url of its own has
// one.
std::vector<std::string> hosts_of(const account::Account& account);
// The one to ask for `model` now.
std::string host_of(const account::Account& account, const Model& model);
// Moves on to the next host. False once all have been tried since the last answer.
bool next_host(const account::Account& account, const Model& model);
// An answer was served: the hosts in use are the right ones.
void settle_hosts(const account::Account& account);

// How the account's project is asked for.
google::Door door(const account::Account& account);

}  // namespace provider::gravity
