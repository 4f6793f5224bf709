#include "provider/iflow/iflow.h"

#include "account/refresh.h"
#include "base/sha256.h"
#include "base/text.h"
#include "host/host.h"
#include "json/document.h"
#include "json/edit.h"
#include "provider/call.h"
#include "provider/iflow/judge.h"
#include "provider/iflow/login.h"
#include "provider/iflow/token.h"

namespace provider {

namespace {

using Problem = std::optional<chat::Error>;

constexpr std::string_view kAliases[] = {"openai-iflow", "iflow-oauth", "iflow-cli"};

// Who asks, and with which key; newer models want it signed. `session` is the conversation, as digits.
void append_head(const account::Account& account, std::string_view session, std::string& out) {
  Descriptor& data = iflow_service::descriptor();
  const std::string& key = account.credential.api_key;
  std::string_view agent = data.value("user_agent");
  out.append("content-type: application/json\nauthorization: Bearer ").append(key);
  out.append("\nuser-agent: ").append(agent).append("\n");
  if (data.value("sign").empty()) return;
  std::string id = "session-" + base::uuid_of(base::sha256(session));
  std::string time = base::to_text(host::now_ms());
  out.append("session-id: ").append(id).append("\nx-iflow-timestamp: ").append(time);
  out.append("\nx-iflow-signature: ");
  out += base::hex(base::hmac_sha256(key, std::string(agent) + ":" + id + ":" + time)) + "\n";
}

class Iflow final : public Provider {
 public:
  std::string_view id() const override { return "iflow"; }
  std::string_view title() const override { return "iFlow"; }
  std::span<const std::string_view> aliases() const override { return kAliases; }
  std::string_view status() const override {
    return "iFlow ended its service on 2026-04-17: an account works only with a base URL of your own, such "
           "as a service that speaks its protocol.";
  }
  const protocol::Protocol& wire(const account::Account&, const Model&) const override {
    return protocol::kOpenaiChat;
  }
  // Thinking is set in each model's own words, and failures come inside a 200: both go through the model.
  bool splices(protocol::Origin, json::Value) const override { return false; }

  Descriptor* descriptor() const override { return &iflow_service::descriptor(); }
  std::span<const Model> models() const override { return iflow_service::descriptor().models(); }
  bool claims(std::string_view name) const override { return name.starts_with("iflow-"); }

  std::span<const LoginMethod> login_methods() const override { return iflow_service::login_methods(); }
  base::Task<Problem> start_login(uint32_t, Login& login) const override {
    co_return iflow_service::start_login(login);
  }
  base::Task<Problem> continue_login(uint32_t req, Login& login, std::string input) const override {
    return iflow_service::continue_login(req, login, std::move(input));
  }
  bool adopt(json::Value file, account::Credential& out) const override {
    return iflow_service::adopt(file, out);
  }
  Problem check(account::Credential& credential) const override {
    bool any = !credential.api_key.empty() || !credential.refresh_token.empty() ||
               !credential.access_token.empty() || credential.extra.contains("cookie");
    if (any) return std::nullopt;
    return invalid_credential("An iflow account needs 'api_key' or 'refresh_token'.", "api_key");
  }

  bool ended(const account::Account& account) const override {
    Descriptor& data = iflow_service::descriptor();
    return account.credential.base_url.empty() && data.value("base_url") == data.value("ended_url");
  }
  base::Task<Problem> prepare(uint32_t req, account::AccountPtr account) const override {
    if (iflow_service::is_fresh(*account, host::now_ms())) co_return std::nullopt;
    co_return co_await account::refresh(req, account, {iflow_service::is_fresh, iflow_service::refresh});
  }
  void forget_token(account::Account& account) const override { iflow_service::forget_key(account); }

  base::Task<Problem> discover(uint32_t req, account::Account& account,
                               std::vector<Model>& out) const override {
    std::string message = "GET " + iflow_service::base_of(account) + "/models\n";
    append_head(account, account.credential.id, message);
    message += '\n';
    Answer answer = co_await call(req, std::move(message));
    json::Document document;
    bool is_json = document.parse(answer.body) == json::Error::none;
    json::Value data = is_json ? document.root()["data"] : json::Value{};
    bool failed = !answer.ok() || (is_json && document.root()["msg"].is_string());
    if (failed && answer.status != 404)
      co_return iflow_service::judge(answer.status, answer.headers, answer.body, host::now_ms()).error;
    out.assign(models().begin(), models().end());
    for (auto [_, listed] : data.items()) {
      std::string name = listed["id"].str();
      if (!name.empty() && !find_model(*this, name)) out.push_back(unknown_model(name));
    }
    co_return std::nullopt;
  }

  void head(const Call& call, std::string& out) const override {
    out.append("POST ").append(iflow_service::base_of(call.account)).append("/chat/completions\n");
    out.append("accept: text/event-stream\n");
    append_head(call.account, call.session, out);
    out += '\n';
  }

  // Models have thinking on or off, each in words of its own. No others must be sent.
  Problem edit_body(const Call& call, std::string& out, size_t body_at) const override {
    json::Document document;
    std::string body = out.substr(body_at);
    if (document.parse(body) != json::Error::none) return std::nullopt;
    json::Value root = document.root(), effort = root["reasoning_effort"];
    std::string_view name = call.model.id;
    // A client that only wants to see thoughts wants some.
    bool set = effort || call.request.thinking.include == "true";
    bool on = !effort.equals("none"), glm = name.starts_with("glm");
    bool by_template = glm || name.starts_with("deepseek-v3.1") || name.starts_with("deepseek-v3.2");
    std::string kwargs, split;
    if (set && by_template) {
      kwargs = std::string("{\"enable_thinking\":") + (on ? "true" : "false");
      kwargs += glm && on ? ",\"clear_thinking\":false}" : "}";
    }
    if (set && name.starts_with("minimax")) split = on ? "true" : "false";
    out.resize(body_at);
    json::edit(root,
               {{"reasoning_effort", {}},
                {"chat_template_kwargs", kwargs},
                {"reasoning_split", split},
                {"max_completion_tokens", {}},
                {"max_tokens", root["max_completion_tokens"].raw()}},
               out);
    return std::nullopt;
  }

  Verdict judge(uint32_t status, std::string_view headers, std::string_view body, const Model&,
                int64_t now_ms) const override {
    return iflow_service::judge(status, headers, body, now_ms);
  }
};

}  // namespace

const Provider& iflow() {
  static const Iflow instance;
  return instance;
}

}  // namespace provider
