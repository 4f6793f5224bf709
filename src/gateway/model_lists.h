// A list of models in the words of each surface that asks for one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "protocol/protocol.h"

namespace gateway {

struct Listed {
  std::string id;                         // as a request may name it
  std::string_view owner;                 // the provider
  int64_t max_input = 0, max_output = 0;  // tokens, 0 = unknown
  bool thinking = false;
};

// All append to `out`. `surface`: whose list it is; protocols without one of their own get OpenAI's.
void append_model(const Listed& model, protocol::Origin surface, std::string& out);
void append_models(const std::vector<Listed>& models, protocol::Origin surface, std::string& out);

}  // namespace gateway
