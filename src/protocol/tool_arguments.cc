#include "protocol/tool_arguments.h"

#include "json/escape.h"

namespace protocol {

void append_arguments(const chat::Arguments& arguments, std::string& out) {
  if (arguments.encoded) {
    out += arguments.text;
  } else {
    json::escape(arguments.text, out);
  }
}

}  // namespace protocol
