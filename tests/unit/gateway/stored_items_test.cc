#include "gateway/stored_items.h"

#include <gtest/gtest.h>

namespace {

json::Value parsed(json::Document& document, std::string_view text) {
  EXPECT_EQ(document.parse(text), json::Error::none) << text;
  return document.root();
}

TEST(StoredItems, AStringBecomesAMessage) {
  json::Document a, b;
  EXPECT_EQ(gateway::items_of(parsed(a, R"("say \"hi\"")")),
            R"([{"type":"message","role":"user","content":[{"type":"input_text","text":"say \"hi\""}]}])");
  EXPECT_EQ(gateway::items_of(parsed(b, R"([{"role":"user","content":"x"}])")),
            R"([{"role":"user","content":"x"}])");
}

TEST(StoredItems, TheConversationIsWhatWasSaidAndWhatIsSaidNow) {
  json::Document record, input;
  parsed(
      record,
      R"({"input":[{"role":"user","content":"1"}],"response":{"output":[{"type":"reasoning","id":"rs_1","summary":[]},)"
      R"({"type":"reasoning","summary":[],"encrypted_content":"g"},{"type":"message","role":"assistant","content":"2"}]}})");
  EXPECT_EQ(gateway::whole_conversation(record.root(), parsed(input, R"([{"role":"user","content":"3"}])")),
            R"([{"role":"user","content":"1"},{"type":"reasoning","summary":[],"encrypted_content":"g"},)"
            R"({"type":"message","role":"assistant","content":"2"},{"role":"user","content":"3"}])");
}

TEST(StoredItems, ArePagedInBothOrders) {
  json::Document document, page;
  json::Value items = parsed(document, R"([{"id":"a","x":1},{"x":2},{"id":"c","x":3}])");
  auto list = [&](std::string_view query) {
    std::string text = gateway::list_of_items(items, query), ids;
    json::Value root = parsed(page, text);
    for (auto [_, item] : root["data"].items()) ids += item["id"].str() + " ";
    return ids + std::string(root["has_more"].raw()) + " " + root["last_id"].str();
  };
  EXPECT_EQ(list(""), "c item_1 a false a");
  EXPECT_EQ(list("order=asc&limit=2"), "a item_1 true item_1");
  EXPECT_EQ(list("order=asc&after=item_1"), "c false c");
  EXPECT_EQ(list("order=asc&after=c"), "false ");
}

}  // namespace
