#include "provider/openai/openai.h"

#include "base/text.h"
#include "host/host.h"
#include "http/head.h"
#include "json/document.h"
#include "provider/call.h"
#include "provider/openai/judge.h"

namespace provider {

namespace {

constexpr std::string_view kOfficial = "https://api.openai.com/";
constexpr std::string_view kBaseUrl = "https://api.openai.com/v1";
constexpr std::string_view kAliases[] = {"openai-custom", "openai-compatible"};

std::string_view base_url(const account::Account& account) {
  return account.credential.base_url.empty() ? kBaseUrl : std::string_view(account.credential.base_url);
}

bool is_official(const account::Account& account) { return base_url(account).starts_with(kOfficial); }

// OpenAI serves these on the Responses API only.
bool needs_responses(std::string_view model) {
  if (model.find("codex") != model.npos || model.find("deep-research") != model.npos) return true;
  return model.ends_with("-pro") || model.find("-pro-20") != model.npos || model.starts_with("computer-use");
}

// Which wire: docs/providers/openai.md.
bool speaks_responses(const account::Account& account, const Model& model, protocol::Origin asked) {
  const std::string& wire = account.credential.wire;
  if (wire == "chat" || wire == "responses") return wire == "responses";
  if (!is_official(account)) return account.other_wire;
  using protocol::Origin;
  bool prefers_chat = asked == Origin::openai_chat || asked == Origin::openai_completions;
  return !prefers_chat || needs_responses(model.id);
}

class OpenAi final : public Provider {
 public:
  std::string_view id() const override { return "openai"; }
  std::string_view title() const override { return "OpenAI-compatible"; }
  std::span<const std::string_view> aliases() const override { return kAliases; }
  std::string_view status() const override {
    return "Works with any key and base URL that speaks OpenAI's chat completions or Responses; the terms "
           "are those of that service.";
  }
  const protocol::Protocol& wire(const account::Account& account, const Model& model) const override {
    return wire_for(account, model, protocol::Origin::none);
  }
  const protocol::Protocol& wire_for(const account::Account& account, const Model& model,
                                     protocol::Origin asked) const override {
    bool responses = speaks_responses(account, model, asked);
    return responses ? protocol::kOpenaiResponses : protocol::kOpenaiChat;
  }
  protocol::Target target(const account::Account& account, const Model& model) const override {
    protocol::Target target = Provider::target(account, model);
    target.web_search = is_official(account);
    return target;
  }
  std::span<const Model> models() const override { return {}; }
  bool serves_unknown_models() const override { return true; }

  std::optional<chat::Error> check(account::Credential& credential) const override {
    const std::string& wire = credential.wire;
    bool known = wire.empty() || wire == "chat" || wire == "responses" || wire == "auto";
    if (!known) return invalid_credential("'wire' must be chat, responses or auto.", "wire");
    if (!credential.api_key.empty()) return std::nullopt;
    return invalid_credential("An openai account needs 'api_key'.", "api_key");
  }

  // One that has no such endpoint says so, and the gateway then has the model write a summary.
  bool compacts(const account::Account& account, json::Value) const override {
    return is_official(account) || account.credential.wire == "responses";
  }

  void head(const Call& call, std::string& out) const override {
    out.append("POST ")
        .append(base_url(call.account))
        .append(call.wire == protocol::Origin::openai_responses ? "/responses" : "/chat/completions")
        .append(call.compact ? "/compact" : "")
        .append("\ncontent-type: application/json\n");
    out.append(call.forwarded)
        .append("authorization: Bearer ")
        .append(call.account.credential.api_key)
        .append("\n\n");
  }

  base::Task<std::optional<chat::Error>> discover(uint32_t req, account::Account& account,
                                                  std::vector<Model>& out) const override {
    std::string message = "GET " + std::string(base_url(account)) + "/models\nauthorization: Bearer ";
    message += account.credential.api_key + "\n\n";
    Answer answer = co_await call(req, std::move(message));
    if (!answer.ok()) co_return judge(answer.status, answer.headers, answer.body, {}, host::now_ms()).error;
    json::Document document;
    if (document.parse(answer.body) == json::Error::none) {
      for (auto [_, listed] : document.root()["data"].items())
        out.push_back(unknown_model(listed["id"].str()));
    }
    co_return std::nullopt;
  }

  // The endpoint was not there: perhaps the other one is.
  void forget_project(account::Account& account) const override { account.other_wire = !account.other_wire; }

  Verdict judge(uint32_t status, std::string_view headers, std::string_view body, const Model&,
                int64_t now_ms) const override {
    return openai_service::judge(status, headers, body, now_ms);
  }
};

}  // namespace

const Provider& openai() {
  static const OpenAi instance;
  return instance;
}

}  // namespace provider
