#include "json/edit.h"

#include "json/escape.h"

namespace json {

namespace {
const Edit* find_edit(Value key, std::initializer_list<Edit> edits) {
  for (const Edit& edit : edits)
    if (key.equals(edit.key)) return &edit;
  return nullptr;
}

const char* begin_of(Value value) { return value.raw().data(); }
const char* end_of(Value value) { return value.raw().data() + value.raw().size(); }

// Writes the members one by one. Every member but the text's first has its comma in the gap before it, so a
// member that goes takes its own gap along, and whichever member comes first uses the gap behind the opening
// brace.
class Splice {
 public:
  Splice(Value object, std::string& out) : out_(out), at_(begin_of(object) + 1), end_(end_of(object)) {
    out_ += '{';
  }

  void member(Value key, Value value, const Edit* edit) {
    std::string_view gap(at_, size_t(begin_of(key) - at_));
    if (!at_first_key_) first_gap_ = gap, at_first_key_ = true;
    at_ = end_of(value);
    if (edit && edit->value.empty()) return;
    out_ += empty_ ? first_gap_ : gap;
    empty_ = false;
    out_.append(begin_of(key), begin_of(value));
    out_ += edit ? edit->value : value.raw();
  }

  void append(const Edit& edit) {
    out_ += empty_ ? "\"" : ",\"";
    empty_ = false;
    escape(edit.key, out_);
    out_ += "\":";
    out_ += edit.value;
  }

  // The last gap and the closing brace.
  void finish() { out_.append(at_, end_); }

 private:
  std::string& out_;
  const char* at_;  // end of the member seen last
  const char* end_;
  std::string_view first_gap_;
  bool at_first_key_ = false;
  bool empty_ = true;
};
}  // namespace

void edit(Value object, std::initializer_list<Edit> edits, std::string& out) {
  Splice splice(object, out);
  for (auto [key, value] : object.items()) splice.member(key, value, find_edit(key, edits));
  for (const Edit& edit : edits)
    if (!edit.value.empty() && !object[edit.key]) splice.append(edit);
  splice.finish();
}

}  // namespace json
