// A strict reader of a Responses stream, for tests: it checks the grammar while it folds the events.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "json/document.h"
#include "json/escape.h"

namespace responses {

class Stream {
 public:
  // The types of the events, in order.
  std::vector<std::string> types;
  // The response object of the last event, as JSON text.
  std::string last;
  std::string status;

  explicit Stream(std::string_view text) { read(text); }

 private:
  void read(std::string_view text) {
    size_t at = 0;
    while (at < text.size()) {
      size_t end = text.find("\n\n", at);
      ASSERT_NE(end, text.npos) << "a frame is not closed: " << text.substr(at);
      frame(std::string(text.substr(at, end - at)));
      at = end + 2;
    }
    ASSERT_GE(types.size(), 3u);
    EXPECT_EQ(types[0], "response.created");
    EXPECT_EQ(types[1], "response.in_progress");
    EXPECT_TRUE(over_) << "no last event";
  }

  struct Item {
    std::string id, type, done;
    std::map<std::string, std::string> deltas;  // by kind and part
    std::set<std::string> open_parts, closed_parts;
    bool closed = false;
  };

  void frame(const std::string& text) {
    if (text.starts_with(":")) return;
    size_t line = text.find('\n');
    ASSERT_TRUE(text.starts_with("event: ")) << text;
    std::string name = text.substr(7, line - 7);
    ASSERT_EQ(text.substr(line + 1, 6), "data: ") << text;
    std::string data = text.substr(line + 7);
    json::Document document;
    ASSERT_EQ(document.parse(data), json::Error::none) << data;
    json::Value event = document.root();
    EXPECT_FALSE(over_) << "an event after the last: " << name;
    EXPECT_EQ(event["type"].str(), name);
    EXPECT_EQ(event["sequence_number"].to_int(-1), int64_t(types.size())) << data;
    types.push_back(name);
    if (event["response"]) return about_response(name, event["response"]);
    if (name == "response.output_item.added") return added(event);
    about_item(name, event);
  }

  void about_response(const std::string& name, json::Value response) {
    bool first = types.size() <= 2;
    EXPECT_EQ(first, name == "response.created" || name == "response.in_progress") << name;
    status = response["status"].str();
    if (first) {
      EXPECT_EQ(status, "in_progress");
      EXPECT_EQ(response["output"].size(), 0u);
      return;
    }
    EXPECT_EQ("response." + status, name);
    over_ = true;
    last = response.raw();
    size_t index = 0;
    for (auto [_, item] : response["output"].items()) {
      ASSERT_LT(index, items_.size());
      EXPECT_EQ(item.raw(), items_[index++].done);
    }
    if (status != "failed") EXPECT_EQ(index, items_.size());
  }

  void added(json::Value event) {
    EXPECT_TRUE(items_.empty() || items_.back().closed) << "items interleave";
    EXPECT_EQ(event["output_index"].to_int(-1), int64_t(items_.size()));
    Item item;
    item.id = event["item"]["id"].str();
    item.type = event["item"]["type"].str();
    EXPECT_FALSE(item.id.empty());
    for (const Item& other : items_) EXPECT_NE(other.id, item.id) << "an id twice";
    items_.push_back(item);
  }

  void about_item(const std::string& name, json::Value event) {
    ASSERT_FALSE(items_.empty()) << name;
    Item& item = items_.back();
    EXPECT_FALSE(item.closed) << name;
    EXPECT_EQ(event["output_index"].to_int(-1), int64_t(items_.size() - 1)) << name;
    if (name == "response.output_item.done") return item_done(item, event["item"]);
    EXPECT_EQ(event["item_id"].str(), item.id) << name;
    std::string part = event["content_index"] ? std::string(event["content_index"].raw())
                                              : std::string(event["summary_index"].raw());
    if (name.ends_with("_part.added")) {
      EXPECT_EQ(part, std::to_string(item.open_parts.size()));
      item.open_parts.insert(part);
    } else if (name.ends_with("_part.done")) {
      item.closed_parts.insert(part);
    } else if (name.ends_with(".delta")) {
      if (!part.empty()) EXPECT_TRUE(item.open_parts.count(part) && !item.closed_parts.count(part)) << name;
      item.deltas[name.substr(0, name.size() - 6) + part] += event["delta"].str();
    } else if (name.ends_with(".done")) {
      std::string whole;
      for (const char* member : {"text", "refusal", "arguments", "input"}) whole += event[member].str();
      EXPECT_EQ(whole, item.deltas[name.substr(0, name.size() - 5) + part]) << name;
    }
  }

  void item_done(Item& item, json::Value value) {
    item.closed = true;
    item.done = value.raw();
    EXPECT_EQ(value["id"].str(), item.id);
    EXPECT_EQ(value["type"].str(), item.type);
    EXPECT_EQ(item.open_parts, item.closed_parts) << item.done;
    std::string said, held;
    for (const auto& [_, text] : item.deltas) said += text;
    for (const char* list : {"content", "summary"}) {
      for (auto [_, part] : value[list].items()) held += part["text"].str() + part["refusal"].str();
    }
    held += value["arguments"].str() + value["input"].str();
    EXPECT_EQ(held, said) << item.done;
  }

  std::vector<Item> items_;
  bool over_ = false;
};

}  // namespace responses
