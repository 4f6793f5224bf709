#include "gateway/item_references.h"

#include <deque>
#include <string>

#include "gateway/responses_store.h"
#include "json/document.h"
#include "json/edit.h"
#include "json/writer.h"

namespace gateway {

namespace {

constexpr size_t kMaxBytes = 1 << 20;
constexpr size_t kMaxItem = 128 << 10;

struct KeptItem {
  std::string id, key, text;  // `key`: the client key's id
  size_t size() const { return sizeof(KeptItem) + id.size() + key.size() + text.size(); }
};

struct Memory {
  std::deque<KeptItem> items;  // oldest first
  size_t bytes = 0;
};
Memory& memory() {
  static Memory instance;
  return instance;
}

// A stored response, at hand for the references that follow: neighbours mostly name items of one answer.
struct Stored {
  std::string id, record;
  json::Document document;
};

std::string_view remembered(const Exchange& exchange, std::string_view id) {
  if (!exchange.key) return {};
  for (auto kept = memory().items.rbegin(); kept != memory().items.rend(); ++kept) {
    if (kept->id == id && kept->key == exchange.key->id) return kept->text;
  }
  return {};
}

// An item's id is its kind, the stem of its response's id, and a number of two digits or more.
std::string response_of(std::string_view item) {
  constexpr size_t kStem = 24;
  return "resp_" + std::string(item.substr(item.find('_') + 1, kStem));
}

base::Task<std::string_view> find_item(Exchange& exchange, Stored& stored, std::string id) {
  std::string_view known = remembered(exchange, id);
  if (!known.empty()) co_return known;
  if (std::string response = response_of(id); response != stored.id) {
    stored.id = response;
    stored.record = co_await load_response(exchange, response);
    (void)stored.document.parse(stored.record);
  }
  for (const json::Item& item : stored.document.root()["response"]["output"].items()) {
    if (item.value["id"].equals(id)) co_return item.value.raw();
  }
  co_return known;
}

// The body's `input`, with the items that are known in the place of their references.
base::Task<std::string> resolved(Exchange& exchange, json::Value references) {
  Stored stored;
  std::string input;
  json::Writer w(input);
  w.begin_array();
  for (const json::Item& item : references.items()) {
    std::string_view text;
    if (item.value["type"].equals("item_reference"))
      text = co_await find_item(exchange, stored, item.value["id"].str());
    w.raw(text.empty() ? item.value.raw() : text);
  }
  w.end_array();
  co_return input;
}

}  // namespace

base::Task<std::optional<chat::Error>> read_resolved(Exchange& exchange, const Route& route,
                                                     ClientBody& body) {
  std::string input = co_await resolved(exchange, body.root()["input"]), whole;
  json::edit(body.root(), {{"input", input}}, whole);
  exchange.request.body = exchange.arena.copy(whole);
  body = {};
  co_return read_body(exchange, route, body);
}

void remember_items(const Exchange& exchange, std::string_view response) {
  if (!exchange.key || response.size() > kMaxBytes) return;
  json::Document document;
  if (document.parse(response) != json::Error::none) return;
  if (document.root()["store"].is_true()) return;
  Memory& m = memory();
  for (auto [_, item] : document.root()["output"].items()) {
    KeptItem kept{item["id"].str(), exchange.key->id, std::string(item.raw())};
    if (kept.id.empty() || kept.size() > kMaxItem) continue;
    m.bytes += kept.size();
    m.items.push_back(std::move(kept));
  }
  for (; m.bytes > kMaxBytes; m.items.pop_front()) m.bytes -= m.items.front().size();
}

}  // namespace gateway
