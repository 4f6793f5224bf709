#include "provider/gemini_cli/project.h"

#include "provider/gemini_cli/built_in.h"

namespace provider::code_assist {

namespace {
// The CLI's default stands in its calls about no model.
constexpr std::string_view kSetupModel = "gemini-2.5-pro";
}  // namespace

Descriptor& descriptor() {
  static Descriptor instance(kGeminiCliBuiltIn);
  return instance;
}

std::string base_url(const account::Account& account) {
  const std::string& own = account.credential.base_url;
  return std::string(own.empty() ? descriptor().value("base_url") : std::string_view(own)) + "/v1internal";
}

std::string user_agent(std::string_view model) {
  std::string agent(descriptor().value("user_agent"));
  return agent.append(model).append(descriptor().value("user_agent_platform"));
}

google::Door door(const account::Account& account) {
  google::Door to;
  to.service = "Gemini Code Assist";
  to.load_url = to.onboard_url = base_url(account);
  to.user_agent = user_agent(kSetupModel);
  to.ide_type = "IDE_UNSPECIFIED";
  to.default_tier = "legacy-tier";
  return to;
}

}  // namespace provider::code_assist
