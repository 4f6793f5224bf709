#include "provider/kiro/control.h"

#include "provider/kiro/identity.h"
#include "provider/kiro/route.h"

namespace provider::amazon {

namespace {

std::string message_to(const account::Credential& credential, std::string_view key, std::string_view service,
                       std::string_view region, std::string_view operation, std::string_view body) {
  std::string message = "POST " + host_url(credential, key, region);
  message.append("/\ncontent-type: application/x-amz-json-1.0\nx-amz-target: ");
  message.append(descriptor().value(service)).append(operation) += '\n';
  append_authorization(credential, message);
  message += "user-agent: " + filled("user_agent_cli", region, credential) + "\n";
  message += "x-amz-user-agent: " + filled("amz_user_agent_cli", region, credential) + "\n\n";
  return message.append(body);
}

// The host is gone, or does not know the operation.
bool is_nowhere(const Answer& answer) {
  return answer.status == 404 || answer.status == 405 || answer.status >= 500;
}

}  // namespace

base::Task<Answer> control(uint32_t req, const account::Account& account, std::string region,
                           std::string operation, std::string body) {
  const account::Credential& credential = account.credential;
  std::string first = message_to(credential, "management_url", "control_service", region, operation, body);
  std::string second = message_to(credential, "q_url", "old_control_service", region, operation, body);
  Answer answer = co_await call(req, std::move(first));
  if (is_nowhere(answer)) answer = co_await call(req, std::move(second));
  co_return answer;
}

}  // namespace provider::amazon
