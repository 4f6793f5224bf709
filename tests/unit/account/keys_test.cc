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
  ~Keys() override { config::load("{}"); }
  bool allowed(const std::string& key) {
    auto task = account::client_allowed(1, key);
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
  EXPECT_FALSE(allowed("other-key"));
  world_.storage_fails = false;
  EXPECT_TRUE(allowed("other-key"));
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
