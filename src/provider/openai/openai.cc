#include "provider/openai/openai.h"

#include "base/text.h"
#include "host/host.h"
#include "http/head.h"
#include "json/document.h"
#include "provider/call.h"

namespace provider {

namespace {

using Action = Verdict::Action;
using Scope = Verdict::Scope;

constexpr std::string_view kBaseUrl = "https://api.openai.com/v1";
constexpr std::string_view kAliases[] = {"openai-custom", "openai-compatible"};
constexpr int64_t kMinute = 60'000;

std::string_view base_url(const account::Account& account) {
  return account.credential.base_url.empty() ? kBaseUrl : std::string_view(account.credential.base_url);
}

// What an error body says, in whichever of the common shapes; an HTML page says nothing.
struct Said {
  std::string message, code, type;
};
Said read_error(std::string_view body) {
  Said said;
  json::Document document;
  if (document.parse(body) != json::Error::none) return said;
  json::Value error = document.root()["error"];
  if (error.is_string()) said.message = error.str();
  if (said.message.empty()) said.message = error["message"].str();
  if (said.message.empty()) said.message = document.root()["message"].str();
  said.code = error["code"].str();
  said.type = error["type"].str();
  return said;
}

Verdict verdict(Action action, chat::Fault fault, const Said& said, uint32_t status) {
  Verdict to;
  to.action = action;
  to.error.fault = fault;
  to.error.message = said.message.empty() ? "The upstream answered with HTTP " + base::to_text(status) +
                                                " and no usable reason."
                                          : said.message;
  to.error.code = said.code;
  return to;
}

class OpenAi final : public Provider {
 public:
  std::string_view id() const override { return "openai"; }
  std::string_view title() const override { return "OpenAI-compatible"; }
  std::span<const std::string_view> aliases() const override { return kAliases; }
  std::string_view status() const override {
    return "Works with any key and base URL that speaks OpenAI chat completions; the terms are those of that "
           "service.";
  }
  const protocol::Protocol& wire(const account::Account&, const Model&) const override {
    return protocol::kOpenaiChat;
  }
  std::span<const Model> models() const override { return {}; }
  bool serves_unknown_models() const override { return true; }

  void head(const Call& call, std::string& out) const override {
    out.append("POST ")
        .append(base_url(call.account))
        .append("/chat/completions\ncontent-type: application/json\n");
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

  Verdict judge(uint32_t status, std::string_view headers, std::string_view body, const Model&,
                int64_t now_ms) const override {
    Said said = read_error(body);
    if (status == 401 || status == 403) {
      Verdict to = verdict(Action::needs_login, chat::Fault::no_account, said, status);
      to.error.message =
          "The upstream refuses the key of one of this gateway's accounts, not yours: " + to.error.message;
      return to;
    }
    if (status == 429) return exhausted(said, headers, now_ms);
    if (status >= 400 && status < 500 && status != 408) {
      Verdict to = verdict(Action::fatal, chat::Fault::upstream_refused, said, status);
      to.error.status = int(status);
      return to;
    }
    if (status == host::kNetwork) said.message = "The upstream could not be reached.";
    Verdict to = verdict(Action::next_account, chat::Fault::upstream, said, status);
    to.scope = Scope::account;
    to.until_ms = now_ms + 2000;
    to.transient = true;
    to.error.retry = true;
    return to;
  }

 private:
  static Verdict exhausted(const Said& said, std::string_view headers, int64_t now_ms) {
    bool spent = said.code == "insufficient_quota" || said.type == "insufficient_quota";
    auto seconds = base::to_int(http::header(headers, "retry-after"));
    int64_t wait = seconds ? *seconds * 1000 : spent ? 60 * kMinute : kMinute / 3;
    Verdict to = verdict(Action::next_account,
                         spent ? chat::Fault::quota_exhausted : chat::Fault::rate_limited, said, 429);
    to.scope = spent ? Scope::account : Scope::model;
    to.until_ms = now_ms + wait;
    to.error.retry_after = wait / 1000;
    to.error.retry = !spent && wait <= kMinute;
    return to;
  }
};

}  // namespace

const Provider& openai() {
  static const OpenAi instance;
  return instance;
}

}  // namespace provider
