#include "provider/anthropic/anthropic.h"

#include "account/pool.h"
#include "base/text.h"
#include "host/host.h"
#include "json/document.h"
#include "provider/anthropic/built_in.h"
#include "provider/anthropic/judge.h"
#include "provider/call.h"

namespace provider {

namespace {

constexpr std::string_view kVersionHeader = "anthropic-version";
constexpr std::string_view kFamily = "claude-";
constexpr std::string_view kAliases[] = {"claude", "anthropic-api", "claude-custom", "anthropic-compatible"};

Descriptor& own_descriptor() {
  static Descriptor instance(kAnthropicBuiltIn);
  return instance;
}

// People write the base URL with its version and without.
std::string_view base_url(const account::Account& account) {
  std::string_view url = account.credential.base_url;
  if (url.empty()) url = own_descriptor().value("base_url");
  if (url.ends_with("/v1")) url.remove_suffix(3);
  return url;
}

bool has_own_endpoint(const account::Account& account) {
  return base_url(account) != own_descriptor().value("base_url");
}

void append_version(std::string& out) {
  out.append(kVersionHeader).append(": ").append(own_descriptor().value("version")).append("\n");
}

// What a name that is in no table stands for: the model whose name it goes on from
// ("claude-opus-5-5-20260922"), the newest kind for another Claude, the oldest for a model of somebody else.
Model model_like(std::string_view name) {
  const Model* best = nullptr;
  for (const Model& model : own_descriptor().models()) {
    if (name.starts_with(model.id) && (!best || model.id.size() > best->id.size())) best = &model;
  }
  Model model;
  if (best) {
    model = *best;
  } else if (name.starts_with(kFamily)) {
    model.thinking = "adaptive";
    model.thinking_can_be_off = model.sampling = model.prefill = false;
  } else {
    model.thinking = "budget";
  }
  model.id = name;
  model.aliases.clear();
  return model;
}

// Endpoints of others want the key as a bearer token, some of them that only.
void append_auth(const account::Account& account, std::string& out) {
  const std::string& key = account.credential.api_key;
  out.append("x-api-key: ").append(key).append("\n");
  if (has_own_endpoint(account)) out.append("authorization: Bearer ").append(key).append("\n");
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

  Descriptor* descriptor() const override { return &own_descriptor(); }
  std::span<const Model> models() const override { return own_descriptor().models(); }
  bool claims(std::string_view name) const override { return name.starts_with(kFamily); }
  // Who has an endpoint of his own knows its models.
  bool serves_unknown_models() const override {
    for (const account::AccountPtr& account : account::pool().all()) {
      if (account->credential.provider == id() && has_own_endpoint(*account)) return true;
    }
    return false;
  }

  protocol::Target target(const account::Account& account, const Model& model) const override {
    protocol::Target target = Provider::target(account, model);
    if (model.thinking.empty()) fill(model_like(model.id), target);
    target.web_search = model.id.starts_with(kFamily);
    return target;
  }

  void head(const Call& call, std::string& out) const override {
    out.append("POST ")
        .append(base_url(call.account))
        .append("/v1/messages\ncontent-type: application/json\n");
    out.append(call.forwarded);
    if (call.forwarded.find(kVersionHeader) == call.forwarded.npos) { append_version(out); }
    append_auth(call.account, out);
    out += '\n';
  }

  base::Task<std::optional<chat::Error>> discover(uint32_t req, account::Account& account,
                                                  std::vector<Model>& out) const override {
    std::string after;
    do {
      std::string message = "GET " + std::string(base_url(account)) + "/v1/models?limit=1000";
      if (!after.empty()) message += "&after_id=" + base::url_encode(after);
      message += '\n';
      append_version(message);
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

  static void fill(const Model& like, protocol::Target& target) {
    // What a target points to must outlive it.
    target.thinking = like.thinking == "budget"          ? "budget"
                      : like.thinking == "between_tools" ? "between_tools"
                                                         : "adaptive";
    target.thinking_can_be_off = like.thinking_can_be_off;
    target.sampling = like.sampling;
    target.prefill = like.prefill;
    target.max_input = like.max_input;
    target.max_output = like.max_output;
  }

  // Adds a page's models; returns where the next page begins.
  static std::string read_page(std::string_view body, std::vector<Model>& out) {
    json::Document document;
    if (document.parse(body) != json::Error::none) return {};
    json::Value page = document.root();
    for (auto [_, listed] : page["data"].items()) {
      Model model = model_like(listed["id"].str());
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
