#include "provider/anthropic/anthropic.h"

#include "account/pool.h"
#include "base/text.h"
#include "host/host.h"
#include "json/document.h"
#include "provider/anthropic/judge.h"
#include "provider/anthropic/models.h"
#include "provider/call.h"

namespace provider {

namespace {

constexpr std::string_view kBaseUrl = "https://api.anthropic.com";
constexpr std::string_view kVersion = "2023-06-01";
constexpr std::string_view kVersionHeader = "anthropic-version";
constexpr std::string_view kAliases[] = {"claude", "anthropic-api", "claude-custom", "anthropic-compatible"};

// People write the base URL with its version and without.
std::string_view base_url(const account::Account& account) {
  std::string_view url = account.credential.base_url;
  if (url.empty()) return kBaseUrl;
  if (url.ends_with("/v1")) url.remove_suffix(3);
  return url;
}

// Endpoints of others want the key as a bearer token, some of them that only.
void append_auth(const account::Account& account, std::string& out) {
  const std::string& key = account.credential.api_key;
  out.append("x-api-key: ").append(key).append("\n");
  if (base_url(account) != kBaseUrl) out.append("authorization: Bearer ").append(key).append("\n");
}

class Anthropic final : public Provider {
 public:
  std::string_view id() const override { return "anthropic"; }
  std::string_view title() const override { return "Anthropic API"; }
  std::span<const std::string_view> aliases() const override { return kAliases; }
  std::string_view status() const override {
    return "Works with a key of the Claude Console, or with any key and base URL that speaks Anthropic "
           "Messages; the terms are those of that service.";
  }
  const protocol::Protocol& wire(const account::Account&, const Model&) const override {
    return protocol::kAnthropic;
  }

  std::span<const Model> models() const override {
    static const std::vector<Model> kModels = anthropic_models::built_in();
    return kModels;
  }
  bool claims(std::string_view name) const override { return name.starts_with("claude-"); }
  // Who has an endpoint of his own knows its models.
  bool serves_unknown_models() const override {
    for (const account::AccountPtr& account : account::pool().all()) {
      if (account->credential.provider == id() && base_url(*account) != kBaseUrl) return true;
    }
    return false;
  }

  protocol::Target target(const Model& model) const override {
    const std::string& name = model.upstream.empty() ? model.id : model.upstream;
    const anthropic_models::Traits& traits = anthropic_models::traits_of(name);
    Model described = anthropic_models::describe(name);
    if (model.max_output) described.max_output = model.max_output;
    protocol::Target target = Provider::target(described);
    // What the target points to must outlive it.
    target.thinking = traits.thinking;
    target.thinking_levels = traits.levels;
    target.sampling = traits.sampling;
    target.prefill = traits.prefill;
    target.web_search = name.starts_with("claude-");
    return target;
  }

  void head(const Call& call, std::string& out) const override {
    out.append("POST ")
        .append(base_url(call.account))
        .append("/v1/messages\ncontent-type: application/json\n");
    out.append(call.forwarded);
    if (call.forwarded.find(kVersionHeader) == call.forwarded.npos) {
      out.append(kVersionHeader).append(": ").append(kVersion).append("\n");
    }
    append_auth(call.account, out);
    out += '\n';
  }

  base::Task<std::optional<chat::Error>> discover(uint32_t req, account::Account& account,
                                                  std::vector<Model>& out) const override {
    std::string after;
    do {
      std::string message = "GET " + std::string(base_url(account)) + "/v1/models?limit=1000";
      if (!after.empty()) message += "&after_id=" + base::url_encode(after);
      message.append("\n").append(kVersionHeader).append(": ").append(kVersion).append("\n");
      append_auth(account, message);
      message += '\n';
      Answer answer = co_await call(req, std::move(message));
      if (!answer.ok()) {
        co_return anthropic_errors::judge(answer.status, answer.headers, answer.body, host::now_ms()).error;
      }
      after = read_page(answer.body, out);
    } while (!after.empty() && out.size() < kMaxModels);
    co_return std::nullopt;
  }

  Verdict judge(uint32_t status, std::string_view headers, std::string_view body, const Model&,
                int64_t now_ms) const override {
    return anthropic_errors::judge(status, headers, body, now_ms);
  }

 private:
  static constexpr size_t kMaxModels = 5000;

  // Adds a page's models; returns where the next page begins.
  static std::string read_page(std::string_view body, std::vector<Model>& out) {
    json::Document document;
    if (document.parse(body) != json::Error::none) return {};
    json::Value page = document.root();
    for (auto [_, listed] : page["data"].items()) {
      Model model = anthropic_models::describe(listed["id"].str());
      if (int64_t most = listed["max_tokens"].to_int()) model.max_output = most;
      if (int64_t most = listed["max_input_tokens"].to_int()) model.max_input = most;
      if (!model.id.empty()) out.push_back(std::move(model));
    }
    return page["has_more"].is_true() ? page["last_id"].str() : std::string();
  }
};

}  // namespace

const Provider& anthropic() {
  static const Anthropic instance;
  return instance;
}

}  // namespace provider
