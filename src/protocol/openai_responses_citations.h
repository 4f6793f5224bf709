// What the upstream found on the web, on its way into the annotations of a text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "chat/request.h"

namespace protocol::openai_responses {

class Citations {
 public:
  // `sources`: [{"url","title"},...], or empty.
  void found(chat::Raw sources);
  // Takes what was found so far: one url_citation object each, for the whole of `text`.
  std::vector<std::string> take(chat::Text text);

 private:
  std::string sources_;  // with commas between them
};

}  // namespace protocol::openai_responses
