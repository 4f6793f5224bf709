#include "gateway/admin_keys.h"

#include "account/keys.h"
#include "account/limits.h"
#include "base/date.h"
#include "base/sha256.h"
#include "base/text.h"
#include "gateway/key_fields.h"
#include "gateway/respond.h"
#include "gateway/usage.h"
#include "host/host.h"
#include "json/writer.h"
#include "protocol/problem.h"

namespace gateway {

namespace {

using account::ClientKey;
using account::kKeyPrefix;
using Problem = std::optional<chat::Error>;

constexpr int64_t kLongestGrace = 30 * 86'400;
// For so long an ended key is told that it has expired, and not that nobody knows it.
constexpr int64_t kRememberedFor = 86'400;

// A record and the name that it has in KV.
struct Stored {
  std::string name;
  ClientKey key;
};

base::Task<bool> read_stored(Exchange& exchange, Stored& out) {
  host::Completion record = co_await host::get(exchange.id, out.name);
  if (record.status != host::kOk) co_return false;
  out.key.id = account::key_id(std::string_view(out.name).substr(kKeyPrefix.size()));
  account::read_key_record(record.data, out.key);
  co_return true;
}

// `ttl`: seconds, 0 = for ever.
base::Task<Problem> write_stored(Exchange& exchange, Stored stored, int64_t ttl = 0) {
  std::string message = stored.name + "\n" + base::to_text(ttl) + "\n" + account::to_record(stored.key);
  host::Completion put = co_await host::put(exchange.id, message);
  account::forget_clients();
  if (put.status != host::kOk) co_return storage_failed();
  co_return std::nullopt;
}

base::Task<Problem> find(Exchange& exchange, std::string id, Stored& out) {
  std::string prefix = std::string(kKeyPrefix) + id;
  host::Completion listed = co_await host::list(exchange.id, prefix);
  if (listed.status != host::kOk) co_return storage_failed();
  std::string_view names = listed.data;
  out.name = base::take_until(names, '\n');
  bool found = names.empty() && out.name.starts_with(prefix) &&
               account::key_id(out.name.substr(kKeyPrefix.size())) == id;
  if (found && co_await read_stored(exchange, out)) co_return std::nullopt;
  chat::Error error;
  error.fault = chat::Fault::not_found;
  error.code = "key_not_found";
  error.message = "There is no client key '" + id + "'. GET /admin/keys lists them.";
  co_return error;
}

void append_key(const ClientKey& key, json::Writer& w) {
  w.begin_object().key("id").string(key.id);
  account::append_settings(key, w);
}

// What the key has used today, where that is known.
void append_today(const ClientKey& key, const UsageRows& rows, json::Writer& w) {
  Counts counts;
  auto found = rows.find("\t" + key.id + "\t\t\t");
  if (found != rows.end()) counts = found->second;
  w.key("today").begin_object().key("requests").number(counts[Count::requests]);
  w.key("tokens").number(counts[Count::input] + counts[Count::output]).end_object();
}

base::Task<Problem> list(Exchange& exchange) {
  host::Completion listed = co_await host::list(exchange.id, kKeyPrefix);
  if (listed.status != host::kOk) co_return storage_failed();
  std::string names(listed.data), body, today = base::day_of(host::now_ms());
  UsageRows rows;
  UsageSource source = co_await read_usage(exchange.id, 1 << int(Part::key), today, today, rows);
  json::Writer w(body);
  w.begin_object().key("object").raw("\"list\"").key("data").begin_array();
  for (std::string_view rest = names; !rest.empty();) {
    Stored stored;
    stored.name = base::take_until(rest, '\n');
    if (!co_await read_stored(exchange, stored)) continue;
    append_key(stored.key, w);
    w.key("expired").boolean(stored.key.expired(host::now_ms()));
    if (source != UsageSource::unavailable) append_today(stored.key, rows, w);
    w.end_object();
  }
  w.end_array().end_object();
  answer_json(exchange, body);
  co_return std::nullopt;
}

// Gives a key with these settings a secret and stores it. The secret goes into `secret`, and nowhere else.
base::Task<Problem> mint(Exchange& exchange, Stored& made, std::string& secret) {
  secret = "isk-" + base::base64_url(host::random(24));
  std::string digest = base::hex(base::sha256(secret));
  made.name = std::string(kKeyPrefix) + digest;
  made.key.id = account::key_id(digest);
  made.key.created_ms = host::now_ms();
  co_return co_await write_stored(exchange, made);
}

void show(Exchange& exchange, const ClientKey& key, const std::string& secret) {
  std::string body;
  json::Writer w(body);
  append_key(key, w);
  w.key("key").string(secret).key("note").string("Shown once: only its digest is stored.").end_object();
  answer(exchange, 201, "application/json", body);
}

base::Task<Problem> make(Exchange& exchange) {
  Stored made;
  std::string secret;
  made.key.name = "unnamed";
  if (auto problem = read_key_fields(exchange.request.body, host::now_ms(), made.key)) co_return problem;
  if (auto problem = co_await mint(exchange, made, secret)) co_return problem;
  show(exchange, made.key, secret);
  co_return std::nullopt;
}

base::Task<Problem> change(Exchange& exchange, std::string id) {
  Stored stored;
  if (auto problem = co_await find(exchange, id, stored)) co_return problem;
  if (auto problem = read_key_fields(exchange.request.body, host::now_ms(), stored.key)) co_return problem;
  if (auto problem = co_await write_stored(exchange, stored)) co_return problem;
  std::string body;
  json::Writer w(body);
  append_key(stored.key, w);
  w.key("note").string("Instances that know the key take this over within a minute.").end_object();
  answer_json(exchange, body);
  co_return std::nullopt;
}

// With the key goes what it has spent.
base::Task<Problem> erase(Exchange& exchange, Stored gone) {
  host::Completion erased = co_await host::erase(exchange.id, gone.name);
  account::forget_clients();
  if (erased.status != host::kOk) co_return storage_failed();
  if (gone.key.limited()) co_await account::forget_spent(exchange.id, gone.key.id);
  co_return std::nullopt;
}

// The old key's end: at once, or when its grace is over.
base::Task<Problem> end(Exchange& exchange, Stored old, int64_t grace) {
  if (!grace) co_return co_await erase(exchange, std::move(old));
  int64_t ends = host::now_ms() + grace * 1000;
  if (!old.key.expires_ms || old.key.expires_ms > ends) old.key.expires_ms = ends;
  co_return co_await write_stored(exchange, std::move(old), grace + kRememberedFor);
}

base::Task<Problem> rotate(Exchange& exchange, std::string id) {
  constexpr std::string_view kGrace = "grace_seconds";
  Stored old;
  int64_t grace = 0;
  if (auto problem = co_await find(exchange, id, old)) co_return problem;
  Stored made{{}, old.key};
  std::string secret;
  if (auto problem = read_key_fields(exchange.request.body, host::now_ms(), made.key, kGrace))
    co_return problem;
  if (made.key.expired(host::now_ms()))
    co_return protocol::invalid_value("expires",
                                      "this key has expired: give the new one a later end, or null.");
  if (auto problem = read_whole(exchange.request.body, kGrace, 0, kLongestGrace, grace)) co_return problem;
  made.key.rotated_from = id;
  if (auto problem = co_await mint(exchange, made, secret)) co_return problem;
  if (auto problem = co_await end(exchange, std::move(old), grace)) {
    co_await erase(exchange, std::move(made));  // nobody has seen the new one
    co_return problem;
  }
  show(exchange, made.key, secret);
  co_return std::nullopt;
}

base::Task<Problem> revoke(Exchange& exchange, std::string id) {
  Stored stored;
  if (auto problem = co_await find(exchange, id, stored)) co_return problem;
  if (auto problem = co_await erase(exchange, std::move(stored))) co_return problem;
  answer_json(exchange,
              R"({"deleted":true,"note":"Instances that know the key forget it within a minute."})");
  co_return std::nullopt;
}

}  // namespace

base::Task<Problem> serve_keys(Exchange& exchange, AdminCall call) {
  std::string_view rest = call.rest;
  std::string id(base::take_until(rest, '/'));
  if (id.empty() && call.method == "GET") co_return co_await list(exchange);
  if (id.empty() && call.method == "POST") co_return co_await make(exchange);
  if (id.empty()) co_return wrong_admin_call(call);
  if (rest == "rotate" && call.method == "POST") co_return co_await rotate(exchange, std::move(id));
  if (rest.empty() && call.method == "PATCH") co_return co_await change(exchange, std::move(id));
  if (rest.empty() && call.method == "DELETE") co_return co_await revoke(exchange, std::move(id));
  co_return wrong_admin_call(call);
}

}  // namespace gateway
