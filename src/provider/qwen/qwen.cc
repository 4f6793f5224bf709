#include "provider/qwen/qwen.h"

#include "account/refresh.h"
#include "base/text.h"
#include "host/host.h"
#include "json/document.h"
#include "provider/call.h"
#include "provider/qwen/body.h"
#include "provider/qwen/judge.h"
#include "provider/qwen/login.h"
#include "provider/qwen/token.h"

namespace provider {

namespace {

using qwen_service::descriptor;
using qwen_service::has_key;
using Problem = std::optional<chat::Error>;

constexpr std::string_view kAliases[] = {"openai-qwen-oauth", "qwen-oauth", "qwen-code", "dashscope",
                                         "bailian"};

void append_head(const account::Account& account, std::string& out) {
  out.append("content-type: application/json\nauthorization: Bearer ");
  out.append(has_key(account) ? account.credential.api_key : account.credential.access_token).append("\n");
  std::string_view client = descriptor().value("client");
  std::string_view lines = descriptor().value("headers_" + std::string(client));
  while (!lines.empty()) out.append(base::take_until(lines, '|')).append("\n");
  if (client != "qwen-code") return;
  out.append("x-dashscope-authtype: ").append(has_key(account) ? "openai\n" : "qwen-oauth\n");
}

class Qwen final : public Provider {
 public:
  std::string_view id() const override { return "qwen"; }
  std::string_view title() const override { return "Qwen"; }
  std::span<const std::string_view> aliases() const override { return kAliases; }
  std::string_view status() const override {
    return "A key of Alibaba Cloud works (DashScope, Coding Plan, Token Plan). The free login of Qwen Code "
           "ended on 2026-04-15: one can still log in, but its models answer 401.";
  }
  const protocol::Protocol& wire(const account::Account&, const Model&) const override {
    return protocol::kOpenaiChat;
  }
  // Bodies need mending, and answers may hold calls that are nobody's: both go through the model.
  bool splices(protocol::Origin, json::Value) const override { return false; }

  Descriptor* descriptor() const override { return &qwen_service::descriptor(); }
  std::span<const Model> models() const override { return qwen_service::descriptor().models(); }
  bool claims(std::string_view name) const override { return name.starts_with("qwen"); }
  protocol::Target target(const account::Account& account, const Model& model) const override {
    protocol::Target target = Provider::target(account, model);
    Descriptor& data = qwen_service::descriptor();
    std::string_view portal = data.value("portal_model");
    if (!has_key(account) && model.family == "portal" && !portal.empty()) target.model = portal;
    if (target.model.find("coder") != target.model.npos)
      target.placeholder_tool = data.value("placeholder_tool");
    return target;
  }

  std::span<const LoginMethod> login_methods() const override { return qwen_service::login_methods(); }
  base::Task<Problem> start_login(uint32_t req, Login& login) const override {
    return qwen_service::start_login(req, login);
  }
  base::Task<Problem> continue_login(uint32_t req, Login& login, std::string input) const override {
    return qwen_service::continue_login(req, login, std::move(input));
  }
  bool adopt(json::Value file, account::Credential& out) const override {
    return qwen_service::adopt(file, out);
  }
  bool configured(account::Credential& out, std::string&) const override {
    return qwen_service::configured(out);
  }
  Problem check(account::Credential& credential) const override {
    std::string_view plan = extra(credential, "plan");
    if (!plan.empty() && qwen_service::plan_url(plan).empty())
      return invalid_credential("'plan' names no plan: see docs/providers/qwen.md.", "plan");
    bool any =
        !credential.api_key.empty() || !credential.refresh_token.empty() || !credential.access_token.empty();
    if (any) return std::nullopt;
    return invalid_credential("A qwen account needs 'api_key' or 'refresh_token'.", "api_key");
  }

  base::Task<Problem> prepare(uint32_t req, account::AccountPtr account) const override {
    if (qwen_service::is_fresh(*account, host::now_ms())) co_return std::nullopt;
    co_return co_await account::refresh(req, account, {qwen_service::is_fresh, qwen_service::refresh});
  }
  void forget_token(account::Account& account) const override { account.credential.access_token.clear(); }
  // What the portal says to a login of the free tier since that has ended: no other login would do better.
  account::State refused_for_good(const account::Account& account) const override {
    return has_key(account) ? account::State::needs_login : account::State::retired;
  }

  // A login's list is the built-in one: the portal has none.
  base::Task<Problem> discover(uint32_t req, account::Account& account,
                               std::vector<Model>& out) const override {
    if (!has_key(account)) co_return co_await Provider::discover(req, account, out);
    std::string message = "GET " + qwen_service::base_of(account) + "/models\n";
    append_head(account, message);
    message += '\n';
    Answer answer = co_await call(req, std::move(message));
    if (answer.status == 404) co_return co_await Provider::discover(req, account, out);
    if (!answer.ok())
      co_return qwen_service::judge(answer.status, answer.headers, answer.body, host::now_ms()).error;
    json::Document document;
    if (document.parse(answer.body) != json::Error::none) co_return std::nullopt;
    for (auto [_, listed] : document.root()["data"].items()) {
      const Model* known = find_model(*this, listed["id"].str());
      out.push_back(known ? *known : unknown_model(listed["id"].str()));
    }
    co_return std::nullopt;
  }

  void head(const Call& call, std::string& out) const override {
    out.append("POST ").append(qwen_service::base_of(call.account)).append("/chat/completions\n");
    out.append("accept: text/event-stream\n");
    append_head(call.account, out);
    out += '\n';
  }
  Problem edit_body(const Call& call, std::string& out, size_t body_at) const override {
    qwen_service::edit_body(call, out, body_at);
    return std::nullopt;
  }

  Verdict judge(uint32_t status, std::string_view headers, std::string_view body, const Model&,
                int64_t now_ms) const override {
    return qwen_service::judge(status, headers, body, now_ms);
  }
};

}  // namespace

const Provider& qwen() {
  static const Qwen instance;
  return instance;
}

}  // namespace provider
