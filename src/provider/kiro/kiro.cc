#include "provider/kiro/kiro.h"

#include "account/refresh.h"
#include "base/text.h"
#include "host/host.h"
#include "provider/kiro/credential_file.h"
#include "provider/kiro/environment.h"
#include "provider/kiro/identity.h"
#include "provider/kiro/judge.h"
#include "provider/kiro/login.h"
#include "provider/kiro/names.h"
#include "provider/kiro/profile.h"
#include "provider/kiro/refresh.h"
#include "provider/kiro/route.h"
#include "provider/kiro/search.h"
#include "provider/kiro/usage.h"

namespace provider {

namespace {

using namespace amazon;

constexpr std::string_view kAliases[] = {"claude-kiro-oauth", "kirodev", "kiro-oauth", "codewhisperer",
                                         "amazon-q"};

bool is_ready(const account::Account& account, int64_t now_ms) {
  return is_fresh(account, now_ms) && has_profile(account);
}

base::Task<std::optional<chat::Error>> renew(uint32_t req, account::Account& account) {
  if (!is_fresh(account, host::now_ms())) {
    if (auto problem = co_await refresh_token(req, account)) co_return problem;
  }
  if (!has_profile(account)) co_return co_await find_profile(req, account);
  co_return std::nullopt;
}

int64_t limit(std::string_view key) { return base::to_int(amazon::descriptor().value(key)).value_or(0); }

// Kiro's own name for it.
constexpr std::string_view kSearchTool = "web_search";

// A random id in the form the AWS SDKs give each call.
std::string invocation_id() {
  std::string digits = base::hex(host::random(16));
  for (size_t at : {8, 13, 18, 23}) digits.insert(at, 1, '-');
  return digits;
}

class Kiro final : public Provider {
 public:
  std::string_view id() const override { return "kiro"; }
  std::string_view title() const override { return "Kiro (AWS)"; }
  std::span<const std::string_view> aliases() const override { return kAliases; }
  std::string_view status() const override {
    return "Kiro has no public API: this is the private protocol of its own tools. Amazon limits and "
           "suspends accounts that are used through other software; an API key of a paid "
           "plan is the safest way in.";
  }
  const protocol::Protocol& wire(const account::Account&, const Model&) const override {
    return protocol::kCodewhisperer;
  }

  Descriptor* descriptor() const override { return &amazon::descriptor(); }
  std::span<const Model> models() const override { return amazon::descriptor().models(); }

  std::string spelled_right(std::string_view name) const override { return kiro_name(name); }

  protocol::Target target(const account::Account& account, const Model& model) const override {
    protocol::Target target = Provider::target(account, model);
    Route route = route_of(account.credential);
    target.multiple_choices = target.logprobs = target.penalties = target.sampling = false;
    target.prefill = target.custom_tools = target.media_urls = false;
    target.search_tool = kSearchTool;
    target.max_tools = limit("max_tools");
    target.profile = profile_for(account.credential, route);
    target.client = route.host == Route::Host::runtime ? "KIRO_CLI" : "AI_EDITOR";
    target.max_request = limit("max_request");
    target.max_image = limit("max_image");
    target.max_media = limit("max_images");
    return target;
  }

  std::span<const LoginMethod> login_methods() const override { return amazon::login_methods(); }
  base::Task<std::optional<chat::Error>> start_login(uint32_t req, Login& login) const override {
    if (is_device(login)) co_return co_await start_device(req, login);
    co_return co_await Provider::start_login(req, login);
  }
  base::Task<std::optional<chat::Error>> continue_login(uint32_t req, Login& login,
                                                        std::string input) const override {
    if (is_device(login)) co_return co_await poll_device(req, login);
    co_return co_await Provider::continue_login(req, login, std::move(input));
  }
  bool adopt(json::Value file, account::Credential& out) const override {
    return read_credential_file(file, out);
  }
  bool configured(account::Credential& out, std::string& problem) const override {
    return read_environment(out, problem);
  }
  std::optional<chat::Error> check(account::Credential& credential) const override {
    return check_credential(credential);
  }

  base::Task<std::optional<chat::Error>> discover(uint32_t req, account::Account& account,
                                                  std::vector<Model>& out) const override {
    co_return co_await list_models(req, account, out);
  }
  base::Task<std::optional<chat::Error>> quota(uint32_t req, account::Account& account,
                                               std::vector<Quota>& out) const override {
    co_return co_await usage(req, account, out);
  }
  base::Task<> search(uint32_t req, account::AccountPtr account, std::string query,
                      Found& out) const override {
    return search_web(req, std::move(account), std::move(query), out);
  }

  base::Task<std::optional<chat::Error>> prepare(uint32_t req, account::AccountPtr account) const override {
    if (is_ready(*account, host::now_ms())) co_return std::nullopt;
    co_return co_await account::refresh(req, account, {is_ready, renew});
  }
  std::string way(const account::Account& account, const Model& model) const override {
    return Provider::way(account, model) + name_of(route_of(account.credential));
  }
  void forget_token(account::Account& account) const override {
    if (kind_of(account.credential) != Kind::api_key) account.credential.access_token.clear();
  }
  bool next_route(account::Account& account, const Model&) const override {
    return amazon::next_route(account);
  }
  bool settle(account::Account& account) const override { return settle_route(account); }

  void head(const Call& call, std::string& out) const override {
    const account::Credential& credential = call.account.credential;
    std::string region = api_region(credential);
    bool runtime = route_of(credential).host == Route::Host::runtime;
    out.append("POST ").append(host_url(credential, runtime ? "runtime_url" : "q_url", region));
    if (runtime) {
      out.append("/\ncontent-type: application/x-amz-json-1.0\nx-amz-target: ");
      out.append(amazon::descriptor().value("service")).append("GenerateAssistantResponse\n");
    } else {
      out.append(
          "/generateAssistantResponse\ncontent-type: application/json\nx-amzn-kiro-agent-mode: vibe\n");
    }
    append_authorization(credential, out);
    out.append("accept: */*\nx-amzn-codewhisperer-optout: true\n");
    out.append("user-agent: ")
        .append(filled(runtime ? "user_agent_cli" : "user_agent_ide", region, credential));
    out.append("\nx-amz-user-agent: ")
        .append(filled(runtime ? "amz_user_agent_cli" : "amz_user_agent_ide", region, credential));
    out.append("\namz-sdk-invocation-id: ").append(invocation_id());
    out.append("\namz-sdk-request: attempt=1; max=3\n\n");
  }

  Verdict judge(uint32_t status, std::string_view headers, std::string_view body, const Model&,
                int64_t now_ms) const override {
    return amazon::judge(status, headers, body, now_ms);
  }
};

}  // namespace

const Provider& kiro() {
  static const Kiro instance;
  return instance;
}

}  // namespace provider
