// A model as a provider offers it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace provider {

struct Model {
  std::string id;                    // what clients name
  std::string upstream;              // what the upstream calls it; empty = id
  std::vector<std::string> aliases;  // other names clients may use
  std::string thinking;              // how it is set (protocol::Target::thinking), or empty: not at all
  std::string levels;                // "low,medium,high"
  int64_t budget_min = 0, budget_max = 0;
  bool thinking_can_be_off = true;
  bool signatures_required = false;
  bool sampling = true;                   // takes temperature, top_p, top_k
  bool prefill = true;                    // goes on with an answer that the client has begun
  int64_t max_input = 0, max_output = 0;  // tokens, 0 = unknown
  bool thinks = false;                    // was asked for by a name that ends in "-thinking"
  std::string wire;    // "chat", "responses", "messages" where a provider has several; else empty
  std::string family;  // what limits are shared by, where a provider says so; else empty
};

}  // namespace provider
