#include "provider/provider.h"

#include <gtest/gtest.h>

#include <set>

namespace {

TEST(Provider, HasOneNameAndEveryAlias) {
  std::set<std::string> names;
  for (const provider::Provider* each : provider::all()) {
    EXPECT_TRUE(names.insert(std::string(each->id())).second) << each->id();
    EXPECT_EQ(provider::find(each->id()), each);
    for (std::string_view alias : each->aliases()) {
      EXPECT_TRUE(names.insert(std::string(alias)).second) << alias << " is taken twice";
      EXPECT_EQ(provider::find(alias), each);
    }
    EXPECT_FALSE(each->title().empty());
    EXPECT_TRUE(each->status().ends_with('.'));
    const protocol::Protocol& wire = each->wire({}, {});
    EXPECT_NE(wire.write, nullptr);
    EXPECT_NE(wire.decoder, nullptr);
  }
  EXPECT_EQ(provider::find("nobody"), nullptr);
}

TEST(Provider, FindsAModelByEveryName) {
  for (const provider::Provider* each : provider::all()) {
    std::set<std::string> names;
    for (const provider::Model& model : each->models()) {
      EXPECT_TRUE(names.insert(model.id).second) << each->id() << " " << model.id;
      EXPECT_EQ(provider::find_model(*each, model.id), &model);
      EXPECT_EQ(provider::find_model(*each, "models/" + model.id), &model);
      for (const std::string& alias : model.aliases) {
        EXPECT_TRUE(names.insert(alias).second) << each->id() << " " << alias;
        EXPECT_EQ(provider::find_model(*each, alias), &model);
      }
      if (model.thinking == "level") EXPECT_FALSE(model.levels.empty()) << model.id;
      EXPECT_FALSE(each->target({}, model).model.empty());
    }
    EXPECT_EQ(provider::find_model(*each, "unheard-of"), nullptr);
  }
}

TEST(Provider, GuessesFromAnUnknownName) {
  EXPECT_EQ(provider::unknown_model("models/gemini-2.5-nano").id, "gemini-2.5-nano");
  EXPECT_EQ(provider::unknown_model("gemini-2.5-nano").thinking, "budget");
  EXPECT_TRUE(provider::unknown_model("gemini-4-pro").signatures_required);
  EXPECT_EQ(provider::unknown_model("gpt-5").thinking, "");
}

}  // namespace
