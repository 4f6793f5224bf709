#include "json/writer.h"

#include "base/text.h"

namespace json {

Writer& Writer::number(int64_t value) {
  comma();
  base::append_int(out_, value);
  return *this;
}

}  // namespace json
