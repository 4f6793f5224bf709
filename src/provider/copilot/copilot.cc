#include "provider/copilot/copilot.h"

#include <utility>

#include "account/refresh.h"
#include "base/text.h"
#include "host/host.h"
#include "http/head.h"
#include "json/document.h"
#include "json/edit.h"
#include "protocol/effort.h"
#include "provider/copilot/judge.h"
#include "provider/copilot/lists.h"
#include "provider/copilot/login.h"
#include "provider/copilot/names.h"
#include "provider/copilot/token.h"

namespace provider {

namespace {

using protocol::Origin;
using Kind = chat::Block::Kind;
using Problem = std::optional<chat::Error>;

constexpr std::string_view kAliases[] = {"copilot", "github-copilot-oauth"};
constexpr std::string_view kWirePrefix = "wire ";  // of an account's extra: a wire that was learnt

// A turn of the user's own is billed; what follows from it (tool results, with what is said beside them) is
// the agent's.
bool is_agents_turn(const chat::Request& request) {
  if (request.messages.empty() || request.asks) return false;
  const chat::Message& last = request.messages.back();
  if (last.role == chat::Role::assistant) return true;
  for (size_t i = last.first; i < last.first + last.count; i++) {
    if (request.blocks[i].kind == Kind::tool_result) return true;
  }
  return false;
}

// Copilot refuses images without a header that says so, and limits requests that have it.
bool has_image(const chat::Request& request) {
  for (const chat::Block& block : request.blocks) {
    bool image = block.source == chat::Source::url || block.media_type.starts_with("image/");
    if (block.kind == Kind::media && image) return true;
  }
  return false;
}

// The endpoints that `model` is on: of "chat", "responses" and "messages".
std::string_view wires_of(const Model& model) {
  if (!model.wire.empty()) return model.wire;
  if (model.id.find("codex") != model.id.npos) return "responses";
  if (model.id.starts_with("claude-")) return "chat,messages";
  return model.id.starts_with("gpt-5") ? "chat,responses" : "chat";
}

bool has_wire(const Model& model, std::string_view wire) {
  return wires_of(model).find(wire) != std::string_view::npos;
}

std::string_view wire_of(const account::Account& account, const Model& model, Origin asked) {
  std::string_view learnt = extra(account.credential, std::string(kWirePrefix) + model.id);
  if (!learnt.empty()) return learnt;
  std::string_view nearest = asked == Origin::openai_responses ? "responses"
                             : asked == Origin::anthropic      ? "messages"
                                                               : "chat";
  if (has_wire(model, nearest)) return nearest;
  return has_wire(model, "chat") ? "chat" : wires_of(model);
}

// Copilot refuses what Claude Code says as the system between two turns, and an answer that was begun.
bool messages_fit(json::Value messages) {
  bool begun = false;
  for (auto [_, message] : messages.items()) {
    if (message["role"].equals("system")) return false;
    begun = message["role"].equals("assistant");
  }
  return !begun;
}

// The level of `model`, as JSON, that is nearest to the `effort` asked for; empty: it is not told how to
// think.
std::string level_for(const Model& model, json::Value effort) {
  auto asked = protocol::effort_of(effort.inner());
  bool off = effort.equals("none") && model.levels.find("none") == model.levels.npos;
  if (!asked || off || model.thinking.empty()) return {};
  return "\"" + std::string(protocol::nearest_level(model.levels, *asked)) + "\"";
}

// The betas in the client's header lines that Copilot knows; it refuses others.
std::string known_betas(std::string_view lines) {
  std::string known;
  std::string_view betas = http::header(lines, "anthropic-beta");
  while (!betas.empty()) {
    std::string_view beta = base::trim(base::take_until(betas, ','));
    if (beta.empty() || !github::is_listed("betas", beta)) continue;
    known.append(known.empty() ? "" : ",").append(beta);
  }
  return known;
}

class Copilot final : public Provider {
 public:
  std::string_view id() const override { return "github-copilot"; }
  std::string_view title() const override { return "GitHub Copilot"; }
  std::span<const std::string_view> aliases() const override { return kAliases; }
  std::string_view status() const override {
    return "Works with a login that has Copilot. GitHub's terms want its own clients: it warns and suspends "
           "accounts for scripted use.";
  }
  const protocol::Protocol& wire(const account::Account& account, const Model& model) const override {
    return wire_for(account, model, Origin::none);
  }
  const protocol::Protocol& wire_for(const account::Account& account, const Model& model,
                                     Origin asked) const override {
    std::string_view wire = wire_of(account, model, asked);
    if (wire == "messages") return protocol::kAnthropic;
    return wire == "responses" ? protocol::kOpenaiResponses : protocol::kOpenaiChat;
  }
  // OpenAI's answers name one item by other ids in every event, and their bodies need mending: both go
  // through the model.
  bool splices(Origin wire, json::Value body) const override {
    return wire == Origin::anthropic && messages_fit(body["messages"]);
  }
  protocol::Target target(const account::Account& account, const Model& model) const override {
    protocol::Target target = Provider::target(account, model);
    target.sealed_thoughts = target.sealed_arguments = true;
    target.prefill = target.media_urls = false;
    return target;
  }

  Descriptor* descriptor() const override { return &github::descriptor(); }
  std::span<const Model> models() const override { return github::descriptor().models(); }
  std::string spelled_right(std::string_view name) const override { return github::spelled_right(name); }

  base::Task<Problem> discover(uint32_t req, account::Account& account,
                               std::vector<Model>& out) const override {
    return github::discover(req, account, out);
  }
  base::Task<Problem> quota(uint32_t req, account::Account& account, std::vector<Quota>& out) const override {
    return github::quota(req, account, out);
  }

  std::span<const LoginMethod> login_methods() const override { return github::login_methods(); }
  base::Task<Problem> start_login(uint32_t req, Login& login) const override {
    return github::start_login(req, login);
  }
  base::Task<Problem> continue_login(uint32_t req, Login& login, std::string input) const override {
    return github::continue_login(req, login, std::move(input));
  }
  bool adopt(json::Value file, account::Credential& out) const override { return github::adopt(file, out); }
  bool configured(account::Credential& out, std::string&) const override { return github::configured(out); }
  Problem check(account::Credential& credential) const override {
    if (!credential.refresh_token.empty()) return std::nullopt;
    return invalid_credential("A github-copilot account needs 'github_token', a GitHub token.",
                              "github_token");
  }

  base::Task<Problem> prepare(uint32_t req, account::AccountPtr account) const override {
    if (github::is_fresh(*account, host::now_ms())) co_return std::nullopt;
    co_return co_await account::refresh(req, account, {github::is_fresh, github::exchange});
  }
  std::string way(const account::Account& account, const Model& model) const override {
    return Provider::way(account, model)
        .append(extra(account.credential, std::string(kWirePrefix) + model.id));
  }
  void forget_token(account::Account& account) const override { account.credential.access_token.clear(); }

  // The model is not on that endpoint: another one, from now on.
  bool next_route(account::Account& account, const Model& model) const override {
    std::string key = std::string(kWirePrefix) + model.id;
    bool messages = has_wire(model, "messages"), learnt = account.credential.extra.contains(key);
    bool was_chat = wire_of(account, model, Origin::none) == "chat";
    if (learnt && !(messages && was_chat)) return false;
    // Of two, which was refused is not said: chat is tried first.
    account.credential.extra[key] = messages   ? (learnt ? "messages" : "chat")
                                    : was_chat ? "responses"
                                               : "chat";
    account.learnt = true;
    return true;
  }
  bool settle(account::Account& account) const override { return std::exchange(account.learnt, false); }

  void head(const Call& call, std::string& out) const override {
    out.append("POST ").append(github::api_base(call.account));
    out.append(call.wire == Origin::anthropic          ? "/v1/messages"
               : call.wire == Origin::openai_responses ? "/responses"
                                                       : "/chat/completions");
    out.append("\ncontent-type: application/json\nauthorization: Bearer ");
    out.append(call.account.credential.access_token).append("\n");
    github::append_client(out);
    out.append("openai-intent: ").append(github::descriptor().value("intent"));
    out.append("\nx-github-api-version: ").append(github::descriptor().value("api_version"));
    out.append("\nx-request-id: ").append(base::hex(host::random(16)));
    out.append("\nx-initiator: ").append(is_agents_turn(call.request) ? "agent" : "user").append("\n");
    if (has_image(call.request)) out.append("copilot-vision-request: true\n");
    if (std::string betas = known_betas(call.forwarded); !betas.empty()) {
      out.append("anthropic-beta: ").append(betas).append("\n");
    }
    out.append("\n");
  }

  Problem edit_body(const Call& call, std::string& out, size_t body_at) const override {
    json::Document document;
    std::string body = out.substr(body_at), edited;
    if (document.parse(body) != json::Error::none) return std::nullopt;
    if (call.wire == Origin::anthropic) {
      // What a beta allows goes where the beta goes.
      json::Value thinking = document.root()["thinking"];
      std::string shown;
      bool updates = thinking["display"].equals("updates") &&
                     known_betas(call.forwarded).find("thinking-display-updates") == std::string::npos;
      if (updates) json::edit(thinking, {{"display", ""}}, shown);
      json::edit(document.root(),
                 {{"betas", ""},
                  {"service_tier", ""},
                  {"thinking", updates ? std::string_view(shown) : thinking.raw()}},
                 edited);
    } else if (call.wire == Origin::openai_responses) {
      json::edit(document.root(), {{"service_tier", ""}, {"store", "false"}}, edited);
    } else {
      std::string level = level_for(call.model, document.root()["reasoning_effort"]);
      json::edit(document.root(), {{"service_tier", ""}, {"reasoning_effort", level}}, edited);
    }
    out.resize(body_at);
    out += edited;
    return std::nullopt;
  }

  Verdict judge(uint32_t status, std::string_view headers, std::string_view body, const Model&,
                int64_t now_ms) const override {
    return github::judge(status, headers, body, now_ms);
  }
};

}  // namespace

const Provider& copilot() {
  static const Copilot instance;
  return instance;
}

}  // namespace provider
