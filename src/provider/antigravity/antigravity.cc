#include "provider/antigravity/antigravity.h"

#include "account/refresh.h"
#include "host/host.h"
#include "provider/antigravity/catalog.h"
#include "provider/antigravity/credential_file.h"
#include "provider/antigravity/envelope.h"
#include "provider/antigravity/hosts.h"
#include "provider/antigravity/judge.h"
#include "provider/google/credits.h"
#include "provider/google/login.h"

namespace provider {

namespace {

constexpr std::string_view kAliases[] = {"gemini-antigravity", "google-antigravity"};
constexpr std::string_view kPrefix = "antigravity-";  // of opencode's names for the models

base::Task<std::optional<chat::Error>> renew(uint32_t req, account::Account& account) {
  return google::renew(req, account, gravity::descriptor(), gravity::door(account));
}

class Antigravity final : public Provider {
 public:
  std::string_view id() const override { return "antigravity"; }
  std::string_view title() const override { return "Google Antigravity"; }
  std::span<const std::string_view> aliases() const override { return kAliases; }
  std::string_view status() const override {
    return "The private protocol of Google's Antigravity. Its terms forbid third-party software on this "
           "login, "
           "and accounts have been suspended for it; old client versions are refused.";
  }
  const protocol::Protocol& wire(const account::Account&, const Model&) const override {
    return protocol::kGemini;
  }
  // Its rules differ from the public API's, and it is always asked for a stream.
  bool splices(protocol::Origin, json::Value) const override { return false; }

  Descriptor* descriptor() const override { return &gravity::descriptor(); }
  std::span<const Model> models() const override { return gravity::descriptor().models(); }
  std::string spelled_right(std::string_view name) const override {
    return std::string(name.starts_with(kPrefix) ? name.substr(kPrefix.size()) : std::string_view());
  }

  protocol::Target target(const account::Account& account, const Model& model) const override {
    protocol::Target target = Provider::target(account, model);
    target.multiple_choices = target.logprobs = target.penalties = false;
    target.native_schema = target.empty_fails = true;
    target.claude = model.id.starts_with("claude-");
    target.bare = gravity::draws(model);
    target.web_search = !target.claude && !target.bare;
    target.rejection = gravity::descriptor().value("rejection");
    return target;
  }

  std::span<const LoginMethod> login_methods() const override { return google::login_methods(); }
  base::Task<std::optional<chat::Error>> start_login(uint32_t, Login& login) const override {
    co_return google::start_login(login, gravity::descriptor());
  }
  base::Task<std::optional<chat::Error>> continue_login(uint32_t req, Login& login,
                                                        std::string input) const override {
    co_return co_await google::continue_login(req, login, std::move(input), gravity::descriptor());
  }
  bool adopt(json::Value file, account::Credential& out) const override {
    bool named = file["provider"].is_string() && find(file["provider"].str()) == this;
    return gravity::read_credential_file(file, named, out);
  }
  std::optional<chat::Error> check(account::Credential& credential) const override {
    gravity::unpack(credential);
    if (!credential.refresh_token.empty() || !credential.access_token.empty()) return std::nullopt;
    return invalid_credential("An antigravity account needs 'refresh_token' (or at least 'access_token').",
                              "refresh_token");
  }

  base::Task<std::optional<chat::Error>> discover(uint32_t req, account::Account& account,
                                                  std::vector<Model>& out) const override {
    co_return co_await gravity::list_models(req, account, out);
  }
  base::Task<std::optional<chat::Error>> quota(uint32_t req, account::Account& account,
                                               std::vector<Quota>& out) const override {
    co_return co_await gravity::quota(req, account, out);
  }

  base::Task<std::optional<chat::Error>> prepare(uint32_t req, account::AccountPtr account) const override {
    if (google::is_ready(*account, host::now_ms())) co_return std::nullopt;
    co_return co_await account::refresh(req, account, {google::is_ready, renew});
  }
  std::string way(const account::Account& account, const Model& model) const override {
    std::string way = Provider::way(account, model) + gravity::host_of(account, model);
    return way += google::pays(account, model) ? " paid" : "";
  }
  void forget_token(account::Account& account) const override { account.credential.access_token.clear(); }
  void forget_project(account::Account& account) const override { google::forget_project(account); }
  bool next_route(account::Account& account, const Model& model) const override {
    return gravity::next_host(account, model);
  }
  bool pay(const account::Account& account, const Model& model, int64_t until_ms) const override {
    return google::pay(account, model, until_ms);
  }
  bool settle(account::Account& account) const override {
    gravity::settle_hosts(account);
    return false;
  }

  void head(const Call& call, std::string& out) const override {
    out.append("POST ").append(gravity::host_of(call.account, call.model));
    out.append(":streamGenerateContent?alt=sse\ncontent-type: application/json\nauthorization: Bearer ");
    out.append(call.account.credential.access_token);
    out.append("\nuser-agent: ").append(gravity::descriptor().value("user_agent")).append("\n\n");
  }
  void open_envelope(const Call& call, std::string& out) const override { gravity::open_envelope(call, out); }
  void close_envelope(const Call&, std::string& out) const override { out += '}'; }
  std::optional<chat::Error> edit_body(const Call& call, std::string& out, size_t body_at) const override {
    gravity::add_session(call, out, body_at);
    return std::nullopt;
  }
  std::string_view answer_envelope() const override { return "response"; }

  Verdict judge(uint32_t status, std::string_view headers, std::string_view body, const Model&,
                int64_t now_ms) const override {
    return gravity::judge(status, headers, body, now_ms);
  }
};

}  // namespace

const Provider& antigravity() {
  static const Antigravity instance;
  return instance;
}

}  // namespace provider
