#include "provider/import.h"

#include <gtest/gtest.h>

namespace {

using account::Credential;

TEST(Import, TakesTheFilesOfGooglesTools) {
  const struct {
    const char *file, *refresh, *project;
  } files[] = {
      {R"({"access_token":"a","refresh_token":"r1","expiry_date":1790000000000,"token_type":"Bearer"})", "r1",
       ""},
      {R"({"type":"gemini","email":"x@example.com","project_id":"p1,p2","token":{"access_token":"a","refresh_token":"r2"}})",
       "r2", "p1"},
      {R"({"token":"a","refresh_token":"r3","client_id":"c","client_secret":"s","project_id":"p3"})", "r3",
       "p3"},
      {R"({"type":"authorized_user","client_id":"c","client_secret":"s","refresh_token":"r4","quota_project_id":"p4"})",
       "r4", "p4"},
  };
  for (const auto& file : files) {
    Credential to;
    std::string problem;
    ASSERT_TRUE(provider::import(file.file, to, problem)) << problem;
    EXPECT_EQ(to.provider, "gemini-cli");
    EXPECT_EQ(to.refresh_token, file.refresh);
    EXPECT_EQ(to.project, file.project);
  }
}

TEST(Import, DropsATokenOfUnknownAgeThatCanBeRenewed) {
  const struct {
    const char *file, *access;
  } files[] = {
      {R"({"token":"old","refresh_token":"r","client_id":"c","client_secret":"s"})", ""},
      {R"({"token":{"access_token":"old","refresh_token":"r"}})", ""},
      {R"({"access_token":"dated","refresh_token":"r","expiry_date":1790000000000})", "dated"},
  };
  for (const auto& file : files) {
    Credential to;
    std::string problem;
    ASSERT_TRUE(provider::import(file.file, to, problem)) << problem;
    EXPECT_EQ(to.access_token, file.access) << file.file;
  }
}

TEST(Import, RefusesWhatCannotServeOrWouldBreakAHeader) {
  for (const char* file :
       {"", "[]", "5", R"({"type":"service_account","private_key":"k"})",
        R"({"expiry_date":1,"access_token":"a\nx-goog-user-project: b","refresh_token":"r"})",
        R"({"expiry_date":1,"refresh_token":"r","project_id":"p\r\nq"})",
        R"({"provider":"gemini","api_key":"a\nb"})"}) {
    Credential to;
    std::string problem;
    EXPECT_FALSE(provider::import(file, to, problem)) << file;
    EXPECT_FALSE(problem.empty()) << file;
  }
}

}  // namespace
