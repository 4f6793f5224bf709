#include "protocol/custom_tool.h"

#include "json/document.h"
#include "json/escape.h"

namespace protocol {

const std::string_view kCustomSchema =
    R"({"type":"object","properties":{"input":{"type":"string","description":"The whole input of the tool, as plain text."}},)"
    R"("required":["input"],"additionalProperties":false})";

chat::Text description_of(const chat::Tool& tool, std::string& scratch) {
  json::Document format;
  if (tool.grammar.empty() || format.parse(tool.grammar) != json::Error::none) return tool.description;
  json::Value definition = format.root()["definition"];
  if (!definition.is_string()) return tool.description;  // any text will do
  scratch = tool.description;
  if (!scratch.empty()) scratch += "\\n\\n";
  scratch.append("The input must match this grammar (").append(format.root()["syntax"].inner());
  scratch.append("):\\n").append(definition.inner());
  return scratch;
}

void append_custom_arguments(chat::Text input, std::string& out) {
  out += R"({\"input\":\")";
  json::escape(input, out);
  out += R"(\"})";
}

namespace {

constexpr size_t kEscape = 6;  // of \u1234
constexpr std::string_view kEscapable = "\"\\/bfnrtu";

bool is_hex(char c) { return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'f'); }
bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

// A whole escape of a JSON string: \n or \u1234.
bool is_whole(std::string_view escape) {
  return escape.size() >= 2 && (escape[1] != 'u' || escape.size() == kEscape);
}

bool is_high_surrogate(std::string_view escape) {
  return escape.size() == kEscape && escape[1] == 'u' && (escape[2] | 32) == 'd' &&
         (escape[3] == '8' || escape[3] == '9' || (escape[3] | 32) == 'a' || (escape[3] | 32) == 'b');
}

// The character that an escape of the outer string stands for; 0 for one that has no meaning within JSON's
// grammar and is passed on as it is spelled.
char meaning_of(std::string_view escape) {
  switch (escape[1]) {
    case 'n': return '\n';
    case 't': return '\t';
    case 'r': return '\r';
    case '"': return '"';
    case '\\': return '\\';
    case '/': return '/';
    case 'u': break;
    default: return 0;
  }
  if (escape.substr(2, 2) != "00") return 0;
  std::string plain;
  json::unescape(escape, plain);
  return plain.size() == 1 && (plain[0] == '"' || plain[0] == '\\' || plain[0] >= ' ') ? plain[0] : 0;
}

}  // namespace

void CustomInput::feed(const chat::Arguments& piece, std::string& out) {
  if (state_ != State::input && state_ != State::done) {
    piece.encoded ? void(all_ += piece.text) : json::escape(piece.text, all_);
  }
  std::string_view text = piece.text;
  for (size_t i = 0; i < text.size();) {
    size_t size = !piece.encoded || text[i] != '\\' ? 1 : i + 1 < text.size() && text[i + 1] == 'u' ? 6 : 2;
    std::string_view spelled = text.substr(i, size);
    take(size == 1 ? spelled[0] : meaning_of(spelled), spelled, out);
    i += size;
  }
}

void CustomInput::end(std::string& out) {
  if (state_ == State::input || state_ == State::done) return;
  out += all_;
}

void CustomInput::take(char c, std::string_view spelled, std::string& out) {
  switch (state_) {
    case State::before:
    case State::after_key: return in_object(c);
    case State::key: return take_key(c);
    case State::value:
      if (is_space(c)) return;
      if (c == '"' && key_ == "input") {
        state_ = State::input;
        all_.clear();
        return;
      }
      state_ = State::skipped;
      depth_ = 0;
      quoted_ = escape_ = false;
      return skip(c);
    case State::skipped: return skip(c);
    case State::input: return take_input(c, spelled, out);
    case State::done: return;
  }
}

// Between the members of the object.
void CustomInput::in_object(char c) {
  if (c == '"' && state_ == State::before) {
    state_ = State::key;
    key_.clear();
  } else if (c == ':' && state_ == State::after_key) {
    state_ = State::value;
  }
}

void CustomInput::take_key(char c) {
  if (c == '"') {
    state_ = State::after_key;
  } else {
    key_ += c;
  }
}

// A value that is not the input, up to the comma behind it.
void CustomInput::skip(char c) {
  if (quoted_) {
    if (escape_) {
      escape_ = false;
    } else if (c == '\\') {
      escape_ = true;
    } else if (c == '"') {
      quoted_ = false;
    }
    return;
  }
  if (c == '"') quoted_ = true;
  if (c == '{' || c == '[') depth_++;
  if (c == '}' || c == ']') depth_--;
  if (c == ',' && depth_ == 0) state_ = State::before;
}

void CustomInput::take_input(char c, std::string_view spelled, std::string& out) {
  std::string_view open = open_escape();
  if (!open.empty() && !is_whole(open)) return go_on_with_escape(c, spelled, out);
  if (c == '\\') {
    held_ += c;
    return;
  }
  out += held_;
  held_.clear();
  if (c == '"') {
    state_ = State::done;
  } else if (c == 0 && is_high_surrogate(spelled)) {
    held_ = spelled;
  } else if (c != 0 && static_cast<unsigned char>(c) < ' ') {
    json::escape({&c, 1}, out);
  } else {
    out += spelled;
  }
}

// The escape at the end of what is held; a high surrogate may stand before it.
std::string_view CustomInput::open_escape() const {
  return held_.size() > kEscape ? std::string_view(held_).substr(kEscape) : std::string_view(held_);
}

void CustomInput::go_on_with_escape(char c, std::string_view spelled, std::string& out) {
  bool fits = open_escape().size() == 1 ? kEscapable.find(c) != kEscapable.npos && c != 0 : is_hex(c);
  if (!fits) {
    // No escape after all: the backslash stands for itself.
    held_.insert(held_.size() - open_escape().size(), 1, '\\');
    out += held_;
    held_.clear();
    return take_input(c, spelled, out);
  }
  held_ += c;
  if (!is_whole(open_escape()) || is_high_surrogate(held_)) return;
  out += held_;
  held_.clear();
}

}  // namespace protocol
