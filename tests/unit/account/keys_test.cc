#include "account/keys.h"

#include <gtest/gtest.h>

#include "base/sha256.h"
#include "base/text.h"
#include "config/settings.h"
#include "script/core.h"

namespace {

class Keys : public testing::Test {
 protected:
  Keys() { config::load(R"({"API_KEY":"one,two","ADMIN_KEY":"boss"})"); }
  ~Keys() override {
    config::load("{}");
    account::forget_clients();
  }
  bool allowed(const std::string& key) { return find(key) != nullptr; }
  account::ClientKeyPtr find(const std::string& key) { return ask(key).value_or(nullptr); }
  // Nothing: storage failed.
  std::optional<account::ClientKeyPtr> ask(const std::string& key) {
    auto task = account::find_client(1, key);
    world_.settle();
    return task.await_resume();
  }
  static std::string stored(const std::string& key) { return "key:" + base::hex(base::sha256(key)); }

  fake::World world_;
  fake::LinkedCore core_{world_};
};

TEST_F(Keys, OfTheSettingNeedNoStorage) {
  world_.storage_fails = true;
  EXPECT_TRUE(allowed("one"));
  EXPECT_TRUE(allowed("two"));
  EXPECT_FALSE(allowed("one,two"));
  EXPECT_FALSE(allowed("three"));
}

TEST_F(Keys, OfStorageAreKnownByTheirDigestAndAskedForOnceAMinute) {
  world_.storage[stored("stored-key")] = "a friend";
  EXPECT_TRUE(allowed("stored-key"));
  world_.storage.clear();
  EXPECT_TRUE(allowed("stored-key"));
  world_.now_ms += 60'000;
  EXPECT_FALSE(allowed("stored-key"));
  world_.storage[stored("stored-key")] = "a friend";
  EXPECT_FALSE(allowed("stored-key"));
  world_.now_ms += 60'000;
  EXPECT_TRUE(allowed("stored-key"));
}

TEST_F(Keys, AFaultOfStorageIsNotRemembered) {
  world_.storage[stored("other-key")] = "a friend";
  world_.storage_fails = true;
  EXPECT_FALSE(ask("other-key").has_value()) << "which is not to say that it is nobody's";
  world_.storage_fails = false;
  EXPECT_TRUE(allowed("other-key"));
}

TEST_F(Keys, ServeOnThroughAFaultOfStorage) {
  world_.storage[stored("stored-key")] = "a friend";
  EXPECT_TRUE(allowed("stored-key"));
  EXPECT_TRUE(ask("nobodys-key").has_value());
  world_.storage_fails = true;
  world_.now_ms += 60'000;
  EXPECT_TRUE(allowed("stored-key"));
  EXPECT_FALSE(ask("nobodys-key").has_value()) << "it may have been made meanwhile";
  world_.storage_fails = false;
  world_.storage.clear();
  EXPECT_FALSE(allowed("stored-key")) << "and no longer than that";
}

TEST_F(Keys, AreNamedByTheirPlaceOrTheirDigestAndNeverByThemselves) {
  EXPECT_EQ(find("one")->id, "env-1");
  EXPECT_EQ(find("two")->id, "env-2");
  world_.storage[stored("plain-key")] = "a friend";
  account::ClientKeyPtr plain = find("plain-key");
  EXPECT_EQ(plain->id, base::hex(base::sha256("plain-key")).substr(0, 12));
  EXPECT_EQ(plain->name, "a friend");
  EXPECT_FALSE(plain->limited());
  EXPECT_TRUE(plain->allows("gemini", "anything"));
}

TEST_F(Keys, RecordsSayWhatAKeyMayDo) {
  account::ClientKey key;
  key.name = "build \"bot\"";
  key.created_ms = 1'800'000'000'000;
  key.expires_ms = 1'800'000'060'000;
  key.providers = {"gemini", "openai"};
  key.models = {"gpt-5", "gemini-3*"};
  key.requests_per_minute = 10;
  key.tokens_per_day = 5'000'000'000;
  key.rotated_from = "0123456789ab";
  account::ClientKey read;
  account::read_key_record(account::to_record(key), read);
  EXPECT_EQ(account::to_record(read), account::to_record(key));
  EXPECT_EQ(read.name, key.name);
  EXPECT_EQ(read.tokens_per_day, key.tokens_per_day);
  EXPECT_TRUE(read.limited());
  EXPECT_FALSE(read.expired(key.expires_ms - 1));
  EXPECT_TRUE(read.expired(key.expires_ms));
  EXPECT_TRUE(read.allows("gemini", "gemini-3-pro"));
  EXPECT_TRUE(read.allows("openai", "gpt-5"));
  EXPECT_FALSE(read.allows("openai", "gpt-5-mini"));
  EXPECT_FALSE(read.allows("anthropic", "gpt-5"));
  EXPECT_FALSE(read.allows("gemini", "gemini-2.5-pro"));
}

TEST_F(Keys, TheAdminKeyIsClosedWithoutASetting) {
  EXPECT_TRUE(account::admin_allowed("boss"));
  EXPECT_FALSE(account::admin_allowed(""));
  EXPECT_FALSE(account::admin_allowed("one"));
  config::load("{}");
  EXPECT_FALSE(account::admin_allowed("boss"));
  EXPECT_FALSE(account::admin_allowed(""));
}

TEST_F(Keys, ArePresentedInManyPlaces) {
  const struct {
    const char *message, *key;
  } rows[] = {
      {"GET /\nauthorization: Bearer  a \n\n", "a"},
      {"GET /\nauthorization: bearer b\n\n", "b"},
      {"GET /\nx-api-key: c\n\n", "c"},
      {"GET /\nx-goog-api-key: d\n\n", "d"},
      {"GET /?key=e%20f\n\n", "e f"},
      {"GET /?key=e\nx-api-key: c\nauthorization: Bearer a\n\n", "a"},
      {"GET /\nauthorization: Basic abc\n\n", ""},
      {"GET /\n\n", ""},
  };
  for (const auto& row : rows) {
    http::Request request;
    ASSERT_TRUE(http::parse(row.message, request));
    EXPECT_EQ(account::presented_key(request), row.key) << row.message;
  }
}

}  // namespace
