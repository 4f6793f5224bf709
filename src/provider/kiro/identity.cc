#include "provider/kiro/identity.h"

#include "base/sha256.h"
#include "base/text.h"
#include "provider/kiro/built_in.h"

namespace provider::amazon {

namespace {

using account::Credential;

struct Word {
  std::string_view word;
  Kind kind;
};
constexpr Word kWords[] = {
    {"social", Kind::social},
    {"google", Kind::social},
    {"github", Kind::social},
    {"builder_id", Kind::builder_id},
    {"builder-id", Kind::builder_id},
    {"builderid", Kind::builder_id},
    {"aws", Kind::builder_id},
    {"idc", Kind::idc},
    {"iam", Kind::idc},
    {"enterprise", Kind::idc},
    {"external_idp", Kind::external_idp},
    {"externalidp", Kind::external_idp},
    {"api_key", Kind::api_key},
    {"apikey", Kind::api_key},
};

void replace_all(std::string& text, std::string_view what, std::string_view by) {
  for (size_t at = text.find(what); at != text.npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }

// Takes the longest run of characters that `fits` off `text`; false unless it has `least` to `most` of them.
bool take_run(std::string_view& text, bool (*fits)(char), size_t least, size_t most) {
  size_t size = 0;
  while (size < text.size() && fits(text[size])) size++;
  text.remove_prefix(size);
  return size >= least && size <= most;
}
bool take(std::string_view& text, std::string_view word) {
  if (!text.starts_with(word)) return false;
  text.remove_prefix(word.size());
  return true;
}

}  // namespace

Descriptor& descriptor() {
  static Descriptor instance(kKiroBuiltIn);
  return instance;
}

bool kind_from(std::string_view word, Kind& out) {
  std::string lower = base::lower(word);
  for (const Word& known : kWords) {
    if (known.word == lower) return out = known.kind, true;
  }
  return false;
}

Kind kind_of(const Credential& credential) {
  if (!credential.api_key.empty()) return Kind::api_key;
  Kind kind = Kind::social;
  if (kind_from(extra(credential, "kind"), kind)) return kind;
  return credential.client_id.empty() ? Kind::social : Kind::builder_id;
}

std::string_view name_of(Kind kind) {
  switch (kind) {
    case Kind::social: return "social";
    case Kind::builder_id: return "builder_id";
    case Kind::idc: return "idc";
    case Kind::external_idp: return "external_idp";
    case Kind::api_key: return "api_key";
  }
  return {};
}

bool is_region(std::string_view text) {
  return take_run(text, is_lower, 2, 2) && take(text, "-") && take_run(text, is_lower, 1, 16) &&
         take(text, "-") && take_run(text, is_digit, 1, 2) && text.empty();
}

std::string_view region_of_arn(std::string_view arn) {
  if (!take(arn, "arn:aws:codewhisperer:")) return {};
  std::string_view region = base::take_until(arn, ':');
  bool fine =
      is_region(region) && take_run(arn, is_digit, 12, 12) && take(arn, ":profile/") &&
      take_run(
          arn, [](char c) { return is_digit(c) || is_lower(char(c | 32)) || c == '_' || c == '-'; }, 1, 64) &&
      arn.empty();
  return fine ? region : std::string_view();
}

std::string auth_region(const Credential& credential) {
  std::string_view own = extra(credential, "auth_region");
  return std::string(is_region(own) ? own : descriptor().value("region"));
}

std::string api_region(const Credential& credential) {
  for (std::string_view said : {region_of_arn(profile_of(credential)), extra(credential, "region"),
                                descriptor().value("api_region")}) {
    if (is_region(said)) return std::string(said);
  }
  return auth_region(credential).starts_with("eu-") ? "eu-central-1" : "us-east-1";
}

std::string_view profile_of(const Credential& credential) {
  std::string_view own = extra(credential, "profile_arn");
  Kind kind = kind_of(credential);
  bool takes_one = kind == Kind::social || kind == Kind::idc || kind == Kind::external_idp;
  if (!own.empty() || !takes_one) return own;
  return descriptor().value("profile_arn");
}

std::string filled(std::string_view key, std::string_view region, const Credential& credential) {
  std::string text(descriptor().value(key));
  replace_all(text, "{{region}}", region);
  replace_all(text, "{region}", region);
  std::string machine(extra(credential, "machine_id"));
  if (machine.empty()) machine = base::hex(base::sha256("kiro/" + credential.id));
  replace_all(text, "{machine}", machine);
  return text;
}

void append_authorization(const Credential& credential, std::string& out) {
  Kind kind = kind_of(credential);
  bool key = kind == Kind::api_key;
  out.append("authorization: Bearer ").append(key ? credential.api_key : credential.access_token) += '\n';
  if (key) out += "tokentype: API_KEY\n";
  if (kind == Kind::external_idp) out += "tokentype: EXTERNAL_IDP\n";
}

}  // namespace provider::amazon
