#include "provider/gemini/gemini.h"

#include "base/text.h"
#include "host/host.h"
#include "json/document.h"
#include "provider/call.h"
#include "provider/gemini/built_in.h"
#include "provider/google/errors.h"

namespace provider {

namespace {

constexpr std::string_view kAliases[] = {"gemini-api", "google", "gemini-api-key"};

Descriptor& own_descriptor() {
  static Descriptor instance(kGeminiBuiltIn);
  return instance;
}

class Gemini final : public Provider {
 public:
  std::string_view id() const override { return "gemini"; }
  std::string_view title() const override { return "Gemini API"; }
  std::span<const std::string_view> aliases() const override { return kAliases; }
  std::string_view status() const override {
    return "Open to everyone with an AI Studio key; Google's Gemini API terms allow gateways like this one.";
  }
  const protocol::Protocol& wire(const account::Account&, const Model&) const override {
    return protocol::kGemini;
  }

  Descriptor* descriptor() const override { return &own_descriptor(); }
  std::span<const Model> models() const override { return own_descriptor().models(); }

  protocol::Target target(const account::Account& account, const Model& model) const override {
    protocol::Target target = Provider::target(account, model);
    target.web_search = true;
    return target;
  }

  void head(const Call& call, std::string& out) const override {
    const std::string& upstream = call.model.upstream.empty() ? call.model.id : call.model.upstream;
    out.append("POST ").append(base_url(call.account)).append("/models/").append(base::url_encode(upstream));
    out.append(call.stream ? ":streamGenerateContent?alt=sse" : ":generateContent");
    out.append("\ncontent-type: application/json\nx-goog-api-key: ")
        .append(call.account.credential.api_key)
        .append("\n\n");
  }

  base::Task<std::optional<chat::Error>> discover(uint32_t req, account::Account& account,
                                                  std::vector<Model>& out) const override {
    std::string page;
    do {
      std::string message = "GET " + std::string(base_url(account)) + "/models?pageSize=1000";
      if (!page.empty()) message += "&pageToken=" + base::url_encode(page);
      message += "\nx-goog-api-key: " + account.credential.api_key + "\n\n";
      Answer answer = co_await call(req, std::move(message));
      if (!answer.ok()) {
        co_return google::judge(answer.status, answer.headers, answer.body, host::now_ms(), true).error;
      }
      page = read_page(answer.body, out);
    } while (!page.empty());
    co_return std::nullopt;
  }

  Verdict judge(uint32_t status, std::string_view headers, std::string_view body, const Model&,
                int64_t now_ms) const override {
    return google::judge(status, headers, body, now_ms, true);
  }

 private:
  static std::string_view base_url(const account::Account& account) {
    const std::string& own = account.credential.base_url;
    return own.empty() ? own_descriptor().value("base_url") : std::string_view(own);
  }

  static bool generates(json::Value model) {
    for (auto [_, method] : model["supportedGenerationMethods"].items()) {
      if (method.equals("generateContent")) return true;
    }
    return false;
  }

  // Adds a page's models; returns the token of the next page.
  std::string read_page(std::string_view body, std::vector<Model>& out) const {
    json::Document document;
    if (document.parse(body) != json::Error::none) return {};
    for (auto [_, listed] : document.root()["models"].items()) {
      std::string name = listed["name"].str();
      if (!generates(listed)) continue;
      const Model* known = find_model(*this, name);
      Model model = known ? *known : unknown_model(name);
      model.id = unknown_model(name).id;
      out.push_back(std::move(model));
    }
    return document.root()["nextPageToken"].str();
  }
};

}  // namespace

const Provider& gemini() {
  static const Gemini instance;
  return instance;
}

}  // namespace provider
