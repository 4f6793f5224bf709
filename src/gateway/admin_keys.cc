#include "gateway/admin_keys.h"

#include "base/sha256.h"
#include "base/text.h"
#include "gateway/respond.h"
#include "host/host.h"
#include "json/document.h"
#include "json/writer.h"

namespace gateway {

namespace {

using Problem = std::optional<chat::Error>;

// A stored key is known by the first digits of its digest: enough to tell keys apart, useless for guessing
// one.
constexpr size_t kIdDigits = 12;
constexpr std::string_view kPrefix = "key:";

base::Task<Problem> list(Exchange& exchange) {
  host::Completion listed = co_await host::list(exchange.id, kPrefix);
  if (listed.status != host::kOk) co_return storage_failed();
  std::string keys(listed.data), body;
  std::string_view rest = keys;
  json::Writer w(body);
  w.begin_object().key("object").raw("\"list\"").key("data").begin_array();
  while (!rest.empty()) {
    std::string key(base::take_until(rest, '\n'));
    host::Completion record = co_await host::get(exchange.id, key);
    if (record.status != host::kOk) continue;
    w.begin_object()
        .key("id")
        .string(key.substr(kPrefix.size(), kIdDigits))
        .key("name")
        .string(record.data)
        .end_object();
  }
  w.end_array().end_object();
  answer_json(exchange, body);
  co_return std::nullopt;
}

base::Task<Problem> make(Exchange& exchange) {
  std::string name = "unnamed";
  json::Document document;
  if (!exchange.request.body.empty()) {
    if (document.parse(exchange.request.body) != json::Error::none) {
      chat::Error error;
      error.fault = chat::Fault::invalid_request;
      error.message = "The body must be JSON: {\"name\": \"...\"}.";
      co_return error;
    }
    if (document.root()["name"].is_string()) name = document.root()["name"].str().substr(0, 100);
  }
  std::string key = "isk-" + base::base64_url(host::random(24));
  std::string digest = base::hex(base::sha256(key));
  std::string message = std::string(kPrefix) + digest + "\n0\n" + name;
  host::Completion put = co_await host::put(exchange.id, message);
  if (put.status != host::kOk) co_return storage_failed();
  std::string body;
  json::Writer w(body);
  w.begin_object().key("id").string(digest.substr(0, kIdDigits)).key("name").string(name);
  w.key("key").string(key).key("note").string("Shown once: only its digest is stored.").end_object();
  answer(exchange, 201, "application/json", body);
  co_return std::nullopt;
}

base::Task<Problem> revoke(Exchange& exchange, std::string id) {
  std::string prefix = std::string(kPrefix) + id;
  host::Completion listed = co_await host::list(exchange.id, prefix);
  std::string keys(listed.data);
  std::string_view rest = keys;
  std::string key(base::take_until(rest, '\n'));
  if (listed.status == host::kOk && (key.empty() || id.size() != kIdDigits)) {
    chat::Error error;
    error.fault = chat::Fault::not_found;
    error.code = "key_not_found";
    error.message = "There is no client key '" + id + "'.";
    co_return error;
  }
  host::Completion erased = co_await host::erase(exchange.id, key);
  if (erased.status != host::kOk) co_return storage_failed();
  answer_json(exchange,
              R"({"deleted":true,"note":"Instances that know the key forget it within a minute."})");
  co_return std::nullopt;
}

}  // namespace

base::Task<Problem> serve_keys(Exchange& exchange, AdminCall call) {
  if (call.rest.empty() && call.method == "GET") co_return co_await list(exchange);
  if (call.rest.empty() && call.method == "POST") co_return co_await make(exchange);
  if (!call.rest.empty() && call.method == "DELETE")
    co_return co_await revoke(exchange, std::string(call.rest));
  co_return wrong_admin_call(call);
}

}  // namespace gateway
