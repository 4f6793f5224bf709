#include "protocol/anthropic_place.h"

namespace protocol::anthropic {

chat::Error refused(const Place& place, std::string_view what) {
  chat::Error error;
  error.fault = chat::Fault::invalid_request;
  error.param = place.dotted();
  error.message = error.param;
  error.message.append(": ").append(what);
  return error;
}

chat::Error required(const Place& place) { return refused(place, "Field required"); }

chat::Error expected(const Place& place, bool present, std::string_view what) {
  if (!present) return required(place);
  std::string text = "Input should be ";
  text += what;
  return refused(place, text);
}

}  // namespace protocol::anthropic
