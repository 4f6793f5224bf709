#include "chat/token_estimate.h"

#include <gtest/gtest.h>

#include "chat/image_size.h"
#include "json/escape.h"

namespace {

int64_t estimate(std::string_view text) { return chat::estimate_tokens(json::escaped(text)); }

// `tokens`: what OpenAI's o200k tokenizer makes of the text.
void expect_near(std::string_view text, int64_t tokens, double share = 0.10) {
  int64_t own = estimate(text);
  EXPECT_NEAR(double(own), double(tokens), double(tokens) * share + 0.5) << text.substr(0, 60);
}

TEST(TokenEstimate, English) {
  expect_near(
      "The harbour had been quiet since the storm, and most of the boats were still tied to the old wall. "
      "Maria walked along the pier with a list in her hand, checking every rope twice because the insurance "
      "company would ask about it later. \"If the wind turns again tonight,\" she said, \"we will not get a "
      "second chance to move them.\" Nobody answered; the men were busy with the pump, which had failed for "
      "the third time that week. A gateway that counts tokens should not be surprised by sentences like "
      "these: ordinary words, a few commas, some quotation marks, and now and then a longer expression such "
      "as internationalisation or responsibilities.",
      131);
}

TEST(TokenEstimate, Code) {
  expect_near(
      "#include <vector>\n"
      "\n"
      "// Returns the index of the first element that is not smaller than `value`.\n"
      "template <typename T>\n"
      "size_t lower_bound_index(const std::vector<T>& items, const T& value) {\n"
      "  size_t low = 0, high = items.size();\n"
      "  while (low < high) {\n"
      "    size_t middle = low + (high - low) / 2;\n"
      "    if (items[middle] < value) {\n"
      "      low = middle + 1;\n"
      "    } else {\n"
      "      high = middle;\n"
      "    }\n"
      "  }\n"
      "  return low;\n"
      "}\n"
      "\n"
      "export async function fetchUser(userId, { timeoutMs = 5000 } = {}) {\n"
      "  const response = await fetch(`/api/users/${userId}`, { signal: AbortSignal.timeout(timeoutMs) });\n"
      "  if (!response.ok) throw new Error(`HTTP ${response.status}`);\n"
      "  return response.json();\n"
      "}\n",
      180);
}

TEST(TokenEstimate, Json) {
  expect_near(
      "{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\",\"description\":\"The name of the "
      "city\"},\"days\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":14},\"unit\":{\"type\":\"string\","
      "\"enum\":[\"celsius\",\"fahrenheit\"]}},\"required\":[\"city\",\"days\"],\"additionalProperties\":"
      "false}",
      64, 0.15);
}

TEST(TokenEstimate, ChineseJapaneseAndKorean) {
  expect_near(
      "港口在暴风雨之后一直很安静，大多数船只仍然系在旧墙上。她沿着码头走，手里拿着一张清单，每根绳子都检查了"
      "两遍，因为保险公司以后会问起这件事。如果今晚风向再变，我们就没有第二次机会移动它们了。没有人回答，工人"
      "们正忙着修理水泵，这已经是本周第三次出故障了。",
      102);
  expect_near(
      "嵐のあと、港はずっと静かで、ほとんどの船はまだ古い壁につながれていました。彼女はリストを手に桟橋を歩き"
      "、保険会社が後で尋ねるかもしれないので、すべてのロープを二度確認しました。今夜また風向きが変われば、も"
      "う一度動かす機会はないでしょう。",
      95);
  expect_near(
      "폭풍이 지나간 뒤로 항구는 조용했고, 대부분의 배는 아직 오래된 벽에 묶여 있었다. 그녀는 목록을 손에 "
      "들고 부두를 걸으며 모든 밧줄을 두 번씩 확인했다. 오늘 밤 바람이 다시 바뀌면 배를 옮길 두 번째 기회는 "
      "없을 것이다.",
      77);
}

TEST(TokenEstimate, EscapesCountAsTheCharactersTheyStandFor) {
  EXPECT_EQ(chat::estimate_tokens("\\u4f60\\u597d"), chat::estimate_tokens("\u4f60\u597d"));
  EXPECT_EQ(chat::estimate_tokens("a\\n  b\\tc\\\"d"), estimate("a\n  b\tc\"d"));
  EXPECT_EQ(chat::estimate_tokens("\\ud83d\\ude00"), chat::estimate_tokens("\U0001f600"));
  EXPECT_EQ(chat::estimate_tokens(""), 0);
  EXPECT_EQ(chat::estimate_tokens("\\ud83d"), 1);
  EXPECT_EQ(chat::estimate_tokens("hi"), 1);
}

TEST(ImageSize, ReadsTheHeadersOfFourFormats) {
  auto size = [](std::string_view base64) {
    chat::ImageSize found = chat::image_size(base64);
    return std::to_string(found.width) + "x" + std::to_string(found.height);
  };
  EXPECT_EQ(size("iVBORw0KGgoAAAANSUhEUgAAAyAAAAJYAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), "800x600");
  EXPECT_EQ(size("R0lGODlhQAHwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), "320x240");
  EXPECT_EQ(size("/9j/4AAQSkZJRgABAQAAAQABAAD/wAARCAHgAoADASIAAhEBAxEBAAAAAAAAAAAA"), "640x480");
  EXPECT_EQ(size("UklGRgAAAABXRUJQVlA4WAAAAAAAAAAA/wMA/wIAAAAAAAAAAAAAAAAAAAAAAAAA"), "1024x768");
  EXPECT_EQ(size("AAAA"), "0x0");
  EXPECT_EQ(size("not base64 at all, and long enough to be looked at"), "0x0");
}

}  // namespace
