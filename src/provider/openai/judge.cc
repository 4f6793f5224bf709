#include "provider/openai/judge.h"

#include <algorithm>

#include "base/text.h"
#include "host/host.h"
#include "http/head.h"
#include "json/document.h"

namespace provider::openai_service {

namespace {

using Action = Verdict::Action;
using Scope = Verdict::Scope;
using chat::Fault;

constexpr int64_t kSecond = 1000, kMinute = 60'000, kHour = 60 * kMinute;

// What an error body says, in whichever of the common shapes; an HTML page says nothing.
struct Said {
  std::string message, code, type, param;
  std::string fields;      // that the model or the service does not take, as Verdict::fields has them
  int64_t resets_in = -1;  // seconds
};

// Adds "reasoning.summary". What carries the conversation is never left out, nor is one of many in a list.
void add_field(std::string_view name, std::string& to) {
  bool plain = name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_.") == name.npos;
  bool needed = name == "model" || name == "messages" || name == "input" || name == "tools";
  if (name.empty() || !plain || needed) return;
  size_t dot = name.rfind('.');
  std::string_view path = dot == name.npos ? std::string_view() : name.substr(0, dot);
  to.append(path).append("\n").append(name.substr(dot + 1)).append("\n");
}

// "Unsupported parameter: 'reasoning.summary'", or without quotes at the end of a sentence.
std::string_view named_in(std::string_view message) {
  constexpr std::string_view kLead = "Unsupported parameter: ";
  size_t at = message.find(kLead);
  if (at == message.npos) return {};
  std::string_view name = message.substr(at + kLead.size());
  if (name.starts_with('\'')) name.remove_prefix(1);
  name = name.substr(0, name.find_first_of("' \n"));
  if (name.ends_with('.')) name.remove_suffix(1);
  return name;
}

// OpenAI names one field, by code or in words; services that check strictly (Mistral) list those that are
// too many.
void read_fields(json::Value root, Said& said) {
  std::string_view named = named_in(said.message);
  // A value that is not taken is the client's to mend, unless leaving it out is all that can be done.
  bool unsupported =
      said.code == "unsupported_parameter" ||
      (said.code == "unsupported_value" && said.message.find("Only the default") != said.message.npos);
  add_field(named.empty() && unsupported ? std::string_view(said.param) : named, said.fields);
  for (auto [_, problem] : root["detail"].items()) {
    json::Value place = problem["loc"];
    if (!problem["type"].equals("extra_forbidden") || place.size() != 2) continue;
    for (auto [no_key, word] : place.items()) {
      if (!word.equals("body")) add_field(word.str(), said.fields);
    }
  }
}

Said read_error(std::string_view body, int64_t now_ms) {
  Said said;
  json::Document document;
  if (document.parse(body) != json::Error::none) return said;
  json::Value root = document.root(), error = root["error"];
  for (json::Value message : {error, error["message"], root["message"], root["detail"]}) {
    if (said.message.empty()) said.message = message.str();
  }
  said.code = error["code"].str();
  said.type = error["type"].str();
  said.param = error["param"].str();
  said.resets_in = error["resets_in_seconds"].to_int(-1);
  if (int64_t at = error["resets_at"].to_int(); said.resets_in < 0 && at > 0) {
    said.resets_in = std::max<int64_t>(0, at - now_ms / 1000);
  }
  read_fields(root, said);
  return said;
}

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

Verdict verdict(Action action, Fault fault, const Said& said, uint32_t status) {
  Verdict to;
  to.action = action;
  to.error.fault = fault;
  to.error.message = said.message.empty() ? "The upstream answered with HTTP " + base::to_text(status) +
                                                " and no usable reason."
                                          : said.message;
  to.error.code = said.code.empty() ? said.type : said.code;
  return to;
}

// "Please try again in 1.9s", "in 35ms", "in 1m3s": milliseconds, or -1.
int64_t delay_in(std::string_view message) {
  constexpr std::string_view kWords = "try again in ";
  std::string lower = base::lower(message);
  size_t at = lower.find(kWords);
  if (at == lower.npos) return -1;
  std::string_view rest = std::string_view(lower).substr(at + kWords.size());
  int64_t total = -1;
  while (!rest.empty() && rest[0] >= '0' && rest[0] <= '9') {
    int64_t thousandths = 0, scale = 1000;
    bool fraction = false;
    size_t used = 0;
    for (; used < rest.size() && used < 9; used++) {
      char c = rest[used];
      if (c == '.' && !fraction) {
        fraction = true;
      } else if (c < '0' || c > '9') {
        break;
      } else if (!fraction) {
        thousandths = thousandths * 10 + (c - '0') * 1000;
      } else {
        thousandths += (c - '0') * (scale /= 10);
      }
    }
    rest.remove_prefix(used);
    int64_t unit = rest.starts_with("ms") ? 1 : rest.starts_with("m") ? kMinute : kSecond;
    rest.remove_prefix(std::min(rest.size(), size_t(rest.starts_with("ms") ? 2 : 1)));
    total = std::max<int64_t>(total, 0) + thousandths * unit / 1000;
  }
  return total;
}

Verdict exhausted(const Said& said, std::string_view headers, int64_t now_ms) {
  bool spent = is_one_of(said.code, {"insufficient_quota", "usage_limit_reached", "usage_not_included"}) ||
               is_one_of(said.type, {"insufficient_quota", "usage_limit_reached", "usage_not_included"});
  auto header = base::to_int(http::header(headers, "retry-after"));
  int64_t delay = delay_in(said.message);
  int64_t wait = said.resets_in >= 0 ? said.resets_in * kSecond
                 : header            ? *header * kSecond
                 : delay >= 0        ? delay
                 : spent             ? kHour
                                     : kMinute / 3;
  Verdict to = verdict(Action::next_account, spent ? Fault::quota_exhausted : Fault::rate_limited, said, 429);
  to.scope = spent ? Scope::account : Scope::model;
  to.until_ms = now_ms + wait;
  to.error.retry_after = (wait + kSecond - 1) / kSecond;
  to.error.retry = !spent && wait <= kMinute;
  return to;
}

Verdict refused_key(uint32_t status, const Said& said) {
  Verdict to = verdict(Action::needs_login, Fault::no_account, said, status);
  to.error.message =
      "The upstream refuses the key of one of this gateway's accounts, not yours: " + to.error.message;
  return to;
}

// Is it the URL that is not there, and not what was asked for? Services that have one of the two endpoints
// say this in many ways; that a model is missing, they all say with the word, and what else of the body is
// missing is named: "Item with id 'rs_1' not found."
bool is_missing_endpoint(uint32_t status, const Said& said) {
  if (status != 404 && status != 405) return false;
  if (!said.param.empty() || said.message.starts_with("Item ")) return false;
  if (!said.code.empty() && said.code != "unknown_url" && said.code != "not_found") return false;
  return base::lower(said.message).find("model") == std::string::npos;
}

Verdict refused(uint32_t status, const Said& said) {
  if (is_missing_endpoint(status, said)) {
    Verdict to = verdict(Action::rediscover, Fault::upstream, said, status);
    to.error.message = "The account's endpoint is not there (HTTP " + base::to_text(status) +
                       "): set its 'wire' to chat or responses, or mend its base URL.";
    to.error.code = "upstream_endpoint_missing";
    return to;
  }
  Action action = said.code == "invalid_encrypted_content" ? Action::strip_signatures
                  : !said.fields.empty()                   ? Action::drop_fields
                                                           : Action::fatal;
  Verdict to = verdict(action, Fault::upstream_refused, said, status);
  to.fields = said.fields;
  if (action == Action::drop_fields && said.code.empty()) to.error.code = "unsupported_parameter";
  to.error.status = int(status);
  return to;
}

}  // namespace

Verdict egress_blocked(std::string message, int64_t now_ms) {
  Verdict to;
  to.action = Action::next_account;
  to.scope = Scope::account;
  to.until_ms = now_ms + 2 * kSecond;
  to.transient = true;
  to.error.fault = Fault::upstream;
  to.error.code = kEgressBlocked;
  to.error.message = std::move(message);
  return to;
}

Verdict judge(uint32_t status, std::string_view headers, std::string_view body, int64_t now_ms) {
  Said said = read_error(body, now_ms);
  if (status == 403 && said.code == "unsupported_country_region_territory") {
    return egress_blocked(
        said.message +
            " That is where this Worker sends from, not your account: set a placement hint, "
            "or the account's base_url to a relay of your own.",
        now_ms);
  }
  if (status == 401 || status == 403) return refused_key(status, said);
  if (status == 429) return exhausted(said, headers, now_ms);
  if (status >= 400 && status < 500 && status != 408) return refused(status, said);
  if (status == host::kNetwork) said.message = "The upstream could not be reached.";
  bool full = status == 503 || is_one_of(said.code, {"server_is_overloaded", "slow_down"});
  Verdict to = verdict(Action::next_account, full ? Fault::overloaded : Fault::upstream, said, status);
  to.scope = Scope::account;
  to.until_ms = now_ms + 2 * kSecond;
  to.transient = true;
  to.error.retry = true;
  return to;
}

}  // namespace provider::openai_service
