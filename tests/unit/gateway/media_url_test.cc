#include "gateway/media_url.h"

#include <gtest/gtest.h>

namespace {

using gateway::redirected;
using gateway::why_not_fetched;

TEST(MediaUrl, FetchesFromPublicNames) {
  for (const char* url :
       {"https://example.com/a.png", "HTTP://Example.COM:8080/x y?q=http://10.0.0.1",
        "https://a-b.c_d.example./", "https://1password.com/1", "https://x.example#@10.0.0.1"})
    EXPECT_EQ(why_not_fetched(url, false), "") << url;
}

TEST(MediaUrl, RefusesEverySpellingOfAPrivateHost) {
  const char* urls[] = {
      "http://127.0.0.1/",
      "http://127.0.0.1./",
      "http://127.1/",
      "http://2130706433/",
      "http://0x7f000001/",
      "http://127.0.0.0x1/",
      "http://0x7f.1/",
      "http://[::1]/",
      "http://[::ffff:10.0.0.1]:80/",
      "http://localhost/",
      "http://LOCALHOST:80/",
      "http://a.localhost./",
      "http://metadata/",
      "http://metadata.google.internal/",
      "http://printer.local",
      "http://127.0.0.%31/",
      "http://user@127.0.0.1/",
      "http://127.0.0.1\\@example.com/",
      "http://example.com@10.0.0.1/",
      "http://\xe2\x91\xa0.example.com/",
      "http:///127.0.0.1/",
      "http://example.com:8a/",
      "http://",
      "https://host.home.arpa/",
  };
  for (const char* url : urls) EXPECT_NE(why_not_fetched(url, false), "") << url;
}

TEST(MediaUrl, RefusesWhatWouldBreakAMessageWhateverTheHost) {
  for (const char* url :
       {"http://example.com/\nhost: 10.0.0.1", "http://127.0.\n0.1/", "http://a.example/\x7f",
        "ftp://example.com/", "file:///etc/passwd", "", "//example.com/"})
    EXPECT_NE(why_not_fetched(url, true), "") << url;
  EXPECT_EQ(why_not_fetched("http://127.0.0.1:8080/x", true), "");
}

TEST(MediaUrl, FollowsEveryFormOfLocation) {
  const std::string_view at = "https://a.example:8443/x/y.png?q=1#f";
  EXPECT_EQ(redirected(at, "http://b.example/z"), "http://b.example/z");
  EXPECT_EQ(redirected(at, "//b.example/z"), "https://b.example/z");
  EXPECT_EQ(redirected(at, "/z"), "https://a.example:8443/z");
  EXPECT_EQ(redirected(at, "z?a=b:c"), "https://a.example:8443/x/z?a=b:c");
  EXPECT_EQ(redirected(at, "?r=2"), "https://a.example:8443/x/y.png?r=2");
  EXPECT_EQ(redirected("https://a.example", "z"), "https://a.example/z");
  EXPECT_NE(why_not_fetched(redirected(at, "http://127.0.0.1/"), false), "");
}

}  // namespace
