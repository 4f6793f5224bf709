#include "provider/call.h"

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
    if (chunk.status != host::kChunk) break;
    answer.body += chunk.data;
  }
  host::close(req);
  co_return answer;
}

}  // namespace provider
