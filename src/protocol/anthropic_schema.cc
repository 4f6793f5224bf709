// Anthropic's structured outputs take only schemas whose objects are closed: every one of them must say
// "additionalProperties": false.
#include "protocol/anthropic_write.h"

namespace protocol::anthropic {

namespace {

using json::Value;

enum class Part : uint8_t { schema, list_of_schemas, named_schemas, other };

Part part_of(Value key) {
  for (std::string_view name : {"properties", "$defs", "definitions"}) {
    if (key.equals(name)) return Part::named_schemas;
  }
  for (std::string_view name : {"anyOf", "oneOf", "allOf", "prefixItems"}) {
    if (key.equals(name)) return Part::list_of_schemas;
  }
  return key.equals("items") ? Part::schema : Part::other;
}

void write(json::Writer& w, Value value, Part part);

bool is_object_schema(Value schema) {
  if (schema["type"].equals("object") || schema["properties"].is_object()) return true;
  for (auto [_, type] : schema["type"].items()) {
    if (type.equals("object")) return true;
  }
  return false;
}

void write_schema(json::Writer& w, Value schema) {
  bool closed = is_object_schema(schema);
  w.begin_object();
  for (auto [key, value] : schema.items()) {
    if (closed && key.equals("additionalProperties")) continue;
    w.escaped_key(key.inner());
    write(w, value, part_of(key));
  }
  if (closed) w.key("additionalProperties").raw("false");
  w.end_object();
}

void write_names(json::Writer& w, Value names) {
  w.begin_object();
  for (auto [name, schema] : names.items()) {
    w.escaped_key(name.inner());
    write(w, schema, Part::schema);
  }
  w.end_object();
}

void write_list(json::Writer& w, Value list) {
  w.begin_array();
  for (auto [_, schema] : list.items()) write(w, schema, Part::schema);
  w.end_array();
}

void write(json::Writer& w, Value value, Part part) {
  if (part == Part::list_of_schemas && value.is_array()) return write_list(w, value);
  if (part == Part::named_schemas && value.is_object()) return write_names(w, value);
  if (part == Part::schema && value.is_object()) return write_schema(w, value);
  w.raw(value.raw());
}

}  // namespace

void write_closed_schema(json::Writer& w, chat::Raw schema) {
  json::Document document;
  if (document.parse(schema) != json::Error::none) {
    w.raw("{}");
    return;
  }
  write(w, document.root(), Part::schema);
}

}  // namespace protocol::anthropic
