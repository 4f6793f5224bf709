// Google's dialect of OpenAPI 3.0 schemas, as JSON Schema.
#include <map>

#define JSON_NOEXCEPTION 1
#include <nlohmann/json.hpp>

#include "base/sha256.h"
#include "base/text.h"
#include "protocol/schema.h"

namespace protocol {

namespace {

using Json = nlohmann::ordered_json;

constexpr int kMaxDepth = 64;
constexpr size_t kMaxRemembered = 256;

constexpr std::string_view kTypes[] = {"STRING", "NUMBER", "INTEGER", "BOOLEAN",
                                       "ARRAY",  "OBJECT", "NULL",    "TYPE_UNSPECIFIED"};
// Keywords that protobuf's JSON may spell in snake_case, and those whose int64 it writes as a string.
constexpr struct {
  std::string_view snake, name;
  bool size;
} kKeywords[] = {
    {"min_items", "minItems", true},
    {"max_items", "maxItems", true},
    {"min_length", "minLength", true},
    {"max_length", "maxLength", true},
    {"min_properties", "minProperties", true},
    {"max_properties", "maxProperties", true},
    {"any_of", "anyOf", false},
    {"additional_properties", "additionalProperties", false},
    {"property_ordering", "propertyOrdering", false},
    {"prefix_items", "prefixItems", false},
    {"ref", "$ref", false},
    {"defs", "$defs", false},
};

bool is_type(std::string_view word) {
  for (std::string_view type : kTypes) {
    if (type == word) return true;
  }
  return false;
}

bool is_keyword(json::Value key, json::Value value) {
  if (key.equals("type") && value.is_string()) return is_type(value.inner());
  if (key.equals("nullable") && value.is(json::Kind::boolean)) return true;
  for (const auto& keyword : kKeywords) {
    if (key.equals(keyword.snake)) return !value.is_object() || keyword.snake == "defs";
    if (keyword.size && key.equals(keyword.name) && value.is_string()) return true;
  }
  return key.equals("propertyOrdering") && value.is_array();
}

class Translator {
 public:
  Json translate(const Json& source, int depth) {
    if (!source.is_object() || depth > kMaxDepth) return source;
    Json out = Json::object();
    bool nullable = false;
    for (auto& [given, value] : source.items()) {
      std::string key = name_of(given);
      if (key == "nullable") {
        nullable = value == true;
      } else if (key == "type") {
        add_type(out, value);
      } else if (key == "example") {
        out["examples"] = Json::array({value});
      } else if (key != "propertyOrdering" && !(key == "format" && value == "enum")) {
        out[key] = below(key, value, depth);
      }
    }
    if (nullable) allow_null(out);
    return out;
  }

 private:
  static std::string name_of(const std::string& given) {
    for (const auto& keyword : kKeywords) {
      if (keyword.snake == given) return std::string(keyword.name);
    }
    return given;
  }

  static void add_type(Json& out, const Json& type) {
    if (type == "TYPE_UNSPECIFIED") return;
    bool shouted = type.is_string() && is_type(type.get<std::string>());
    out["type"] = shouted ? Json(base::lower(type.get<std::string>())) : type;
  }

  Json below(const std::string& key, const Json& value, int depth) {
    if (key == "properties" || key == "$defs") {
      Json members = Json::object();
      if (!value.is_object()) return value;
      for (auto& [name, schema] : value.items()) members[name] = translate(schema, depth + 1);
      return members;
    }
    if (key == "anyOf" || key == "oneOf" || key == "allOf" || key == "prefixItems") {
      Json branches = Json::array();
      if (!value.is_array()) return value;
      for (const Json& schema : value) branches.push_back(translate(schema, depth + 1));
      return branches;
    }
    if (key == "items" || key == "additionalProperties" || key == "not") return translate(value, depth + 1);
    return is_size(key) ? number_of(value) : value;
  }

  static bool is_size(std::string_view key) {
    for (const auto& keyword : kKeywords) {
      if (keyword.size && keyword.name == key) return true;
    }
    return false;
  }
  static Json number_of(const Json& value) {
    if (!value.is_string()) return value;
    auto number = base::to_int(value.get<std::string>());
    return number ? Json(*number) : value;
  }

  static void allow_null(Json& out) {
    if (out.contains("enum") && out["enum"].is_array()) out["enum"].push_back(nullptr);
    if (out.contains("type") && out["type"].is_string()) {
      out["type"] = Json::array({out["type"], "null"});
    } else if (out.contains("anyOf") && out["anyOf"].is_array()) {
      out["anyOf"].push_back(Json{{"type", "null"}});
    }
  }
};

}  // namespace

bool is_openapi(json::Value schema) {
  for (auto [key, value] : schema.items()) {
    if (key && is_keyword(key, value)) return true;
    if ((value.is_object() || value.is_array()) && is_openapi(value)) return true;
  }
  return false;
}

std::string_view json_schema_of_openapi(std::string_view schema) {
  static std::map<std::string, std::string> remembered;  // by digest: the sources need not be kept
  std::string digest = base::sha256(schema);
  auto found = remembered.find(digest);
  if (found != remembered.end()) return found->second;
  if (remembered.size() >= kMaxRemembered) remembered.clear();
  Json parsed = Json::parse(schema, nullptr, false);
  Json translated = Translator().translate(parsed, 0);
  return remembered[digest] = translated.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace protocol
