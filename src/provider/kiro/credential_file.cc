#include "provider/kiro/credential_file.h"

#include "base/text.h"
#include "host/host.h"
#include "provider/google/errors.h"
#include "provider/kiro/identity.h"
#include "provider/provider.h"

namespace provider::amazon {

namespace {

using account::Credential;
using json::Value;

// A member in whichever of its spellings stands there.
std::string text(Value file, std::initializer_list<std::string_view> names) {
  for (std::string_view name : names) {
    if (file[name].is_string() && !file[name].inner().empty()) return file[name].str();
  }
  return {};
}

void set_extra(Credential& out, std::string_view name, std::string value) {
  if (!value.empty()) out.extra[std::string(name)] = std::move(value);
}

// RFC 3339, or a number of seconds or milliseconds; 1 (long ago) where it cannot be read.
int64_t expiry(Value value) {
  constexpr int64_t kLongAgo = 1, kSmallestMs = 100'000'000'000;
  if (!value.has_value()) return 0;
  int64_t number = value.is_string() ? base::to_int(value.inner()).value_or(-1) : value.to_int(-1);
  if (number >= 0) return number < kSmallestMs ? number * 1000 : number;
  int64_t ms = google::timestamp_ms(value.str());
  return ms < 0 ? kLongAgo : ms;
}

// The kind that the file names, or that its other members give away.
Kind kind_in(Value file, const Credential& out) {
  Kind kind = Kind::social;
  Kind named = Kind::social;
  bool says = kind_from(text(file, {"authMethod", "auth_method", "kind"}), kind);
  // "provider" is the tool's word for who the login is with, or, where somebody added it, our own name.
  std::string provider = text(file, {"socialProvider", "provider"});
  bool narrows = kind_from(provider, named);
  if (!says) return !out.client_id.empty() ? Kind::builder_id : narrows ? named : Kind::social;
  std::string start_url = text(file, {"startUrl", "start_url"});
  bool own_portal = !start_url.empty() && start_url != descriptor().value("start_url");
  // "IdC" is what both of AWS's are called.
  if (kind == Kind::idc && !own_portal && !(narrows && named == Kind::idc)) {
    bool bare_idc = !narrows && base::lower(text(file, {"authMethod", "auth_method"})) == "enterprise";
    return bare_idc ? Kind::idc : Kind::builder_id;
  }
  return kind == Kind::builder_id && own_portal ? Kind::idc : kind;
}

bool is_known(Value file) {
  return file["accessToken"] || file["refreshToken"] || file["kiroApiKey"] || file["auth_method"] ||
         file["profile_arn"] || (file["refresh_token"] && file["region"]) ||
         (file["start_url"] && file["access_token"]) ||
         (file["api_key"].is_string() && file["api_key"].inner().starts_with("ksk_"));
}

void read_tokens(Value file, Credential& out) {
  out.api_key = text(file, {"kiroApiKey", "api_key"});
  out.access_token = text(file, {"accessToken", "access_token"});
  out.refresh_token = text(file, {"refreshToken", "refresh_token"});
  out.client_id = text(file, {"clientId", "client_id"});
  out.client_secret = text(file, {"clientSecret", "client_secret"});
  out.token_url = text(file, {"tokenEndpoint", "token_endpoint"});
  out.label = text(file, {"email"});
  Value expires = file["expiresAt"] ? file["expiresAt"] : file["expires_at"];
  out.expires_ms = expiry(expires ? expires : file["expires_ms"]);
}

chat::Error invalid(std::string message, std::string_view member) {
  return invalid_credential(std::move(message), member);
}

std::optional<chat::Error> check_places(const Credential& credential) {
  for (std::string_view name : {"auth_region", "region"}) {
    std::string_view region = extra(credential, name);
    if (!region.empty() && !is_region(region))
      return invalid("'" + std::string(name) + "' must be an AWS region, such as us-east-1.", name);
  }
  std::string_view arn = extra(credential, "profile_arn");
  if (!arn.empty() && region_of_arn(arn).empty())
    return invalid(
        "'profile_arn' must be a profile's ARN (arn:aws:codewhisperer:REGION:ACCOUNT:profile/NAME).",
        "profile_arn");
  return std::nullopt;
}

// What the tools print is cut short, and a copy of that is of no use.
bool is_cut(const std::string& token) {
  constexpr size_t kShortest = 100;
  return token.size() < kShortest || token.find("...") != token.npos;
}

std::optional<chat::Error> check_login(const Credential& credential) {
  if (credential.refresh_token.empty() && credential.access_token.empty())
    return invalid("A kiro account needs 'refresh_token', or 'api_key' (ksk_...).", "refresh_token");
  if (!credential.refresh_token.empty() && is_cut(credential.refresh_token))
    return invalid("'refresh_token' is cut short: copy the whole of it from the file.", "refresh_token");
  Kind kind = kind_of(credential);
  bool oidc = kind == Kind::builder_id || kind == Kind::idc;
  if (oidc && !credential.refresh_token.empty() &&
      (credential.client_id.empty() || credential.client_secret.empty()))
    return invalid(
        "Logins of AWS need 'client_id' and 'client_secret' too: they are in the file that 'clientIdHash' "
        "names, in the same folder. Put its members beside those of the token file.",
        "client_id");
  if (kind == Kind::external_idp && credential.token_url.empty())
    return invalid("A login of an organisation's own identity provider needs 'token_url'.", "token_url");
  return std::nullopt;
}

}  // namespace

bool read_credential_file(Value file, Credential& out) {
  if (!is_known(file) || file["extra"]) return false;
  read_tokens(file, out);
  Kind kind = kind_in(file, out);
  if (out.api_key.empty()) set_extra(out, "kind", std::string(name_of(kind)));
  set_extra(out, "profile_arn", text(file, {"profileArn", "profile_arn"}));
  set_extra(out, "auth_region", text(file, {"idcRegion", "authRegion", "auth_region", "region"}));
  set_extra(out, "region", text(file, {"apiRegion", "api_region"}));
  set_extra(out, "start_url", text(file, {"startUrl", "start_url"}));
  set_extra(out, "machine_id", text(file, {"machineId"}));
  set_extra(out, "scopes", text(file, {"scopes"}));
  return true;
}

std::optional<chat::Error> check_credential(Credential& credential) {
  if (!credential.wire.empty())
    return invalid("'wire' is not for accounts of kiro, which has one wire.", "wire");
  if (auto problem = check_places(credential)) return problem;
  if (credential.api_key.empty()) {
    if (auto problem = check_login(credential)) return problem;
  }
  std::string& machine = credential.extra["machine_id"];
  if (machine.empty()) machine = base::hex(host::random(32));
  return std::nullopt;
}

}  // namespace provider::amazon
