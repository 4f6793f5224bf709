#include "provider/kiro/search.h"

#include "base/text.h"
#include "host/host.h"
#include "json/document.h"
#include "json/writer.h"
#include "provider/call.h"
#include "provider/kiro/identity.h"
#include "provider/kiro/judge.h"
#include "provider/kiro/route.h"

namespace provider::amazon {

namespace {

using json::Value;

std::string message_for(const account::Credential& credential, std::string_view query) {
  Route route = route_of(credential);
  bool runtime = route.host == Route::Host::runtime;
  std::string region = api_region(credential);
  std::string message = "POST " + host_url(credential, runtime ? "runtime_url" : "q_url", region);
  message += "/mcp\ncontent-type: application/json\n";
  append_authorization(credential, message);
  std::string_view profile = profile_for(credential, route);
  if (!profile.empty()) message.append("x-amzn-kiro-profile-arn: ").append(profile) += '\n';
  message += "user-agent: " + filled(runtime ? "user_agent_cli" : "user_agent_ide", region, credential);
  message += "\nx-amz-user-agent: " +
             filled(runtime ? "amz_user_agent_cli" : "amz_user_agent_ide", region, credential) + "\n\n";
  // The form that Kiro's clients give the id: two random parts around the time.
  std::string random = base::hex(host::random(15));
  json::Writer w(message);
  w.begin_object().key("id").text("web_search_tooluse_" + random.substr(0, 22) + "_" +
                                  base::to_text(host::now_ms()) + "_" + random.substr(22));
  w.key("jsonrpc").raw("\"2.0\"").key("method").raw("\"tools/call\"").key("params").begin_object();
  w.key("name").raw("\"web_search\"").key("arguments").begin_object().key("query").string(query);
  w.end_object().end_object().end_object();
  return message;
}

void read_results(Value results, Found& found) {
  found.sources.clear();
  json::Writer w(found.sources);
  w.begin_array();
  for (auto [_, result] : results.items()) {
    w.begin_object().key("url").text(result["url"].inner()).key("title").text(result["title"].inner());
    w.end_object();
    for (std::string_view part : {"title", "url", "snippet"}) found.text += result[part].str() + "\n";
    found.text += '\n';
  }
  w.end_array();
  if (found.text.empty()) found.text = "Nothing was found.";
}

}  // namespace

base::Task<> search_web(uint32_t req, account::AccountPtr account, std::string query, Found& found) {
  Answer answer = co_await call(req, message_for(account->credential, query));
  json::Document document, inner;
  Value root = answer.json(document);
  std::string text;
  for (auto [_, part] : root["result"]["content"].items()) text += part["text"].str();
  if (answer.ok() && inner.parse(text) == json::Error::none && inner.root()["results"].is_array()) {
    read_results(inner.root()["results"], found);
    co_return;
  }
  std::string why = root["error"]["message"].str();
  if (why.empty() && !answer.ok())
    why = judge(answer.status, answer.headers, answer.body, host::now_ms()).error.message;
  found.text = "The search failed: " + (why.empty() ? "no reason was given." : why);
  host::log(host::Level::warning, account->credential.id + ": " + found.text);
}

}  // namespace provider::amazon
