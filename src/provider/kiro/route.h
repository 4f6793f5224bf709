// The ways to the upstream. Which host, wire style and profile an account needs is not documented and has
// changed; so an account's requests themselves find out, one way after the other, and the way that served is
// remembered with the account.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "account/account.h"

namespace provider::amazon {

struct Route {
  enum class Host : uint8_t { runtime, q };             // q: the older host
  enum class Profile : uint8_t { none, own, builder };  // builder: the one that all Builder IDs share
  Host host = Host::runtime;
  Profile profile = Profile::none;
  bool operator==(const Route&) const = default;
};

// Every way for an account of this kind, the likeliest first. At least one.
std::vector<Route> routes_of(const account::Credential& credential);
// The way to take now.
Route route_of(const account::Credential& credential);
std::string name_of(const Route& route);  // "runtime/own"

// Takes the next way. False once a walk has been round, and for ten minutes after.
bool next_route(account::Account& account);
// The way of the last request served. True if it was not known to.
bool settle_route(account::Account& account);

// Base address of a host for the account, without a slash at its end; the account's own address, or the
// descriptor's, stands for every host.
std::string host_url(const account::Credential& credential, std::string_view key, std::string_view region);
// The profile that goes along, or empty.
std::string_view profile_for(const account::Credential& credential, const Route& route);

}  // namespace provider::amazon
