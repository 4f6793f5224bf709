#include "gateway/stored_items.h"

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "json/edit.h"
#include "json/writer.h"

namespace gateway {

namespace {

using json::Value;

constexpr int64_t kPage = 20, kMaxPage = 100;

bool is_empty_thought(Value item) {
  return item["type"].equals("reasoning") && !item["encrypted_content"].has_value();
}

void append_items(json::Writer& w, Value items) {
  for (auto [_, item] : items.items()) {
    if (!is_empty_thought(item)) w.raw(item.raw());
  }
}

void append_input(json::Writer& w, Value input) {
  if (!input.is_string()) return append_items(w, input);
  w.begin_object().key("type").raw("\"message\"").key("role").raw("\"user\"").key("content").begin_array();
  w.begin_object().key("type").raw("\"input_text\"").key("text").text(input.inner()).end_object();
  w.end_array().end_object();
}

struct Listed {
  std::string id, text;
};

std::vector<Listed> listed(Value items) {
  std::vector<Listed> all;
  for (auto [_, item] : items.items()) {
    Listed& each = all.emplace_back();
    if (item["id"].is_string()) {
      each = {item["id"].str(), std::string(item.raw())};
      continue;
    }
    each.id = "item_" + base::to_text(int64_t(all.size() - 1));
    json::edit(item, {{"id", "\"" + each.id + "\""}}, each.text);
  }
  return all;
}

}  // namespace

std::string items_of(Value input) {
  std::string out;
  json::Writer w(out);
  w.begin_array();
  append_input(w, input);
  w.end_array();
  return out;
}

std::string whole_conversation(Value record, Value input) {
  std::string out;
  json::Writer w(out);
  w.begin_array();
  append_items(w, record["input"]);
  append_items(w, record["response"]["output"]);
  append_input(w, input);
  w.end_array();
  return out;
}

std::string list_of_items(Value items, std::string_view query) {
  std::vector<Listed> all = listed(items);
  if (base::query_value(query, "order").value_or("desc") != "asc") std::reverse(all.begin(), all.end());
  std::string after = base::query_value(query, "after").value_or("");
  size_t from = 0;
  for (size_t i = 0; i < all.size() && !after.empty(); i++) {
    if (all[i].id == after) from = i + 1;
  }
  int64_t wanted = base::to_int(base::query_value(query, "limit").value_or("")).value_or(kPage);
  size_t to = std::min(all.size(), from + size_t(std::clamp<int64_t>(wanted, 1, kMaxPage)));
  std::string out;
  json::Writer w(out);
  w.begin_object().key("object").raw("\"list\"").key("data").begin_array();
  for (size_t i = from; i < to; i++) w.raw(all[i].text);
  w.end_array();
  w.key("first_id");
  from < to ? w.string(all[from].id) : w.null();
  w.key("last_id");
  from < to ? w.string(all[to - 1].id) : w.null();
  w.key("has_more").boolean(to < all.size()).end_object();
  return out;
}

}  // namespace gateway
