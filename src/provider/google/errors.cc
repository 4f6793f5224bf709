#include "provider/google/errors.h"

#include "base/text.h"
#include "json/document.h"

namespace provider::google {

namespace {

constexpr int kMaxNesting = 5;

bool contains(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

void read_detail(json::Value detail, Status& to) {
  std::string type = detail["@type"].str();
  if (type.empty()) type = detail[" @type"].str();  // seen with a leading space
  if (contains(type, "ErrorInfo")) {
    to.reason = detail["reason"].str();
    to.domain = detail["domain"].str();
    json::Value metadata = detail["metadata"];
    if (metadata["validation_link"].is_string()) to.url = metadata["validation_link"].str();
    if (to.retry_ms < 0) to.retry_ms = duration_ms(metadata["quotaResetDelay"].str());
  } else if (contains(type, "RetryInfo")) {
    int64_t delay = duration_ms(detail["retryDelay"].str());
    if (delay >= 0) to.retry_ms = delay;
  } else if (contains(type, "QuotaFailure")) {
    for (auto [_, violation] : detail["violations"].items()) {
      to.quota_id = violation["quotaId"].str();
      break;
    }
  } else if (contains(type, "Help") && to.url.empty()) {
    for (auto [_, link] : detail["links"].items()) {
      to.url = link["url"].str();
      break;
    }
  }
}

// "Please retry in 44.09s", "Your quota will reset after 161h39m41s.", "Resets in 9h22m20s"
int64_t retry_in_words(std::string_view message) {
  for (std::string_view lead : {"retry in ", "reset after ", "Resets in ", "resets in "}) {
    size_t at = message.find(lead);
    if (at == message.npos) continue;
    std::string_view rest = message.substr(at + lead.size());
    size_t end = rest.find_first_not_of("0123456789.hms");
    std::string_view duration = rest.substr(0, end);
    while (duration.ends_with('.')) duration.remove_suffix(1);
    if (int64_t ms = duration_ms(duration); ms >= 0) return ms;
  }
  return -1;
}

}  // namespace

int64_t duration_ms(std::string_view text) {
  int64_t total = 0;
  if (text.empty()) return -1;
  while (!text.empty()) {
    int64_t whole = 0, thousandths = 0, place = 100;
    size_t i = 0;
    for (; i < text.size() && text[i] >= '0' && text[i] <= '9' && i < 12; i++)
      whole = whole * 10 + (text[i] - '0');
    if (i == 0) return -1;
    if (i < text.size() && text[i] == '.') {
      for (i++; i < text.size() && text[i] >= '0' && text[i] <= '9'; i++, place /= 10)
        thousandths += (text[i] - '0') * place;
    }
    std::string_view unit = text.substr(i);
    int64_t scale = unit.starts_with("ms")  ? 1
                    : unit.starts_with("h") ? 3600'000
                    : unit.starts_with("m") ? 60'000
                    : unit.starts_with("s") ? 1000
                                            : 0;
    if (!scale) return -1;
    total += whole * scale + thousandths * scale / 1000;
    text.remove_prefix(i + (scale == 1 ? 2 : 1));
  }
  return total;
}

Status read_status(std::string_view body) {
  Status to;
  std::string text(body);
  for (int depth = 0; depth < kMaxNesting; depth++) {
    json::Document document;
    if (document.parse(text) != json::Error::none) break;
    json::Value root = document.root();
    if (root.is_array()) {
      for (auto [_, element] : root.items()) root = element;
    }
    json::Value error = root["error"];
    if (!error.is_object()) break;
    to.code = error["code"].to_int();
    to.status = error["status"].str();
    to.message = error["message"].str();
    for (auto [_, detail] : error["details"].items()) read_detail(detail, to);
    if (!to.message.starts_with('{') && !to.message.starts_with('[')) break;
    text = to.message;
  }
  if (to.retry_ms < 0) to.retry_ms = retry_in_words(to.message);
  return to;
}

}  // namespace provider::google
