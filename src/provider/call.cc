#include "provider/call.h"

#include "account/lease.h"
#include "base/text.h"
#include "host/host.h"

namespace provider {

namespace {
constexpr size_t kMaxBody = 4 << 20;
}

json::Value Answer::json(json::Document& document) const {
  return document.parse(body) == json::Error::none ? document.root() : json::Value{};
}

base::Task<Answer> call(uint32_t req, std::string message, uint32_t ms) {
  Answer answer;
  host::Completion head = co_await host::fetch(req, message, ms);
  answer.status = head.status == host::kNothingYet ? uint32_t(host::kNetwork) : head.status;
  if (answer.status == host::kNetwork) {
    answer.body = head.status == host::kNothingYet ? "no answer in time" : std::string(head.data);
    host::close(req);
    co_return answer;
  }
  answer.headers = head.data;
  while (answer.body.size() < kMaxBody) {
    host::Completion chunk = co_await host::read(req, ms);
    if (chunk.status == host::kEnd) break;
    if (chunk.status != host::kChunk) {  // half an answer is none, and may read as a refusal
      answer.status = host::kNetwork;
      answer.body = "the answer broke off";
      break;
    }
    answer.body += chunk.data;
  }
  host::close(req);
  co_return answer;
}

base::Task<Answer> call_once(uint32_t req, std::string message) {
  std::optional<std::string> sent = co_await account::send_leased(req, message);
  if (!sent) co_return co_await call(req, std::move(message));
  std::string_view rest = *sent;
  Answer answer;
  answer.status = uint32_t(base::to_int(base::take_until(rest, '\n')).value_or(host::kNetwork));
  size_t blank = rest.starts_with('\n') ? 0 : rest.find("\n\n") + 1;
  answer.headers = rest.substr(0, blank);
  answer.body = rest.substr(blank + 1);
  co_return answer;
}

}  // namespace provider
