// The items of a stored conversation, as JSON text.
#pragma once

#include <string>
#include <string_view>

#include "json/document.h"

namespace gateway {

// `input` of a Responses body as an array: a string becomes one user message.
std::string items_of(json::Value input);

// The stored input, the stored answer's items, and `input`, as one array. Reasoning without its proof is left
// out: no upstream could tell what it was.
std::string whole_conversation(json::Value record, json::Value input);

// A page of `items` in the shape of GET .../input_items. `query` may hold limit (1 to 100), order (asc, desc)
// and after (an item's id). Items without an id get one that says where they stand.
std::string list_of_items(json::Value items, std::string_view query);

}  // namespace gateway
