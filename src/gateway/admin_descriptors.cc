#include "gateway/admin_descriptors.h"

#include "gateway/catalog.h"
#include "gateway/respond.h"
#include "host/host.h"
#include "json/edit.h"
#include "json/writer.h"
#include "provider/provider.h"

namespace gateway {

namespace {

using Problem = std::optional<chat::Error>;
constexpr std::string_view kKey = "descriptors";

chat::Error refused(std::string message) {
  chat::Error error;
  error.fault = chat::Fault::invalid_request;
  error.code = "invalid_descriptor";
  error.message = std::move(message);
  return error;
}

chat::Error unknown(std::string_view provider) {
  chat::Error error;
  error.fault = chat::Fault::not_found;
  error.code = "unknown_provider";
  error.message = "There is no provider '" + std::string(provider) + "'.";
  return error;
}

// The stored overrides as one JSON object; "{}" if there are none.
base::Task<std::string> read_stored(Exchange& exchange) {
  host::Completion stored = co_await host::get(exchange.id, kKey);
  if (stored.status == host::kNotFound) co_return "{}";
  co_return stored.status == host::kOk ? std::string(stored.data) : std::string();
}

// Stores `text` (empty: none) as the override of `provider`.
base::Task<Problem> write_stored(Exchange& exchange, const provider::Provider* provider, std::string text) {
  std::string all = co_await read_stored(exchange);
  json::Document document;
  if (all.empty() || document.parse(all) != json::Error::none) co_return storage_failed();
  std::string message(kKey);
  message += "\n0\n";
  json::edit(document.root(), {{provider->id(), text}}, message);
  host::Completion put = co_await host::put(exchange.id, message);
  if (put.status != host::kOk) co_return storage_failed();
  expire_descriptors();
  answer(exchange, 204, {}, {});
  co_return std::nullopt;
}

Problem check(const provider::Provider& provider, std::string_view text) {
  if (!provider.descriptor()) return refused("This provider has no descriptor.");
  if (auto problem = provider.descriptor()->check(text)) return refused(*problem);
  return std::nullopt;
}

}  // namespace

base::Task<Problem> serve_descriptors(Exchange& exchange, AdminCall call) {
  if (call.rest.empty() && call.method == "GET") {
    std::string all = co_await read_stored(exchange);
    if (all.empty()) co_return storage_failed();
    answer_json(exchange, all);
    co_return std::nullopt;
  }
  const provider::Provider* provider = provider::find(call.rest);
  if (!provider) co_return unknown(call.rest);
  if (call.method == "DELETE") co_return co_await write_stored(exchange, provider, {});
  if (call.method != "PUT") co_return wrong_admin_call(call);
  if (auto problem = check(*provider, exchange.request.body)) co_return problem;
  co_return co_await write_stored(exchange, provider, std::string(exchange.request.body));
}

}  // namespace gateway
