#include "gateway/responses_store.h"

#include "account/keys.h"
#include "base/sha256.h"
#include "base/text.h"
#include "config/settings.h"
#include "gateway/respond.h"
#include "gateway/stored_items.h"
#include "host/host.h"
#include "json/edit.h"
#include "json/writer.h"

namespace gateway {

namespace {

using Problem = std::optional<chat::Error>;

constexpr size_t kMaxRecord = 8 << 20;  // KV takes 25 MiB; sealing makes a third more of it
constexpr size_t kMaxId = 128;

// Empty: no record can have this id.
std::string key_of(const Exchange& exchange, std::string_view id) {
  if (id.empty() || id.size() > kMaxId) return {};
  for (char c : id) {
    bool fits =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    if (!fits) return {};
  }
  std::string client = base::hex(base::sha256(account::presented_key(exchange.request)));
  return "response:" + client.substr(0, 32) + ":" + std::string(id);
}

chat::Error not_found(std::string_view id, bool previous) {
  chat::Error error;
  bool off = config::settings().store_responses == 0;
  error.fault = previous ? chat::Fault::invalid_request : chat::Fault::not_found;
  error.code = previous ? "previous_response_not_found" : "response_not_found";
  if (previous) error.param = "previous_response_id";
  error.message = previous ? "Previous response with id '" : "Response with id '";
  error.message.append(id).append("' not found");
  error.message += off ? ": this gateway does not store responses (STORE_RESPONSES)." : ".";
  if (previous) error.message += " Send the whole conversation in 'input'.";
  return error;
}

}  // namespace

base::Task<std::string> load_response(Exchange& exchange, std::string id) {
  std::string key = key_of(exchange, id);
  if (key.empty() || config::settings().store_responses == 0) co_return std::string();
  host::Completion stored = co_await host::get(exchange.id, key);
  if (stored.status != host::kOk) co_return std::string();
  std::string sealed(stored.data);
  host::Completion plain = co_await host::unseal(exchange.id, sealed);
  co_return plain.status == host::kOk ? std::string(plain.data) : std::string();
}

base::Task<Problem> continue_stored(Exchange& exchange, std::string& previous) {
  if (config::settings().store_responses == 0) co_return std::nullopt;
  if (exchange.request.body.find("\"previous_response_id\"") == std::string_view::npos)
    co_return std::nullopt;
  json::Document document;
  if (document.parse(exchange.request.body) != json::Error::none) co_return std::nullopt;
  json::Value id = document.root()["previous_response_id"];
  if (!id.is_string()) co_return std::nullopt;
  previous = id.str();
  std::string record = co_await load_response(exchange, previous);
  json::Document stored;
  if (record.empty() || stored.parse(record) != json::Error::none) co_return not_found(previous, true);
  std::string input = whole_conversation(stored.root(), document.root()["input"]);
  std::string body;
  json::edit(document.root(), {{"input", input}, {"previous_response_id", ""}}, body);
  exchange.request.body = exchange.arena.copy(body);
  co_return std::nullopt;
}

base::Task<> store_response(Exchange& exchange, std::string response) {
  json::Document body, answer;
  if (body.parse(exchange.request.body) != json::Error::none) co_return;
  if (answer.parse(response) != json::Error::none) co_return;
  std::string key = key_of(exchange, answer.root()["id"].str());
  std::string record = R"({"input":)" + items_of(body.root()["input"]);
  record.append(",\"response\":").append(response).append("}");
  if (key.empty() || record.size() > kMaxRecord) {
    host::log(host::Level::warning, exchange.request_id + ": the response is too large to be stored.");
    co_return;
  }
  host::Completion sealed = co_await host::seal(exchange.id, record);
  std::string message = key + "\n" + base::to_text(config::settings().store_responses) + "\n";
  message += sealed.data;
  uint32_t status = sealed.status;
  if (status == host::kOk) {
    host::Completion put = co_await host::put(exchange.id, message);
    status = put.status;
  }
  if (status != host::kOk)
    host::log(host::Level::error, exchange.request_id + ": the response was not stored.");
}

base::Task<> serve_stored(Exchange& exchange, const Route& route) {
  std::string record = co_await load_response(exchange, route.name);
  json::Document stored;
  if (record.empty() || stored.parse(record) != json::Error::none) {
    co_return answer_error(exchange, *route.surface, not_found(route.name, false));
  }
  if (route.action == "cancel") {
    chat::Error error;
    error.fault = chat::Fault::invalid_request;
    error.message = "Cannot cancel a response that was not made in the background.";
    co_return answer_error(exchange, *route.surface, error);
  }
  if (route.action == "input_items") {
    co_return answer_json(exchange, list_of_items(stored.root()["input"], exchange.request.query));
  }
  if (exchange.request.method != "DELETE") co_return answer_json(exchange, stored.root()["response"].raw());
  host::Completion erased = co_await host::erase(exchange.id, key_of(exchange, route.name));
  if (erased.status != host::kOk) {
    chat::Error error;
    error.fault = chat::Fault::overloaded;
    error.message = "The response could not be deleted: storage failed. Try again.";
    error.retry = true;
    co_return answer_error(exchange, *route.surface, error);
  }
  std::string body;
  json::Writer w(body);
  w.begin_object().key("id").string(route.name).key("object").raw("\"response\"");
  w.key("deleted").raw("true").end_object();
  answer_json(exchange, body);
}

}  // namespace gateway
