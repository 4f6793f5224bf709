// Tool schemas for CodeWhisperer, which refuses a request for the sake of one keyword: the root must be an
// object with properties and without unions, and the keywords of validation are unknown.
#define JSON_NOEXCEPTION 1
#include <nlohmann/json.hpp>
#include <set>

#include "protocol/schema.h"
#include "protocol/schema_memo.h"

namespace protocol {

namespace {

using Json = nlohmann::ordered_json;

constexpr int kMaxDepth = 64;

const std::set<std::string> kRefused = {"$schema",
                                        "additionalProperties",
                                        "exclusiveMinimum",
                                        "exclusiveMaximum",
                                        "pattern",
                                        "format",
                                        "minimum",
                                        "maximum",
                                        "minLength",
                                        "maxLength",
                                        "minItems",
                                        "maxItems",
                                        "minProperties",
                                        "maxProperties",
                                        "minContains",
                                        "maxContains",
                                        "multipleOf",
                                        "uniqueItems",
                                        "patternProperties",
                                        "propertyNames",
                                        "if",
                                        "then",
                                        "else",
                                        "contains",
                                        "unevaluatedProperties",
                                        "unevaluatedItems",
                                        "dependentRequired",
                                        "dependentSchemas",
                                        "dependencies",
                                        "encrypted"};

Json clean(const Json& node, int depth);

// The values of `properties` or `$defs` are schemas; their names are free, and may well be "format".
Json clean_named(const Json& named, int depth) {
  Json out = Json::object();
  for (auto& [name, schema] : named.items()) out[name] = clean(schema, depth + 1);
  return out;
}

Json clean(const Json& node, int depth) {
  if (depth > kMaxDepth) return Json::object();
  if (node.is_array()) {
    Json out = Json::array();
    for (const Json& element : node) out.push_back(clean(element, depth + 1));
    return out;
  }
  if (!node.is_object()) return node;
  Json out = Json::object();
  for (auto& [key, value] : node.items()) {
    bool names = (key == "properties" || key == "$defs" || key == "definitions") && value.is_object();
    bool empty = key == "required" && (!value.is_array() || value.empty());
    if (kRefused.count(key) || empty) continue;
    bool literal =
        key == "enum" || key == "const" || key == "default" || key == "required" || key == "examples";
    out[key] = names ? clean_named(value, depth) : literal ? value : clean(value, depth + 1);
  }
  return out;
}

// The root may hold no union: the properties of all branches are possible, and none is required.
void merge_root_unions(Json& root) {
  for (const char* keyword : {"anyOf", "oneOf", "allOf"}) {
    if (!root.contains(keyword)) continue;
    Json branches = root[keyword];
    root.erase(keyword);
    for (const Json& branch : branches) {
      if (!branch.is_object() || !branch.contains("properties") || !branch["properties"].is_object())
        continue;
      for (auto& [name, schema] : branch["properties"].items()) root["properties"][name] = schema;
    }
  }
}

std::string cleaned_text(std::string_view schema) {
  Json root = clean(Json::parse(schema, nullptr, false), 0);
  if (!root.is_object()) root = Json::object();
  merge_root_unions(root);
  root["type"] = "object";
  if (!root.contains("properties") || !root["properties"].is_object()) root["properties"] = Json::object();
  return root.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string_view clean_schema_for_codewhisperer(std::string_view schema) {
  static SchemaMemo memo;
  return memo.get(schema, cleaned_text);
}

}  // namespace protocol
