#include "protocol/problem.h"

#include "base/text.h"

namespace protocol {

namespace {

std::string_view name_of(json::Value value) {
  if (!value) return "nothing";
  switch (value.kind()) {
    case json::Kind::null: return "null";
    case json::Kind::boolean: return "a boolean";
    case json::Kind::number: return "a number";
    case json::Kind::string: return "a string";
    case json::Kind::array: return "an array";
    case json::Kind::object: return "an object";
  }
  return "nothing";
}

chat::Error invalid(std::string message, std::string_view param, std::string_view code) {
  chat::Error error;
  error.fault = chat::Fault::invalid_request;
  error.message = std::move(message);
  error.param = param;
  error.code = code;
  return error;
}

}  // namespace

chat::Error wrong_type(std::string_view param, std::string_view expected, json::Value got) {
  std::string message = "Invalid type for '";
  message.append(param).append("': expected ").append(expected).append(", but got ");
  message.append(name_of(got)).append(" instead.");
  return invalid(std::move(message), param, "invalid_type");
}

chat::Error missing(std::string_view param) {
  std::string message = "Missing required parameter: '";
  message.append(param).append("'.");
  return invalid(std::move(message), param, "missing_required_parameter");
}

chat::Error invalid_value(std::string_view param, std::string_view why) {
  std::string message = "Invalid value for '";
  message.append(param).append("': ").append(why);
  return invalid(std::move(message), param, "invalid_value");
}

chat::Error unsupported(std::string_view param, std::string_view why) {
  std::string message = "Unsupported parameter: '";
  message.append(param).append("'. ").append(why);
  return invalid(std::move(message), param, "unsupported_parameter");
}

chat::Error wrong_type(const Place& param, std::string_view expected, json::Value got) {
  return wrong_type(param.bracketed(), expected, got);
}
chat::Error missing(const Place& param) { return missing(param.bracketed()); }
chat::Error invalid_value(const Place& param, std::string_view why) {
  return invalid_value(param.bracketed(), why);
}

std::string element(std::string_view array, size_t index, std::string_view member) {
  std::string name(array);
  name += '[';
  base::append_int(name, int64_t(index));
  name += ']';
  if (!member.empty()) name.append(".").append(member);
  return name;
}

}  // namespace protocol
