#include "provider/antigravity/hosts.h"

#include <map>

#include "provider/antigravity/built_in.h"

namespace provider::gravity {

namespace {

struct Place {
  size_t at = 0;     // of the hosts
  size_t moves = 0;  // since the last answer
};
using Places = std::map<std::string, Place>;  // by model

// Of this instance: a host that refuses is found out again with one request.
Places& places_of(const account::Account& account) {
  static std::map<std::string, Places> by_account;
  return by_account[account.credential.id];
}

}  // namespace

Descriptor& descriptor() {
  static Descriptor instance(kAntigravityBuiltIn);
  return instance;
}

std::vector<std::string> hosts_of(const account::Account& account) {
  if (!account.credential.base_url.empty()) return {account.credential.base_url + "/v1internal"};
  std::vector<std::string> hosts;
  for (std::string_view key : {"daily_url", "prod_url", "autopush_url"}) {
    std::string_view url = descriptor().value(key);
    while (url.ends_with('/')) url.remove_suffix(1);
    if (!url.empty()) hosts.push_back(std::string(url) + "/v1internal");
  }
  return hosts;
}

std::string host_of(const account::Account& account, const Model& model) {
  std::vector<std::string> hosts = hosts_of(account);
  if (hosts.empty()) return {};
  return hosts[places_of(account)[model.id].at % hosts.size()];
}

bool next_host(const account::Account& account, const Model& model) {
  size_t count = hosts_of(account).size();
  Place& place = places_of(account)[model.id];
  if (count < 2) return false;
  place.at = (place.at + 1) % count;
  place.moves++;
  if (place.moves < count) return true;
  place.moves = 0;
  return false;
}

void settle_hosts(const account::Account& account) {
  for (auto& [model, place] : places_of(account)) place.moves = 0;
}

google::Door door(const account::Account& account) {
  google::Door to;
  to.service = "Antigravity";
  std::vector<std::string> hosts = hosts_of(account);
  std::string_view load = descriptor().value("prod_url");
  bool own = !account.credential.base_url.empty() || load.empty();
  if (!hosts.empty()) to.onboard_url = to.load_url = hosts[0];
  if (!own) to.load_url = std::string(load) + "/v1internal";
  to.user_agent = descriptor().value("user_agent");
  to.ide_type = "ANTIGRAVITY";
  to.default_tier = "free-tier";
  to.onboards_all = true;
  return to;
}

}  // namespace provider::gravity
