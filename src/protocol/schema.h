// Tool and answer schemas, cleaned for upstreams that understand only a part of JSON Schema.
#pragma once

#include <string>
#include <string_view>

namespace protocol {

// `schema` (a JSON value, any draft) as Gemini's parametersJsonSchema / responseJsonSchema takes it: local
// $ref inlined, const -> enum, unions merged, unsupported keywords moved into the description or dropped,
// required limited to existing properties. Never fails: what is not an object becomes the empty object
// schema. Results are kept by the bytes of `schema` (bounded, per instance), because agents send the same
// tools with every request. The view is valid until the next call.
std::string_view clean_schema_for_gemini(std::string_view schema);

// The same for CodeWhisperer: an object at the root, without unions there and without validation keywords
// anywhere.
std::string_view clean_schema_for_codewhisperer(std::string_view schema);

}  // namespace protocol
