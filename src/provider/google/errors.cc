#include "provider/google/errors.h"

#include "base/date.h"
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
    for (std::string_view link : {"validation_link", "activationUrl"}) {
      if (metadata[link].is_string()) to.url = metadata[link].str();
    }
    if (to.retry_ms < 0) to.retry_ms = duration_ms(metadata["quotaResetDelay"].str());
    to.reset_at_ms = timestamp_ms(metadata["quotaResetTimeStamp"].str());
  } else if (contains(type, "RetryInfo")) {
    int64_t delay = duration_ms(detail["retryDelay"].str());
    if (delay >= 0) to.retry_ms = delay;
  } else if (contains(type, "QuotaFailure")) {
    // Of several, the longest is the one that counts.
    for (auto [_, violation] : detail["violations"].items()) {
      std::string id = violation["quotaId"].str();
      if (to.quota_id.empty() || is_daily(id)) to.quota_id = std::move(id);
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

// "Invalid JSON payload received. Unknown name \"enum\" at 'request.tools[0]': Cannot find field.", once for
// each; without a place it is the root's.
std::string unknown_names(std::string_view message) {
  constexpr std::string_view kLead = "Unknown name \"", kAt = "at '";
  std::string found;
  for (size_t at; (at = message.find(kLead)) != message.npos;) {
    message.remove_prefix(at + kLead.size());
    std::string_view name = base::take_until(message, '"'), path;
    while (message.starts_with(' ')) message.remove_prefix(1);
    if (message.starts_with(kAt)) {
      message.remove_prefix(kAt.size());
      path = base::take_until(message, '\'');
    }
    found.append(path).append("\n").append(name).append("\n");
  }
  return found;
}

// Commas before a bracket that closes, outside of strings.
std::string without_stray_commas(std::string_view text) {
  std::string out;
  bool quoted = false;
  for (size_t i = 0; i < text.size(); i++) {
    char c = text[i];
    if (c == '"' && (i == 0 || text[i - 1] != '\\')) quoted = !quoted;
    if (!quoted && c == ',') {
      size_t next = text.find_first_not_of(" \r\n\t,", i);
      if (next == text.npos || text[next] == '}' || text[next] == ']') continue;
    }
    out += c;
  }
  return out;
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

bool is_daily(std::string_view quota_id) {
  return contains(quota_id, "PerDay") || contains(quota_id, "Daily");
}

int64_t timestamp_ms(std::string_view text) {
  return text.ends_with('Z') ? base::to_ms(text).value_or(-1) : -1;
}

Status read_status(std::string_view body) {
  Status to;
  std::string text(body);
  for (int depth = 0; depth < kMaxNesting; depth++) {
    json::Document document;
    if (document.parse(text) != json::Error::none) {
      text = without_stray_commas(text);
      if (document.parse(text) != json::Error::none) break;
    }
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
  to.unknown = unknown_names(to.message);
  return to;
}

}  // namespace provider::google
