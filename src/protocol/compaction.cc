#include "protocol/compaction.h"

#include "base/text.h"
#include "json/escape.h"
#include "json/utf8.h"

namespace protocol {

namespace {
constexpr std::string_view kMark = "ISTHMUS1compact_";
}

const chat::Text kSummaryTask =
    "Write a summary of this conversation for whoever takes it over from here. They will see your summary "
    "and nothing of what was said before, so keep all that they need to go on without asking again:\\n"
    "1. What the user wants, in their own words where the wording matters, and every rule they set.\\n"
    "2. What has been done and found out: facts, decisions and their reasons, results of tools, and the "
    "exact names of files, functions, commands, identifiers and values.\\n"
    "3. What went wrong and how it was dealt with.\\n"
    "4. Where the work stands now, what is open, and what comes next.\\n"
    "Be complete but brief, and leave out pleasantries. Call no tools. Answer with the summary alone.";

void append_compaction(chat::Text summary, std::string& out) {
  out += kMark;
  out += base::base64_url(json::unescaped(summary));
}

// The slot comes from a client, who may have written anything into it.
std::optional<chat::Text> read_compaction(chat::Text slot, base::Arena& arena) {
  if (!slot.starts_with(kMark)) return std::nullopt;
  auto plain = base::base64_decode(slot.substr(kMark.size()));
  if (!plain || !json::utf8_valid(*plain)) return std::nullopt;
  return arena.copy(json::escaped(*plain));
}

chat::Error no_summary() {
  chat::Error error;
  error.fault = chat::Fault::upstream;
  error.code = "no_summary";
  error.message =
      "The upstream answered without a summary, so the conversation was not compacted. Try again.";
  error.retry = true;
  return error;
}

}  // namespace protocol
