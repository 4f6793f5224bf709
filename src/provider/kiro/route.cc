#include "provider/kiro/route.h"

#include <algorithm>
#include <map>
#include <utility>

#include "host/host.h"
#include "provider/kiro/identity.h"

namespace provider::amazon {

namespace {

using account::Credential;
using Host = Route::Host;
using Profile = Route::Profile;

constexpr int64_t kWalkMs = 10 * 60'000;
constexpr std::string_view kOldPath = "/generateAssistantResponse";

// A walk through the ways of one account, in this instance.
struct Walk {
  int64_t began_ms = 0;
  size_t steps = 0;
  bool under_way = false;
};
Walk& walk_of(const account::Account& account) {
  static std::map<std::string, Walk> walks;
  // A credential that was added anew under an old id begins anew.
  return walks[account.credential.id + std::string(extra(account.credential, "machine_id"))];
}

size_t index_of(const std::vector<Route>& routes, std::string_view name) {
  auto found =
      std::find_if(routes.begin(), routes.end(), [&](const Route& route) { return name_of(route) == name; });
  return found == routes.end() ? 0 : size_t(found - routes.begin());
}

}  // namespace

std::string name_of(const Route& route) {
  std::string name = route.host == Host::runtime ? "runtime/" : "q/";
  return name += route.profile == Profile::none ? "none" : route.profile == Profile::own ? "own" : "builder";
}

std::vector<Route> routes_of(const Credential& credential) {
  bool has_own = !profile_of(credential).empty();
  switch (kind_of(credential)) {
    case Kind::api_key: return {{Host::runtime, Profile::none}, {Host::q, Profile::none}};
    case Kind::builder_id:
      return {{Host::runtime, Profile::builder},
              {Host::runtime, Profile::none},
              {Host::q, Profile::builder},
              {Host::q, Profile::none}};
    case Kind::social:
      if (!has_own) return {{Host::runtime, Profile::none}, {Host::q, Profile::none}};
      return {{Host::runtime, Profile::own}, {Host::q, Profile::none}, {Host::q, Profile::own}};
    case Kind::idc:
    case Kind::external_idp: break;
  }
  return {{Host::runtime, Profile::own}, {Host::q, Profile::own}};
}

Route route_of(const Credential& credential) {
  std::vector<Route> routes = routes_of(credential);
  return routes[index_of(routes, extra(credential, "route"))];
}

bool next_route(account::Account& account) {
  std::vector<Route> routes = routes_of(account.credential);
  Walk& walk = walk_of(account);
  int64_t now = host::now_ms();
  if (now - walk.began_ms >= kWalkMs) walk = {now, 0, false};
  if (++walk.steps >= routes.size()) return false;
  size_t at = index_of(routes, extra(account.credential, "route"));
  account.credential.extra["route"] = name_of(routes[(at + 1) % routes.size()]);
  walk.under_way = true;
  return true;
}

bool settle_route(account::Account& account) { return std::exchange(walk_of(account), Walk{}).under_way; }

std::string host_url(const Credential& credential, std::string_view key, std::string_view region) {
  std::string url =
      credential.base_url.empty() ? filled("base_url", region, credential) : credential.base_url;
  if (url.empty()) url = filled(key, region, credential);
  if (url.ends_with(kOldPath)) url.resize(url.size() - kOldPath.size());
  while (url.ends_with('/')) url.pop_back();
  return url;
}

std::string_view profile_for(const Credential& credential, const Route& route) {
  switch (route.profile) {
    case Profile::none: return {};
    case Profile::own: return profile_of(credential);
    case Profile::builder: return descriptor().value("builder_profile_arn");
  }
  return {};
}

}  // namespace provider::amazon
