#include "provider/gemini_cli/gemini_cli.h"

#include "account/refresh.h"
#include "base/text.h"
#include "host/host.h"
#include "json/escape.h"
#include "provider/antigravity/hosts.h"
#include "provider/gemini_cli/project.h"
#include "provider/google/credential_file.h"
#include "provider/google/credits.h"
#include "provider/google/errors.h"
#include "provider/google/login.h"

namespace provider {

namespace {

constexpr std::string_view kAliases[] = {"gemini-cli-oauth", "google-gemini-cli", "code-assist"};
base::Task<std::optional<chat::Error>> renew(uint32_t req, account::Account& account) {
  return google::renew(req, account, code_assist::descriptor(), code_assist::door(account));
}

class GeminiCli final : public Provider {
 public:
  std::string_view id() const override { return "gemini-cli"; }
  std::string_view title() const override { return "Gemini CLI (Code Assist)"; }
  std::span<const std::string_view> aliases() const override { return kAliases; }
  std::string_view status() const override {
    return "Since 2026-06-18 Google serves this only to Code Assist Standard and Enterprise licences; its "
           "terms forbid "
           "third-party software on this login, and accounts have been suspended for it.";
  }
  const protocol::Protocol& wire(const account::Account&, const Model&) const override {
    return protocol::kGemini;
  }

  Descriptor* descriptor() const override { return &code_assist::descriptor(); }
  std::span<const Model> models() const override { return code_assist::descriptor().models(); }
  bool discover_asks() const override { return false; }

  protocol::Target target(const account::Account& account, const Model& model) const override {
    protocol::Target target = Provider::target(account, model);
    target.multiple_choices = false;
    target.logprobs = false;
    target.web_search = target.empty_fails = true;
    return target;
  }

  std::span<const LoginMethod> login_methods() const override { return google::login_methods(); }
  base::Task<std::optional<chat::Error>> start_login(uint32_t, Login& login) const override {
    co_return google::start_login(login, code_assist::descriptor());
  }
  base::Task<std::optional<chat::Error>> continue_login(uint32_t req, Login& login,
                                                        std::string input) const override {
    co_return co_await google::continue_login(req, login, std::move(input), code_assist::descriptor());
  }
  bool adopt(json::Value file, account::Credential& out) const override {
    // A login that Antigravity's client obtained is Antigravity's.
    if (file["client_id"].equals(gravity::descriptor().value("client_id"))) return false;
    return google::read_credential_file(file, out);
  }
  std::optional<chat::Error> check(account::Credential& credential) const override {
    if (!credential.refresh_token.empty() || !credential.access_token.empty()) return std::nullopt;
    return invalid_credential("A gemini-cli account needs 'refresh_token' (or at least 'access_token').",
                              "refresh_token");
  }

  base::Task<std::optional<chat::Error>> prepare(uint32_t req, account::AccountPtr account) const override {
    if (google::is_ready(*account, host::now_ms())) co_return std::nullopt;
    co_return co_await account::refresh(req, account, {google::is_ready, renew});
  }
  std::string way(const account::Account& account, const Model& model) const override {
    return Provider::way(account, model) + (google::pays(account, model) ? "paid" : "");
  }
  void forget_token(account::Account& account) const override { account.credential.access_token.clear(); }
  void forget_project(account::Account& account) const override { google::forget_project(account); }

  bool pay(const account::Account& account, const Model& model, int64_t until_ms) const override {
    return google::pay(account, model, until_ms);
  }

  base::Task<std::optional<chat::Error>> quota(uint32_t req, account::Account& account,
                                               std::vector<Quota>& out) const override {
    return code_assist::quota(req, account, out);
  }

  void head(const Call& call, std::string& out) const override {
    out.append("POST ").append(code_assist::base_url(call.account));
    out.append(call.stream ? ":streamGenerateContent?alt=sse" : ":generateContent");
    out.append("\ncontent-type: application/json\nauthorization: Bearer ")
        .append(call.account.credential.access_token);
    out.append("\nuser-agent: ").append(code_assist::user_agent(upstream_of(call.model))).append("\n\n");
  }

  void open_envelope(const Call& call, std::string& out) const override {
    out.append("{\"model\":\"").append(json::escaped(upstream_of(call.model)));
    out.append("\",\"project\":\"").append(json::escaped(call.account.credential.project));
    out.append("\",\"user_prompt_id\":\"").append(call.session) += '"';
    google::append_credits(call.account, call.model, "enabled_credit_types", out);
    out.append(",\"request\":");
  }
  void close_envelope(const Call&, std::string& out) const override { out += '}'; }
  std::string_view answer_envelope() const override { return "response"; }

  Verdict judge(uint32_t status, std::string_view headers, std::string_view body, const Model&,
                int64_t now_ms) const override {
    return google::judge(status, headers, body, now_ms, false);
  }

 private:
  static const std::string& upstream_of(const Model& model) {
    return model.upstream.empty() ? model.id : model.upstream;
  }
};

}  // namespace

const Provider& gemini_cli() {
  static const GeminiCli instance;
  return instance;
}

}  // namespace provider
