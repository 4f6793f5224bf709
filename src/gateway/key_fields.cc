#include "gateway/key_fields.h"

#include "base/date.h"
#include "base/text.h"
#include "json/document.h"
#include "protocol/problem.h"
#include "provider/provider.h"

namespace gateway {

namespace {

using account::ClientKey;
using json::Value;
using Problem = std::optional<chat::Error>;

constexpr size_t kMaxName = 100, kMaxWords = 100, kMaxModel = 256;
constexpr int64_t kMaxRequests = 1'000'000, kMaxTokens = 1'000'000'000'000;

chat::Error not_an_object() {
  chat::Error error;
  error.fault = chat::Fault::invalid_request;
  error.message =
      "The body must be a JSON object, such as {\"name\": \"laptop\", \"requests_per_minute\": 10}.";
  return error;
}

Problem read_name(Value value, int64_t, ClientKey& key) {
  if (!value.is_string()) return protocol::wrong_type("name", "a string", value);
  key.name = value.str();
  if (key.name.empty() || key.name.size() > kMaxName)
    return protocol::invalid_value("name", "expected 1 to 100 bytes.");
  return std::nullopt;
}

Problem read_expires(Value value, int64_t now_ms, ClientKey& key) {
  key.expires_ms = 0;
  if (value.is_null()) return std::nullopt;
  if (!value.is_string()) return protocol::wrong_type("expires", "a string or null", value);
  auto moment = base::to_ms(value.str());
  if (!moment)
    return protocol::invalid_value(
        "expires", "expected a day or a moment in UTC, such as 2027-01-31 or 2027-01-31T12:00:00Z.");
  if (*moment <= now_ms) return protocol::invalid_value("expires", "it lies in the past.");
  key.expires_ms = *moment;
  return std::nullopt;
}

// Words that `accept` takes, each as it leaves them.
Problem read_words(std::string_view name, Value value, bool (*accept)(std::string&),
                   std::string_view expected, std::vector<std::string>& out) {
  out.clear();
  if (value.is_null()) return std::nullopt;
  if (!value.is_array()) return protocol::wrong_type(name, "an array of strings or null", value);
  if (value.size() > kMaxWords) return protocol::invalid_value(name, "expected at most 100.");
  for (auto [_, item] : value.items()) {
    std::string word = item.str();
    if (!accept(word)) return protocol::invalid_value(protocol::element(name, out.size()), expected);
    out.push_back(std::move(word));
  }
  return std::nullopt;
}

Problem read_providers(Value value, int64_t, ClientKey& key) {
  auto accept = [](std::string& word) {
    const provider::Provider* found = provider::find(word);
    if (found) word = found->id();
    return found != nullptr;
  };
  std::string known = "expected one of:";
  for (const provider::Provider* each : provider::all()) known.append(" ").append(each->id());
  return read_words("providers", value, accept, known + ".", key.providers);
}

Problem read_models(Value value, int64_t, ClientKey& key) {
  auto accept = [](std::string& word) {
    size_t star = word.find('*');
    return !word.empty() && word.size() <= kMaxModel && (star == word.npos || star + 1 == word.size());
  };
  return read_words("models", value, accept,
                    "expected the name of a model, or the beginning of one with '*' behind.", key.models);
}

Problem take_whole(std::string_view name, Value value, int64_t low, int64_t high, int64_t& to) {
  auto number = base::to_int(value.raw());
  if (value.is(json::Kind::number) && number && *number >= low && *number <= high) {
    to = *number;
    return std::nullopt;
  }
  std::string range = "expected a whole number from ";
  base::append_int(range, low);
  base::append_int(range += " to ", high);
  return protocol::invalid_value(name, range + ".");
}

Problem read_requests(Value value, int64_t, ClientKey& key) {
  key.requests_per_minute = 0;
  if (value.is_null()) return std::nullopt;
  return take_whole("requests_per_minute", value, 1, kMaxRequests, key.requests_per_minute);
}

Problem read_tokens(Value value, int64_t, ClientKey& key) {
  key.tokens_per_day = 0;
  if (value.is_null()) return std::nullopt;
  return take_whole("tokens_per_day", value, 1, kMaxTokens, key.tokens_per_day);
}

struct Field {
  std::string_view name;
  Problem (*read)(Value, int64_t, ClientKey&);
};
constexpr Field kFields[] = {{"name", read_name},
                             {"expires", read_expires},
                             {"providers", read_providers},
                             {"models", read_models},
                             {"requests_per_minute", read_requests},
                             {"tokens_per_day", read_tokens}};

chat::Error unknown_field(const std::string& name, std::string_view also) {
  std::string known = "a client key has no such setting. It has";
  for (const Field& field : kFields) known.append(" ").append(field.name);
  if (!also.empty()) known.append(" ").append(also);
  return protocol::invalid_value(name, known + ".");
}

bool parse_object(std::string_view body, json::Document& document) {
  return document.parse(body) == json::Error::none && document.root().is_object();
}

}  // namespace

Problem read_key_fields(std::string_view body, int64_t now_ms, ClientKey& key, std::string_view also) {
  if (base::trim(body).empty()) return std::nullopt;
  json::Document document;
  if (!parse_object(body, document)) return not_an_object();
  for (auto [member, value] : document.root().items()) {
    std::string name = member.str();
    if (name == also) continue;
    const Field* known = nullptr;
    for (const Field& field : kFields)
      if (field.name == name) known = &field;
    if (!known) return unknown_field(name, also);
    if (auto problem = known->read(value, now_ms, key)) return problem;
  }
  return std::nullopt;
}

Problem read_whole(std::string_view body, std::string_view name, int64_t low, int64_t high, int64_t& to) {
  json::Document document;
  if (!parse_object(body, document)) return std::nullopt;
  Value value = document.root()[name];
  return value.has_value() ? take_whole(name, value, low, high, to) : std::nullopt;
}

}  // namespace gateway
