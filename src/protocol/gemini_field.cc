#include "protocol/gemini_field.h"

#include "base/text.h"

namespace protocol::gemini {

namespace {

constexpr size_t kMostQuoted = 100;

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

bool spells_in_snake_case(std::string_view text, std::string_view name) {
  for (char c : name) {
    if (is_upper(c)) {
      if (!text.starts_with('_')) return false;
      text.remove_prefix(1);
      c = char(c + 32);
    }
    if (!text.starts_with(c)) return false;
    text.remove_prefix(1);
  }
  return text.empty();
}

chat::Error invalid(std::string message, std::string_view field) {
  chat::Error error;
  error.fault = chat::Fault::invalid_request;
  error.message = std::move(message);
  error.param = field;
  return error;
}

}  // namespace

bool names(json::Value key, std::string_view name) {
  return key.equals(name) || spells_in_snake_case(key.inner(), name);
}

json::Value member(json::Value object, std::string_view name) {
  json::Value found;
  if (!object.is_object()) return found;
  for (auto [key, value] : object.items()) {
    if (names(key, name)) found = value;
  }
  return found;
}

std::string_view number_text(json::Value value) {
  if (value.is(json::Kind::number)) return value.raw();
  std::string_view text = value.inner();
  return base::number_to_int(text) ? text : std::string_view{};
}

chat::Error invalid_at(std::string_view field, std::string_view type, json::Value got) {
  std::string message = "Invalid value at '";
  message.append(field).append("' (").append(type).append(")");
  if (got && !got.is_object() && !got.is_array()) {
    message.append(", ").append(got.raw().size() <= kMostQuoted ? got.raw() : "a value too long to repeat");
  }
  return invalid(std::move(message), field);
}

chat::Error bad_field(std::string_view field, std::string_view why) {
  std::string message = "* GenerateContentRequest.";
  message.append(field).append(": ").append(why);
  return invalid(std::move(message), field);
}

}  // namespace protocol::gemini
