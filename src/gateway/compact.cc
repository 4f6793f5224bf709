#include "gateway/compact.h"

#include "gateway/generate.h"
#include "gateway/held_answer.h"
#include "gateway/respond.h"
#include "gateway/stored_items.h"
#include "host/host.h"
#include "json/edit.h"
#include "json/writer.h"
#include "protocol/compaction.h"

namespace gateway {

namespace {

using json::Value;

// The request that asks for the summary.
std::string summary_request(Value body) {
  std::string conversation = items_of(body["input"]), input = conversation.substr(0, conversation.size() - 1);
  if (input.size() > 1) input += ',';
  input += R"({"type":"message","role":"user","content":")";
  input += protocol::kSummaryTask;
  input += "\"}]";
  std::string out;
  json::edit(body,
             {{"input", input},
              {"stream", "false"},
              {"store", "false"},
              {"text", ""},
              {"tool_choice", body["tools"].size() ? "\"none\"" : ""},
              {"previous_response_id", ""}},
             out);
  return out;
}

// The text of a response's messages, escaped.
std::string text_of(Value response) {
  std::string text;
  for (auto [_, item] : response["output"].items()) {
    if (!item["type"].equals("message")) continue;
    for (const json::Item& part : item["content"].items()) text += part.value["text"].inner();
  }
  return text;
}

std::string compaction_of(const Exchange& exchange, Value response, std::string_view summary) {
  std::string id = exchange.request_id.substr(4), out, slot;
  protocol::append_compaction(summary, slot);
  json::Writer w(out);
  w.begin_object().key("id").text("resp_" + id).key("object").raw("\"response.compaction\"");
  w.key("created_at").number(host::now_ms() / 1000).key("output").begin_array();
  w.begin_object().key("id").text("cmp_" + id).key("type").raw("\"compaction\"");
  w.key("encrypted_content").text(slot).end_object().end_array();
  w.key("usage").raw(response["usage"].has_value() ? response["usage"].raw() : "null").end_object();
  return out;
}

}  // namespace

base::Task<> serve_compact(Exchange& exchange, const Route& route) {
  std::string_view own = exchange.request.body;
  json::Document document;
  if (document.parse(exchange.request.body) == json::Error::none && document.root().is_object() &&
      document.root()["input"].has_value()) {
    exchange.request.body = exchange.arena.copy(summary_request(document.root()));
  }
  HeldAnswer held;
  co_await generate_held(exchange, route, held, std::string(own));
  if (exchange.responded) co_return;
  json::Document answer_document;
  bool read = held.status() == 200 && answer_document.parse(held.response()) == json::Error::none;
  // An upstream that makes conversations short itself answers with no response, but with what is left.
  if (read && !answer_document.root()["object"].equals("response"))
    co_return answer_json(exchange, held.response());
  std::string summary = read ? text_of(answer_document.root()) : std::string();
  if (summary.empty()) co_return answer_error(exchange, *route.surface, protocol::no_summary());
  answer_json(exchange, compaction_of(exchange, answer_document.root(), summary));
}

}  // namespace gateway
