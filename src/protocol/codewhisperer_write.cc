// CodeWhisperer: the request to an upstream. Field rules: docs/protocol/codewhisperer.md.
#include <algorithm>
#include <set>

#include "json/edit.h"
#include "json/writer.h"
#include "protocol/codewhisperer.h"
#include "protocol/codewhisperer_turns.h"
#include "protocol/custom_tool.h"
#include "protocol/effort.h"
#include "protocol/problem.h"
#include "protocol/schema.h"
#include "protocol/tool_name.h"

namespace protocol::codewhisperer {

namespace {

using chat::Block;
using chat::Request;
using json::Writer;
using Effort = chat::Thinking::Effort;

constexpr size_t kMaxDescription = 10'200;  // bytes; the upstream takes 10240

// How hard the client wants the model to think; by its name alone, if it says nothing more.
Effort effort_wanted(const Request& request, const Target& target) {
  if (!request.thinking.budget.empty()) {
    return effort_of_budget(base::number_to_int(request.thinking.budget).value_or(0));
  }
  Effort effort = request.thinking.effort;
  return effort == Effort::unset && target.thinks ? Effort::medium : effort;
}

std::string_view image_format(chat::Text media_type) {
  for (std::string_view format : {"png", "gif", "webp", "jpeg"}) {
    if (media_type.ends_with(format)) return format;
  }
  return media_type == "image/jpg" ? "jpeg" : "";
}

constexpr struct {
  std::string_view media_type, format;
} kDocuments[] = {
    {"application/pdf", "pdf"},
    {"text/csv", "csv"},
    {"text/html", "html"},
    {"text/markdown", "md"},
    {"text/plain", "txt"},
    {"application/msword", "doc"},
    {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"},
    {"application/vnd.ms-excel", "xls"},
    {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"},
};
std::string_view document_format(chat::Text media_type) {
  for (const auto& known : kDocuments) {
    if (media_type == known.media_type) return known.format;
  }
  return {};
}

class RequestWriter {
 public:
  RequestWriter(const Request& request, const Target& target, std::string& out)
      : request_(request), target_(target), w_(out), turns_(turns_of(request)) {}

  std::optional<chat::Error> run() {
    size_t start = w_.out().size();
    if (!limit_media(turns_, target_.max_image, target_.max_media)) {
      return invalid_value("messages",
                           "an image is larger than the upstream takes (5 MB as base64). Shrink it.");
    }
    choose_tools();
    add_demands(turns_.back().text);
    w_.begin_object().key("conversationState").begin_object();
    w_.key("agentTaskType").raw("\"vibe\"").key("chatTriggerType").raw("\"MANUAL\"");
    w_.key("conversationId").text(target_.session);
    w_.key("currentMessage");
    write_user(turns_.back(), true);
    write_history();
    w_.end_object();
    if (!target_.profile.empty()) w_.key("profileArn").text(target_.profile);
    write_thinking();
    w_.end_object();
    if (!problem_ && target_.max_request && int64_t(w_.out().size() - start) > target_.max_request) {
      problem_ = invalid_value("messages", "the conversation is longer than the upstream takes; shorten it.");
      problem_->code = "context_length_exceeded";
    }
    return std::move(problem_);
  }

 private:
  void write_history() {
    if (turns_.size() < 2) return;
    w_.key("history").begin_array();
    for (size_t i = 0; i + 1 < turns_.size(); i++) {
      turns_[i].role == chat::Role::user ? write_user(turns_[i], false) : write_assistant(turns_[i]);
    }
    w_.end_array();
  }

  void write_user(const Turn& turn, bool current) {
    w_.begin_object().key("userInputMessage").begin_object();
    w_.key("content").text(turn.text).key("modelId").text(target_.model);
    w_.key("origin").text(target_.client.empty() ? "AI_EDITOR" : target_.client);
    write_media(turn, true);
    write_media(turn, false);
    bool tools = current && (!request_.tools.empty() || uses_tools() || !target_.search_tool.empty());
    if (tools || !turn.results.empty()) {
      w_.key("userInputMessageContext").begin_object();
      write_results(turn);
      if (tools) write_tools();
      w_.end_object();
    }
    w_.end_object().end_object();
  }

  void write_media(const Turn& turn, bool images) {
    bool open = false;
    for (const Block* block : turn.media) {
      std::string_view format = images ? image_format(block->media_type) : document_format(block->media_type);
      bool known = !image_format(block->media_type).empty() || !document_format(block->media_type).empty();
      if (!known && !problem_) {
        problem_ =
            invalid_value("messages", "the upstream takes images (png, jpeg, gif, webp) and documents only.");
      }
      if (format.empty()) continue;
      if (!open) w_.key(images ? "images" : "documents").begin_array();
      open = true;
      w_.begin_object();
      if (!images) w_.key("name").text(block->name.empty() ? "document" : block->name);
      w_.key("format").text(format).key("source").begin_object().key("bytes").text(block->body);
      w_.end_object().end_object();
    }
    if (open) w_.end_array();
  }

  void write_results(const Turn& turn) {
    if (turn.results.empty()) return;
    w_.key("toolResults").begin_array();
    for (const ToolResult& result : turn.results) {
      w_.begin_object().key("toolUseId").text(safe_tool_id(result.id, id_)).key("content").begin_array();
      w_.begin_object().key("text").text(result.text).end_object().end_array();
      w_.key("status").text(result.is_error ? "error" : "success").end_object();
    }
    w_.end_array();
  }

  void write_assistant(const Turn& turn) {
    w_.begin_object().key("assistantResponseMessage").begin_object().key("content").text(turn.text);
    if (!turn.calls.empty()) {
      w_.key("toolUses").begin_array();
      for (const Block* call : turn.calls) write_call(*call);
      w_.end_array();
    }
    if (turn.thinking && is_whole(*turn.thinking)) write_reasoning(*turn.thinking);
    w_.end_object().end_object();
  }

  // Thoughts are taken back with their text and their signature, or not at all. Some clients keep only the
  // latter.
  bool is_whole(const Block& thinking) const {
    return target_.accepts(thinking.signature, Origin::codewhisperer) &&
           (thinking.redacted || !thinking.body.empty());
  }

  void write_reasoning(const Block& block) {
    w_.key("reasoningContent").begin_object();
    if (block.redacted) {
      w_.key("redactedContent").text(block.signature.text);
    } else {
      w_.key("reasoningText").begin_object().key("text").text(block.body);
      w_.key("signature").text(block.signature.text).end_object();
    }
    w_.end_object();
  }

  void write_call(const Block& call) {
    w_.begin_object().key("toolUseId").text(safe_tool_id(call.id, id_));
    w_.key("name").text(safe_tool_name(call.name, name_)).key("input");
    write_arguments(call.arguments);
    w_.end_object();
  }

  // An object is wanted. What is not one, an agent's half-written call for example, is kept under "input".
  void write_arguments(const chat::Arguments& arguments) {
    plain_.clear();
    if (arguments.encoded) json::unescape(arguments.text, plain_);
    std::string_view json = arguments.encoded ? std::string_view(plain_) : arguments.text;
    json::Document document;
    if (json.empty()) {
      w_.raw("{}");
    } else if (document.parse(json) == json::Error::none && document.root().is_object()) {
      w_.comma();
      json::edit(document.root(), {{"", ""}}, w_.out());  // a member without a name is refused
    } else {
      w_.begin_object().key("input").string(json).end_object();
    }
  }

  bool uses_tools() const {
    return std::any_of(turns_.begin(), turns_.end(), [](const Turn& turn) { return !turn.calls.empty(); });
  }

  bool is_used(const chat::Tool& tool) const {
    const auto& choice = request_.tool_choice;
    if (choice.mode == chat::ToolChoice::Mode::named && choice.names[0] == tool.name) return true;
    return std::any_of(turns_.begin(), turns_.end(), [&](const Turn& turn) {
      return std::any_of(turn.calls.begin(), turn.calls.end(),
                         [&](const Block* call) { return call->name == tool.name; });
    });
  }

  // The upstream refuses too many tools. Those that the conversation uses stay, and of the others the first.
  void choose_tools() {
    int64_t room = target_.max_tools ? target_.max_tools : int64_t(request_.tools.size());
    for (const chat::Tool& tool : request_.tools) room -= is_used(tool);
    for (const chat::Tool& tool : request_.tools) {
      bool fits = is_used(tool) || room-- > 0;
      (fits ? tools_ : left_out_).push_back(&tool);
    }
  }

  // Every tool that the history mentions must be declared, even when the client has forgotten it.
  void write_tools() {
    w_.key("tools").begin_array();
    if (!target_.search_tool.empty()) write_tool(target_.search_tool, kSearchDescription, kSearchSchema);
    for (const chat::Tool* each : tools_) {
      const chat::Tool& tool = *each;
      chat::Text said = description_of(tool, description_);
      write_tool(safe_tool_name(tool.name, name_), said.empty() ? tool.name : said,
                 clean_schema_for_codewhisperer(tool.custom ? kCustomSchema : tool.schema));
    }
    for (const Turn& turn : turns_) {
      for (const Block* call : turn.calls) {
        write_tool(safe_tool_name(call->name, name_), "No longer available.",
                   R"({"type":"object","properties":{}})");
      }
    }
    w_.end_array();
  }

  // Once: two tools of one name are refused, whatever the case of its letters.
  void write_tool(std::string_view name, chat::Text description, std::string_view schema) {
    if (!declared_.insert(base::lower(name)).second) return;
    w_.begin_object().key("toolSpecification").begin_object().key("name").text(name);
    w_.key("description").text(cut(description));
    w_.key("inputSchema").begin_object().key("json").raw(schema).end_object();
    w_.end_object().end_object();
  }

  // Not inside a character.
  chat::Text cut(chat::Text text) {
    if (text.size() <= kMaxDescription) return text;
    plain_ = json::unescaped(text);
    size_t size = std::min(plain_.size(), kMaxDescription);
    while ((plain_[size] & 0xC0) == 0x80) size--;
    plain_.resize(size);
    cut_ = json::escaped(plain_);
    return cut_;
  }

  // What the wire has no field for is asked for in words, in the user's last turn.
  void add_demands(std::string& text) {
    using Mode = chat::ToolChoice::Mode;
    using Type = chat::ResponseFormat::Type;
    const chat::ToolChoice& choice = request_.tool_choice;
    if (!left_out_.empty()) {
      std::string names = "These tools cannot be called here, since there are too many:";
      for (const chat::Tool* tool : left_out_) names.append(" ").append(tool->name);
      add_paragraph(text, names);
    }
    if (choice.mode == Mode::none) add_paragraph(text, "Answer without calling a tool.");
    if (choice.mode == Mode::required) add_paragraph(text, "Call one of the tools.");
    if (choice.mode == Mode::named)
      add_paragraph(text, "Call the tool " + std::string(choice.names[0]) + ".");
    if (request_.format.type == Type::json_object || request_.format.type == Type::json_schema) {
      std::string demand = "Answer with one JSON object and nothing else.";
      if (!request_.format.schema.empty()) {
        demand += " It must satisfy this JSON Schema: ";
        json::escape(request_.format.schema, demand);
      }
      add_paragraph(text, demand);
    }
    if (thinks_in_tags(request_, target_)) text = thinking_tags() + text;
  }

  std::string thinking_tags() const {
    int64_t budget = request_.thinking.budget.empty()
                         ? budget_of(request_.thinking.effort).value_or(16'000)
                         : base::number_to_int(request_.thinking.budget).value_or(16'000);
    return "<thinking_mode>enabled</thinking_mode><max_thinking_length>" + base::to_text(budget) +
           "</max_thinking_length>\\n\\n";
  }

  void write_thinking() {
    bool adaptive = target_.thinking == "adaptive", reasoning = target_.thinking == "reasoning";
    auto effort = effort_wanted(request_, target_);
    if ((!adaptive && !reasoning) || effort == Effort::unset || effort == Effort::none) return;
    std::string_view word = nearest_level(target_.thinking_levels, effort);
    w_.key("additionalModelRequestFields").begin_object();
    if (adaptive) {
      w_.key("thinking").raw(R"({"type":"adaptive","display":"summarized"})");
      w_.key("output_config").begin_object().key("effort").text(word).end_object();
    } else {
      w_.key("reasoning").begin_object().key("effort").text(word).end_object();
    }
    w_.end_object();
  }

  static constexpr std::string_view kSearchDescription =
      "Searches the web and returns the titles, addresses and excerpts of what it finds.";
  static constexpr std::string_view kSearchSchema =
      R"({"type":"object","properties":{"query":{"type":"string"}},"required":["query"]})";

  const Request& request_;
  const Target& target_;
  Writer w_;
  std::vector<Turn> turns_;
  std::vector<const chat::Tool*> tools_, left_out_;
  std::set<std::string> declared_;  // tools, in small letters
  std::string name_, description_, id_, plain_, cut_;
  std::optional<chat::Error> problem_;
};

}  // namespace

bool thinks_in_tags(const Request& request, const Target& target) {
  Effort effort = effort_wanted(request, target);
  bool wanted = effort != Effort::unset && effort != Effort::none;
  if (target.thinking != "tags" || !wanted || request.messages.empty()) return false;
  // In the middle of a tool loop it would make the model start its plan again.
  const chat::Message& last = request.messages.back();
  for (size_t i = last.first; i < last.first + last.count; i++) {
    if (request.blocks[i].kind == Block::Kind::tool_result) return false;
  }
  return true;
}

std::optional<chat::Error> write(const Request& request, const Target& target, std::string& out) {
  if (request.choices() > 1) return unsupported("n", "This upstream gives one answer at a time.");
  if (request.logprobs == "true") return unsupported("logprobs", "This upstream gives no log probabilities.");
  return RequestWriter(request, target, out).run();
}

}  // namespace protocol::codewhisperer

namespace protocol {

const Protocol kCodewhisperer = {
    .origin = Origin::codewhisperer,
    .name = "codewhisperer",
    .framing = Framing::aws_event_stream,
    .ends_with_stream = true,
    .model_in_body = false,
    .names_session = true,
    .write = codewhisperer::write,
    .decoder = codewhisperer::make_decoder,
};

}  // namespace protocol
