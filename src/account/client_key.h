// What a client key is allowed, and the record in KV that says so.
//
// The record stands under "key:<SHA-256 of the key, hex>" as one JSON object; the key itself is nowhere. A
// record that is no JSON object is the bare name of a key without limits.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "json/writer.h"

namespace account {

struct ClientKey {
  // Stands for the key in usage and in the admin API: the first 12 hex digits of its digest, enough to tell
  // keys apart and useless for guessing one. Keys of the API_KEY variable, which may be short enough to be
  // guessed from a digest, are "env-1", "env-2" in their order there.
  std::string id;
  std::string name;
  int64_t created_ms = 0;              // 0: unknown
  int64_t expires_ms = 0;              // from then on it no longer works; 0: never
  std::vector<std::string> providers;  // provider ids; empty: all
  std::vector<std::string> models;     // model ids, or beginnings of them with a '*' behind; empty: all
  int64_t requests_per_minute = 0;     // 0: no limit
  int64_t tokens_per_day = 0;          // input and output, of a day in UTC; 0: no limit
  std::string rotated_from;            // id of the key whose settings it took over, or empty

  bool limited() const { return requests_per_minute > 0 || tokens_per_day > 0; }
  bool expired(int64_t now_ms) const { return expires_ms > 0 && expires_ms <= now_ms; }
  bool allows(std::string_view provider, std::string_view model) const;
};

using ClientKeyPtr = std::shared_ptr<const ClientKey>;

constexpr std::string_view kKeyPrefix = "key:";  // of a record's name in KV
// The id of the key whose digest is `hex`.
std::string key_id(std::string_view hex);

// The members of `key`'s settings, without its id: what is stored, and what the admin API shows.
void append_settings(const ClientKey& key, json::Writer& w);
std::string to_record(const ClientKey& key);
// Reads a record of KV; `id` stays as it is.
void read_key_record(std::string_view record, ClientKey& out);

}  // namespace account
