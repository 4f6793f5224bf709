#include "config/settings.h"

#include <algorithm>

#include "base/sha256.h"
#include "base/text.h"
#include "json/document.h"

namespace config {

namespace {

Settings& instance() {
  static Settings settings;
  return settings;
}

std::vector<std::string> split(std::string_view list, char separator = ',') {
  std::vector<std::string> words;
  while (!list.empty()) {
    std::string_view word = base::trim(base::take_until(list, separator));
    if (!word.empty()) words.emplace_back(word);
  }
  return words;
}

// A whole number within [low, high], or a sentence.
template <class T>
std::optional<std::string> read_number(std::string_view name, std::string_view text, int64_t low,
                                       int64_t high, T& to) {
  auto value = base::to_int(base::trim(text));
  if (value && *value >= low && *value <= high) {
    to = T(*value);
    return std::nullopt;
  }
  std::string problem(name);
  problem += " must be a whole number from ";
  base::append_int(problem, low);
  problem += " to ";
  base::append_int(problem, high);
  problem += "; its default stays in force.";
  return problem;
}

std::optional<std::string> read_accounts(std::string text, Settings& to) {
  json::Document document;
  if (!text.empty() && (document.parse(text) != json::Error::none || !document.root().is_array())) {
    return "ACCOUNTS must be a JSON array of account records; it is ignored.";
  }
  to.accounts = std::move(text);
  return std::nullopt;
}

// A number for all, or a JSON object of numbers by name.
std::optional<std::string> read_minutes(std::string_view name, std::string_view text, Minutes& to) {
  constexpr int64_t kWeek = 7 * 24 * 60;
  if (!base::trim(text).starts_with('{')) return read_number(name, text, 0, kWeek, to.others);
  json::Document document;
  if (document.parse(text) != json::Error::none)
    return std::string(name) + " is no valid JSON; it is ignored as a whole.";
  Minutes minutes;
  for (auto [key, value] : document.root().items()) {
    std::string whose = std::string(name) + " of '" + key.str() + "'";
    if (auto problem = read_number(whose, value.raw(), 0, kWeek, minutes.by_name[key.str()])) return problem;
  }
  to = std::move(minutes);
  return std::nullopt;
}

std::optional<std::string> read_variable(std::string_view name, std::string value, Settings& to) {
  constexpr int64_t kMiB = 1 << 20;
  if (name == "API_KEY") {
    for (const std::string& key : split(value)) to.client_keys.push_back(base::sha256(key));
  } else if (name == "ADMIN_KEY") {
    if (!value.empty()) to.admin_key = base::sha256(base::trim(value));
  } else if (name == "CORS_ORIGINS") {
    to.cors_origins = split(value);
  } else if (name == "ACCOUNTS") {
    return read_accounts(std::move(value), to);
  } else if (name == "MEDIA_FROM_PRIVATE_HOSTS") {
    to.media_from_private_hosts = value == "true";
  } else if (name == "SIGNATURE_IN_ID") {
    to.signature_in_id = value == "true";
  } else if (name == "MAX_BODY_BYTES") {
    return read_number(name, value, 1024, 96 * kMiB, to.max_body);
  } else if (name == "MAX_EVENT_BYTES") {
    return read_number(name, value, 1024, 96 * kMiB, to.max_event);
  } else if (name == "MAX_LIVE_BYTES") {
    return read_number(name, value, kMiB, 120 * kMiB, to.max_live);
  } else if (name == "KEEPALIVE_MS") {
    return read_number(name, value, 50, 60'000, to.keepalive_ms);
  } else if (name == "IDLE_MS") {
    return read_number(name, value, 100, 3'600'000, to.idle_ms);
  } else if (name == "ATTEMPTS") {
    return read_number(name, value, 1, 20, to.attempts);
  } else if (name == "STORE_RESPONSES") {
    // KV keeps nothing for less than a minute.
    if (value == "0" || value.empty()) return std::nullopt;
    return read_number(name, value, 60, 31 * 86'400, to.store_responses);
  } else if (name == "USAGE_FLUSH_MS") {
    // The platform ends what goes on for 30 s after an answer.
    return read_number(name, value, 0, 12'000, to.usage_flush_ms);
  } else if (name == "MODEL_ALIASES") {
    return read_chains(name, value, to.aliases);
  } else if (name == "FALLBACKS") {
    return read_chains(name, value, to.fallbacks);
  } else if (name == "HEALTH_CHECK_MODELS") {
    return read_chains(name, value, to.health_check_models);
  } else if (name == "HEALTH_CHECK_MINUTES") {
    return read_minutes(name, value, to.health_check_minutes);
  } else if (name == "MAX_REST_SECONDS") {
    return read_number(name, value, 10, 86'400, to.max_rest_s);
  } else if (name == "QUEUE_MS") {
    return read_number(name, value, 0, 60'000, to.queue_ms);
  } else if (name == "VERSION") {
    to.version = std::move(value);
  } else {
    to.others.insert_or_assign(std::string(name), std::move(value));
  }
  return std::nullopt;
}

}  // namespace

const Settings& settings() { return instance(); }

std::optional<std::string> load(std::string_view text) {
  instance() = {};
  json::Document document;
  if (document.parse(text) != json::Error::none || !document.root().is_object()) {
    add_problem("The CONFIG message is not a JSON object; every setting keeps its default.");
    return instance().problems.front();
  }
  for (auto [name, value] : document.root().items()) {
    if (auto problem = read_variable(name.str(), value.str(), instance())) add_problem(std::move(*problem));
  }
  const std::vector<std::string>& problems = instance().problems;
  return problems.empty() ? std::nullopt : std::optional(problems.front());
}

void name_bindings(std::string_view list) { instance().bindings = split(list, ' '); }

bool has_binding(std::string_view name) {
  const std::vector<std::string>& all = settings().bindings;
  return std::find(all.begin(), all.end(), name) != all.end();
}

void add_problem(std::string sentence) { instance().problems.push_back(std::move(sentence)); }

void set_accounts(std::string accounts) { instance().accounts = std::move(accounts); }

}  // namespace config
