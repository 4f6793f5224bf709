// What the person who deployed the gateway set: Worker variables and secrets, handed over once per instance.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/chains.h"

namespace config {

// Minutes by provider, and those of all the others.
struct Minutes {
  uint32_t others = 0;
  std::map<std::string, uint32_t, std::less<>> by_name;
};

struct Settings {
  // Client keys as SHA-256 digests (32 raw bytes). From API_KEY (one key or several, separated by commas).
  // Empty and no key in KV = nobody gets in.
  std::vector<std::string> client_keys;
  std::string admin_key;  // SHA-256 digest of ADMIN_KEY, or empty: the admin API is closed
  std::vector<std::string>
      cors_origins;              // CORS_ORIGINS, comma separated; "*" = any; empty = no browser may call
  std::string accounts;          // ACCOUNTS: a JSON array of account records (see account/record.h), or empty
  size_t max_body = 32u << 20;   // MAX_BODY_BYTES: a larger request is answered 413
  size_t max_event = 40u << 20;  // MAX_EVENT_BYTES: a larger upstream event ends the stream with an error
  size_t max_live = 96u << 20;   // MAX_LIVE_BYTES: request bytes in flight in one instance, beyond: 503
  uint32_t keepalive_ms = 12'000;  // KEEPALIVE_MS: silence towards the client before a keepalive is sent
  uint32_t idle_ms = 300'000;      // IDLE_MS: silence of an upstream before its stream is given up
  int attempts = 4;                // ATTEMPTS: upstream tries per request, failovers included
  bool media_from_private_hosts =
      false;                     // MEDIA_FROM_PRIVATE_HOSTS=true: image URLs may lead into private networks
  bool signature_in_id = false;  // SIGNATURE_IN_ID=true: thought signatures also travel inside tool call ids
  uint32_t store_responses = 0;  // STORE_RESPONSES: seconds for which Responses are kept; 0 = none are
  uint32_t usage_flush_ms =
      10'000;  // USAGE_FLUSH_MS: an instance sends its usage to the ledger no more often
  Chains
      aliases;  // MODEL_ALIASES: a name for clients -> the models to try in order, "provider/model" or bare
  Chains fallbacks;              // FALLBACKS: a model -> the models to try when no account can serve it
  uint32_t max_rest_s = 900;     // MAX_REST_SECONDS: an account rests no longer before it is tried again
  uint32_t queue_ms = 5'000;     // QUEUE_MS: wait for an account whose limits are met; 0 = none
  Chains health_check_models;    // HEALTH_CHECK_MODELS: a provider -> the model that a health check asks (one
                                 // each)
  Minutes health_check_minutes;  // HEALTH_CHECK_MINUTES between two checks of an account: a number, or an
                                 // object of them by provider; 0 = only after rests
  std::string version = "dev";
  std::map<std::string, std::string, std::less<>> others;  // variables that providers may know
  std::vector<std::string> bindings;  // of this deployment that are no variables: "ISTHMUS", "VAULT", ...
  std::vector<std::string> problems;  // a sentence on each variable that is wrong and so has its default
};

// The instance's settings; defaults until load() has run.
const Settings& settings();

// Reads the CONFIG message's body: one JSON object of strings, name -> value. Names that are not ours
// become `others`. Returns a sentence naming the first variable that is wrong; the settings then keep that
// variable's default.
std::optional<std::string> load(std::string_view json);

// The names in `list`, separated by spaces, become the `bindings`.
void name_bindings(std::string_view list);
bool has_binding(std::string_view name);
// Adds to the `problems`.
void add_problem(std::string sentence);

// Puts `accounts`, a JSON array of records or nothing, in the place of those that were configured.
void set_accounts(std::string accounts);

}  // namespace config
