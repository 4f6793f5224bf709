// How many tokens a text takes, without any vendor's vocabulary.
//
// A tokenizer first cuts a text into pieces (a word with the space before it, up to three digits, a run of
// marks), which is done here as OpenAI's tokenizers do it; what each piece costs is taken from tables of
// averages by its kind and length. docs/decisions/002-count-tokens.md tells where the tables come from and
// how far they hold.
#pragma once

#include <cstdint>
#include <string_view>

#include "chat/request.h"

namespace chat {

// Tokens of the text that `escaped` stands for.
int64_t estimate_tokens(Text escaped);

}  // namespace chat
