#include "provider/codex/codex.h"

#include "account/refresh.h"
#include "base/sha256.h"
#include "base/text.h"
#include "host/host.h"
#include "json/document.h"
#include "provider/call.h"
#include "provider/codex/body.h"
#include "provider/codex/judge.h"
#include "provider/codex/limits.h"
#include "provider/codex/login.h"
#include "provider/codex/token.h"

namespace provider {

namespace {

using Problem = std::optional<chat::Error>;

constexpr std::string_view kAliases[] = {"openai-codex", "chatgpt", "codex-oauth"};

bool has_key(const account::Account& account) { return !account.credential.api_key.empty(); }

std::string base_of(const account::Account& account) {
  if (!account.credential.base_url.empty()) return account.credential.base_url;
  return std::string(chatgpt::descriptor().value(has_key(account) ? "key_base_url" : "base_url"));
}

// The conversation as a UUID, by which the upstream finds its cache again.
std::string session_of(std::string_view session) { return base::uuid_of(base::sha256(session)); }

void append_auth(const account::Account& account, std::string& out) {
  const account::Credential& credential = account.credential;
  out.append("authorization: Bearer ")
      .append(has_key(account) ? credential.api_key : credential.access_token);
  out += '\n';
  if (has_key(account)) return;
  std::string_view id = extra(credential, "account_id");
  if (!id.empty()) out.append("chatgpt-account-id: ").append(id).append("\n");
  Descriptor& data = chatgpt::descriptor();
  out.append("originator: ").append(data.value("originator"));
  out.append("\nuser-agent: ").append(data.value("originator")).append("/");
  out.append(data.value("client_version")).append(data.value("user_agent_platform")).append("\n");
}

void add_window(json::Value window, std::string_view name, std::vector<Quota>& out) {
  if (!window.is_object()) return;
  Quota quota;
  quota.name = name;
  quota.unit = "percent";
  quota.used = window["used_percent"].to_int(-1);
  quota.limit = 100;
  quota.resets_ms = window["reset_at"].to_int() * 1000;
  out.push_back(std::move(quota));
}

// Asks `url`; what is refused is an error.
base::Task<Problem> get(uint32_t req, const account::Account& account, std::string url, Answer& answer) {
  std::string message = "GET " + url + "\n";
  append_auth(account, message);
  message += '\n';
  answer = co_await call(req, std::move(message));
  if (answer.ok()) co_return std::nullopt;
  co_return chatgpt::judge(answer.status, answer.headers, answer.body, host::now_ms()).error;
}

class Codex final : public Provider {
 public:
  std::string_view id() const override { return "codex"; }
  std::string_view title() const override { return "OpenAI Codex"; }
  std::span<const std::string_view> aliases() const override { return kAliases; }
  std::string_view status() const override {
    return "chatgpt.com refuses most traffic from Workers: a subscription needs a relay of your own as its "
           "base URL; an API key works as it is. Accounts have been suspended for use through other "
           "software.";
  }
  const protocol::Protocol& wire(const account::Account&, const Model&) const override {
    return protocol::kOpenaiResponses;
  }
  // The endpoint refuses what it does not know, and streams only.
  bool splices(protocol::Origin, json::Value body) const override { return chatgpt::fits(body); }
  bool leaves_output_out(const account::Account&) const override { return true; }
  bool compacts(const account::Account&, json::Value body) const override {
    return chatgpt::content_fits(body);
  }
  void note_limits(account::Account& account, std::string_view headers) const override {
    chatgpt::note_limits(account, headers, host::now_ms());
  }
  protocol::Target target(const account::Account& account, const Model& model) const override {
    protocol::Target target = Provider::target(account, model);
    target.web_search = true;
    return target;
  }

  Descriptor* descriptor() const override { return &chatgpt::descriptor(); }
  std::span<const Model> models() const override { return chatgpt::descriptor().models(); }

  std::span<const LoginMethod> login_methods() const override { return chatgpt::login_methods(); }
  base::Task<Problem> start_login(uint32_t req, Login& login) const override {
    return chatgpt::start_login(req, login);
  }
  base::Task<Problem> continue_login(uint32_t req, Login& login, std::string input) const override {
    return chatgpt::continue_login(req, login, std::move(input));
  }
  bool adopt(json::Value file, account::Credential& out) const override { return chatgpt::adopt(file, out); }
  Problem check(account::Credential& credential) const override {
    bool any =
        !credential.api_key.empty() || !credential.refresh_token.empty() || !credential.access_token.empty();
    if (any) return std::nullopt;
    return invalid_credential("A codex account needs 'refresh_token' or 'api_key'.", "refresh_token");
  }

  base::Task<Problem> prepare(uint32_t req, account::AccountPtr account) const override {
    if (chatgpt::is_fresh(*account, host::now_ms())) co_return std::nullopt;
    co_return co_await account::refresh(req, account, {chatgpt::is_fresh, chatgpt::refresh});
  }
  void forget_token(account::Account& account) const override { account.credential.access_token.clear(); }

  void head(const Call& call, std::string& out) const override {
    out.append("POST ")
        .append(base_of(call.account))
        .append(call.compact ? "/responses/compact" : "/responses");
    out.append("\ncontent-type: application/json\naccept: ");
    out.append(call.compact ? "application/json\n" : "text/event-stream\n");
    append_auth(call.account, out);
    std::string session = session_of(call.session);
    if (!has_key(call.account)) {
      out.append("session-id: ").append(session).append("\nthread-id: ").append(session);
      out.append("\nx-client-request-id: ").append(session).append("\n");
    }
    out += '\n';
  }

  Problem edit_body(const Call& call, std::string& out, size_t body_at) const override {
    if (has_key(call.account)) return std::nullopt;
    json::Document document;
    std::string body = out.substr(body_at);
    if (document.parse(body) != json::Error::none) return std::nullopt;
    json::Value root = document.root();
    out.resize(body_at);
    chatgpt::append_allowed(root, session_of(call.session), call.compact, out);
    return std::nullopt;
  }

  base::Task<Problem> discover(uint32_t req, account::Account& account,
                               std::vector<Model>& out) const override {
    std::string url = base_of(account) + "/models";
    if (!has_key(account)) url.append("?client_version=").append(descriptor()->value("client_version"));
    Answer answer;
    if (auto problem = co_await get(req, account, std::move(url), answer)) co_return problem;
    json::Document document;
    json::Value root = answer.json(document);
    for (auto [_, listed] : root["models"].items()) {
      if (!listed["visibility"].equals("list")) continue;
      const Model* known = find_model(*this, listed["slug"].str());
      out.push_back(known ? *known : unknown_model(listed["slug"].str()));
    }
    for (auto [_, listed] : root["data"].items()) out.push_back(unknown_model(listed["id"].str()));
    co_return std::nullopt;
  }

  base::Task<Problem> quota(uint32_t req, account::Account& account, std::vector<Quota>& out) const override {
    if (has_key(account)) co_return std::nullopt;
    std::string base = base_of(account);
    if (base.ends_with("/codex")) base.resize(base.size() - 6);
    Answer answer;
    if (auto problem = co_await get(req, account, base + "/wham/usage", answer)) {
      // A relay may pass on nothing but generations, whose heads have told the same.
      out = chatgpt::limits_of(account, host::now_ms());
      if (out.empty()) co_return problem;
      co_return std::nullopt;
    }
    json::Document document;
    json::Value limits = answer.json(document)["rate_limit"];
    add_window(limits["primary_window"], "primary window", out);
    add_window(limits["secondary_window"], "secondary window", out);
    co_return std::nullopt;
  }

  Verdict judge(uint32_t status, std::string_view headers, std::string_view body, const Model&,
                int64_t now_ms) const override {
    return chatgpt::judge(status, headers, body, now_ms);
  }
};

}  // namespace

const Provider& codex() {
  static const Codex instance;
  return instance;
}

}  // namespace provider
