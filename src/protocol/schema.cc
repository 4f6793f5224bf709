#include "protocol/schema.h"

#include <set>

#define JSON_NOEXCEPTION 1
#include <nlohmann/json.hpp>

#include "protocol/schema_memo.h"

namespace protocol {

namespace {

using Json = nlohmann::ordered_json;

constexpr int kMaxDepth = 64;

// Keywords that say something which a model can read but Gemini's schema cannot hold: they become words.
const std::set<std::string> kHints = {"minLength",     "maxLength",    "exclusiveMinimum", "exclusiveMaximum",
                                      "pattern",       "minItems",     "maxItems",         "uniqueItems",
                                      "default",       "examples",     "format",           "multipleOf",
                                      "minProperties", "maxProperties"};
// What may stay. Everything else is dropped.
const std::set<std::string> kKept = {"type", "description", "properties", "required", "items",
                                     "enum", "minimum",     "maximum",    "title"};

std::string text_of(const Json& value) {
  return value.is_string() ? value.get<std::string>()
                           : value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void add_hint(Json& node, const std::string& hint) {
  std::string description = node.contains("description") && node["description"].is_string()
                                ? node["description"].get<std::string>()
                                : std::string();
  if (description.find(hint) != std::string::npos) return;
  node["description"] = description.empty() ? hint : description + " (" + hint + ")";
}

class Cleaner {
 public:
  // `words`: enums and bounds become words as well.
  explicit Cleaner(const Json& root, bool words = false) : root_(root), words_(words) {}

  Json clean(const Json& source, int depth) {
    if (!source.is_object() || depth > kMaxDepth) return Json{{"type", "object"}};
    Json node = resolve(source, depth);
    merge_all_of(node);
    merge_branches(node);
    merge_union(node, depth);
    single_type(node);
    words_ ? constants_in_words(node) : constants(node);
    return keep_known(node, depth);
  }

 private:
  // Follows "#/..." references and keeps the description beside them. A cycle ends in a plain object that
  // names its type.
  Json resolve(const Json& source, int depth) {
    Json node = source;
    std::set<std::string> seen;
    while (node.is_object() && node.contains("$ref") && node["$ref"].is_string()) {
      std::string reference = node["$ref"].get<std::string>();
      const Json* target = find(reference);
      bool cycle = !seen.insert(reference).second || open_.count(reference) > 1 || depth > kMaxDepth / 2;
      Json description = node.contains("description") ? node["description"] : Json();
      if (!target || !target->is_object() || cycle) {
        node = Json{{"type", "object"}};
        add_hint(node, "See: " + reference.substr(reference.rfind('/') + 1));
      } else {
        node = *target;
        open_.insert(reference);
      }
      if (description.is_string()) node["description"] = description;
    }
    return node;
  }

  const Json* find(const std::string& reference) const {
    if (reference == "#") return &root_;
    if (reference.rfind("#/", 0) != 0) return nullptr;
    const Json* at = &root_;
    size_t from = 2;
    while (from <= reference.size()) {
      size_t to = std::min(reference.find('/', from), reference.size());
      std::string step = reference.substr(from, to - from);
      for (auto [escape, plain] : {std::pair("~1", "/"), std::pair("~0", "~")}) {
        for (size_t i; (i = step.find(escape)) != std::string::npos;) step.replace(i, 2, plain);
      }
      if (!at->is_object() || !at->contains(step)) return nullptr;
      at = &(*at)[step];
      from = to + 1;
    }
    return at;
  }

  static void merge_into(Json& node, const Json& part) {
    for (auto& [key, value] : part.items()) {
      if (key == "properties" && value.is_object()) {
        for (auto& [name, schema] : value.items()) node["properties"][name] = schema;
      } else if (key == "required" && value.is_array()) {
        for (const Json& name : value) node["required"].push_back(name);
      } else if (!node.contains(key)) {
        node[key] = value;
      }
    }
  }

  void merge_all_of(Json& node) {
    if (!node.contains("allOf") || !node["allOf"].is_array()) return;
    Json parts = node["allOf"];
    node.erase("allOf");
    for (const Json& part : parts) merge_into(node, resolve(part, 0));
  }

  // if/then/else: the properties of both branches are possible.
  void merge_branches(Json& node) {
    for (const char* branch : {"then", "else"}) {
      if (!node.contains(branch) || !node[branch].is_object()) continue;
      Json part = node[branch];
      part.erase("required");
      merge_into(node, part);
    }
  }

  static int rank(const Json& branch) {
    if (branch.contains("properties") || branch.value("type", Json()) == "object") return 3;
    if (branch.contains("items") || branch.value("type", Json()) == "array") return 2;
    return branch.value("type", Json()) == "null" ? 0 : 1;
  }

  // anyOf and oneOf: all constants become one enum; otherwise the richest branch stands and the others are
  // named.
  void merge_union(Json& node, int depth) {
    for (const char* keyword : {"anyOf", "oneOf"}) {
      if (!node.contains(keyword) || !node[keyword].is_array()) continue;
      Json branches = Json::array();
      for (const Json& branch : node[keyword]) branches.push_back(resolve(branch, depth));
      node.erase(keyword);
      if (branches.empty() || merge_constants(node, branches)) continue;
      const Json* best = &branches[0];
      std::string types;
      for (const Json& branch : branches) {
        if (rank(branch) > rank(*best)) best = &branch;
        if (branch.contains("type")) types += (types.empty() ? "" : " | ") + text_of(branch["type"]);
      }
      merge_into(node, *best);
      if (branches.size() > 1 && !types.empty()) add_hint(node, "Accepts: " + types);
    }
  }

  static bool merge_constants(Json& node, const Json& branches) {
    Json values = Json::array();
    for (const Json& branch : branches) {
      if (branch.contains("const")) {
        values.push_back(branch["const"]);
      } else if (branch.contains("enum") && branch["enum"].is_array()) {
        for (const Json& value : branch["enum"]) values.push_back(value);
      } else if (rank(branch) != 0) {
        return false;
      }
    }
    if (values.empty()) return false;
    node["enum"] = values;
    return true;
  }

  static void single_type(Json& node) {
    if (!node.contains("type") || !node["type"].is_array()) return;
    Json types = node["type"];
    bool nullable = false;
    Json first;
    for (const Json& type : types) {
      if (type == "null")
        nullable = true;
      else if (first.is_null())
        first = type;
    }
    if (first.is_null()) first = "string";
    node["type"] = first;
    if (nullable) add_hint(node, "nullable");
  }

  // Gemini knows enums of strings only.
  static void constants(Json& node) {
    if (node.contains("const")) node["enum"] = Json::array({node["const"]});
    if (!node.contains("enum") || !node["enum"].is_array()) return;
    Json values = Json::array();
    for (const Json& value : node["enum"]) {
      if (!value.is_null()) values.push_back(text_of(value));
    }
    node["enum"] = values;
    node["type"] = "string";
    if (values.empty()) node.erase("enum");
  }

  // What is allowed, said in the description: the type stays what it is.
  static void constants_in_words(Json& node) {
    if (node.contains("const")) node["enum"] = Json::array({node["const"]});
    if (!node.contains("enum") || !node["enum"].is_array()) return;
    std::string allowed;
    for (const Json& value : node["enum"]) {
      if (!value.is_null()) allowed += (allowed.empty() ? "" : ", ") + text_of(value);
    }
    if (!node.contains("type")) node["type"] = "string";
    node.erase("enum");
    if (!allowed.empty()) add_hint(node, "Allowed: " + allowed);
  }

  bool is_kept(const std::string& key) const {
    bool word = words_ && (key == "minimum" || key == "maximum" || key == "title");
    return kKept.count(key) && !word;
  }
  bool is_hint(const std::string& key) const {
    return kHints.count(key) || (words_ && (key == "minimum" || key == "maximum"));
  }

  Json keep_known(const Json& node, int depth) {
    Json out = Json::object();
    for (auto& [key, value] : node.items()) {
      if (key == "properties" && value.is_object()) {
        Json properties = Json::object();
        for (auto& [name, schema] : value.items()) properties[name] = clean_below(schema, depth);
        out["properties"] = properties;
      } else if (key == "items") {
        out["items"] =
            clean_below(value.is_array() ? (value.empty() ? Json::object() : value[0]) : value, depth);
      } else if (is_kept(key)) {
        out[key] = value;
      }
    }
    for (auto& [key, value] : node.items()) {
      if (is_hint(key)) add_hint(out, key + ": " + text_of(value));
    }
    finish(out);
    return out;
  }

  Json clean_below(const Json& schema, int depth) {
    auto open = open_;
    Json cleaned = clean(schema, depth + 1);
    open_ = std::move(open);
    return cleaned;
  }

  static void finish(Json& out) {
    if (!out.contains("type") || !out["type"].is_string()) {
      out["type"] = out.contains("items")                       ? "array"
                    : out.contains("properties") || out.empty() ? "object"
                                                                : "string";
    }
    if (out["type"] == "array" && !out.contains("items")) out["items"] = Json{{"type", "string"}};
    if (!out.contains("required")) return;
    Json required = Json::array();
    for (const Json& name : out["required"]) {
      bool known = name.is_string() && out.contains("properties") &&
                   out["properties"].contains(name.get<std::string>());
      if (known && std::find(required.begin(), required.end(), name) == required.end())
        required.push_back(name);
    }
    out["required"] = required;
    if (required.empty()) out.erase("required");
  }

  const Json& root_;
  bool words_;
  std::multiset<std::string> open_;  // references that lead to the node at hand
};

// A schema that was clean keeps its bytes: prompt caches go by them.
std::string cleaned_text(std::string_view schema) {
  Json parsed = Json::parse(schema, nullptr, false);
  Json cleaned = Cleaner(parsed).clean(parsed, 0);
  return cleaned == parsed ? std::string(schema)
                           : cleaned.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string in_words(std::string_view schema) {
  Json parsed = Json::parse(schema, nullptr, false);
  Json cleaned = Cleaner(parsed, true).clean(parsed, 0);
  if (!cleaned.contains("properties")) cleaned["properties"] = Json::object();
  return cleaned.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string with_stand_in(std::string_view schema) {
  Json cleaned = Json::parse(in_words(schema), nullptr, false);
  if (cleaned.contains("required")) return cleaned.dump(-1, ' ', false, Json::error_handler_t::replace);
  bool bare = cleaned["properties"].empty();
  std::string name(bare ? kStandInReason : kStandInProperty);
  cleaned["properties"][name] =
      bare ? Json{{"type", "string"}, {"description", "Brief explanation of why you are calling this tool"}}
           : Json{{"type", "boolean"}};
  cleaned["required"] = Json::array({name});
  return cleaned.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string_view clean_schema_for_antigravity(std::string_view schema, bool validated) {
  static SchemaMemo plain, stood_in;
  return validated ? stood_in.get(schema, with_stand_in) : plain.get(schema, in_words);
}

bool is_stand_in(json::Value schema, std::string_view name) {
  json::Value properties = schema["properties"];
  if (name == kStandInProperty) return !properties[name];
  return name == kStandInReason && properties.size() == 0;
}

std::string_view clean_schema_for_gemini(std::string_view schema) {
  static SchemaMemo memo;
  return memo.get(schema, cleaned_text);
}

}  // namespace protocol
