// What kind of login an account is, and what belongs to it: its machine, its regions, the headers that carry
// it.
//
// An account's own facts stand in Credential::extra: "kind", "auth_region", "region", "profile_arn",
// "start_url", "scopes", "machine_id", "route".
#pragma once

#include <string>
#include <string_view>

#include "account/account.h"
#include "provider/descriptor.h"

namespace provider::amazon {

Descriptor& descriptor();

enum class Kind : uint8_t {
  social,        // Google or GitHub
  builder_id,    // AWS Builder ID
  idc,           // an organisation's IAM Identity Center
  external_idp,  // an organisation's own identity provider
  api_key,       // "ksk_..."
};
Kind kind_of(const account::Credential& credential);
std::string_view name_of(Kind kind);
// The kind that a word of any tool means ("IdC", "builder-id", "social"); false if it is none.
bool kind_from(std::string_view word, Kind& out);

// "us-east-1" and nothing that could be something else inside a host name.
bool is_region(std::string_view text);
// The region of a well-formed profile ARN; empty if `arn` is not one.
std::string_view region_of_arn(std::string_view arn);

// Where the account logs in, and where its requests go.
std::string auth_region(const account::Credential& credential);
std::string api_region(const account::Credential& credential);
// The account's own profile: what login or discovery brought, or what the person set. May be empty.
std::string_view profile_of(const account::Credential& credential);

// A value of the descriptor with {region} and {machine} filled in.
std::string filled(std::string_view key, std::string_view region, const account::Credential& credential);

// Appends "authorization: ...\n", and the kind of token where the upstream wants it named.
void append_authorization(const account::Credential& credential, std::string& out);

}  // namespace provider::amazon
