#include "gateway/model_lists.h"

#include "json/writer.h"

namespace gateway {

namespace {

using json::Writer;
using protocol::Origin;

// When a model was made is not known here; the SDKs want a date all the same.
constexpr std::string_view kNoDate = R"("1970-01-01T00:00:00Z")";

void write_openai(const Listed& model, Writer& w) {
  w.begin_object().key("id").string(model.id).key("object").raw("\"model\"").key("created").number(0);
  w.key("owned_by").string(model.owner).end_object();
}

void write_anthropic(const Listed& model, Writer& w) {
  w.begin_object().key("type").raw("\"model\"").key("id").string(model.id);
  w.key("display_name").string(model.id).key("created_at").raw(kNoDate);
  if (model.max_input) w.key("max_input_tokens").number(model.max_input);
  if (model.max_output) w.key("max_tokens").number(model.max_output);
  w.end_object();
}

void write_gemini(const Listed& model, Writer& w) {
  w.begin_object().key("name").string("models/" + model.id).key("version").raw("\"1\"");
  w.key("displayName").string(model.id);
  if (model.max_input) w.key("inputTokenLimit").number(model.max_input);
  if (model.max_output) w.key("outputTokenLimit").number(model.max_output);
  w.key("supportedGenerationMethods").raw(R"(["generateContent","streamGenerateContent","countTokens"])");
  w.key("thinking").boolean(model.thinking).end_object();
}

void write_model(const Listed& model, Origin surface, Writer& w) {
  if (surface == Origin::gemini) return write_gemini(model, w);
  if (surface == Origin::anthropic) return write_anthropic(model, w);
  write_openai(model, w);
}

}  // namespace

void append_model(const Listed& model, Origin surface, std::string& out) {
  Writer w(out);
  write_model(model, surface, w);
}

void append_models(const std::vector<Listed>& models, Origin surface, std::string& out) {
  Writer w(out);
  w.begin_object();
  if (surface == Origin::openai_chat || surface == Origin::openai_responses) {
    w.key("object").raw("\"list\"");
  }
  w.key(surface == Origin::gemini ? "models" : "data").begin_array();
  for (const Listed& model : models) write_model(model, surface, w);
  w.end_array();
  if (surface == Origin::anthropic) {
    w.key("has_more").boolean(false).key("first_id");
    models.empty() ? w.null() : w.string(models.front().id);
    w.key("last_id");
    models.empty() ? w.null() : w.string(models.back().id);
  }
  w.end_object();
}

}  // namespace gateway
