// Tool and answer schemas, from one dialect of JSON Schema to another.
#pragma once

#include <string>
#include <string_view>

#include "json/document.h"

namespace protocol {

// `schema` (a JSON value, any draft) as Gemini's parametersJsonSchema / responseJsonSchema takes it: local
// $ref inlined, const -> enum, unions merged, unsupported keywords moved into the description or dropped,
// required limited to existing properties. Never fails: what is not an object becomes the empty object
// schema. Results are kept by the bytes of `schema` (bounded, per instance), because agents send the same
// tools with every request. The view is valid until the next call.
std::string_view clean_schema_for_gemini(std::string_view schema);

// The same for `parameters` of Antigravity's tools, which knows fewer keywords: enums and bounds become words
// too. `validated`: the model is called in VALIDATED mode, which wants a required property; a schema without
// one gets kStandInProperty, or kStandInReason if it has no properties at all (see is_stand_in).
std::string_view clean_schema_for_antigravity(std::string_view schema, bool validated);
constexpr std::string_view kStandInProperty = "_";
constexpr std::string_view kStandInReason = "reason";
// Was the argument `name` of a tool with `schema` asked for by us alone?
bool is_stand_in(json::Value schema, std::string_view name);

// The same for CodeWhisperer: an object at the root, without unions there and without validation keywords
// anywhere.
std::string_view clean_schema_for_codewhisperer(std::string_view schema);

// Is `schema` written in Google's dialect of OpenAPI (upper-case types, nullable, sizes as strings)?
bool is_openapi(json::Value schema);
// Such a schema as JSON Schema: types in lower case, nullable as a type or branch "null", sizes as numbers,
// propertyOrdering dropped. Kept like the above. The view is valid until the next call.
std::string_view json_schema_of_openapi(std::string_view schema);

}  // namespace protocol
