#include "gateway/conversation.h"

#include <deque>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/apart.h"
#include "base/hash.h"
#include "base/sha256.h"
#include "base/text.h"

namespace gateway {

namespace {

// Session ids as the clients we know send them, the narrowest first: one session may hold several threads.
constexpr std::string_view kHeaders[] = {"thread-id",    "x-claude-code-session-id",
                                         "session-id",   "session_id",
                                         "x-session-id", "x-session-affinity"};
constexpr std::string_view kAgent = "x-claude-code-agent-id";
constexpr std::string_view kMembers[] = {"prompt_cache_key", "conversation", "conversation_id"};
// These name a person or a device, which may hold many conversations: they only tell equal beginnings apart.
constexpr std::string_view kPeople[] = {"user", "safety_identifier"};
constexpr size_t kPrefix = 1024;  // bytes of each opening text that count
constexpr size_t kMaxAnswers = 4096;

struct Answers {
  std::unordered_map<std::string, uint64_t> sessions;
  std::deque<std::string> order;  // oldest first
};
Answers& answers() {
  static Answers instance;
  return instance;
}

// Claude Code's user id holds the session: as a member of a JSON text, or of old behind a last "_session_".
BASE_APART std::string session_of_user(std::string_view user_id) {
  json::Document document;
  if (document.parse(user_id) == json::Error::none) return document.root()["session_id"].str();
  constexpr std::string_view kMark = "_session_";
  size_t mark = user_id.rfind(kMark);
  return mark == user_id.npos ? std::string() : std::string(user_id.substr(mark + kMark.size()));
}

std::optional<uint64_t> named_in_headers(const http::Request& http) {
  for (std::string_view name : kHeaders) {
    std::string_view id = http.header(name);
    if (!id.empty()) return base::hash_on(base::hash_on(base::kHashStart, id), http.header(kAgent));
  }
  return std::nullopt;
}

std::optional<uint64_t> named_in_body(json::Value body) {
  for (std::string_view name : kMembers) {
    if (json::Value id = body[name]; id.is_string() && !id.inner().empty())
      return base::hash_on(base::kHashStart, id.inner());
  }
  json::Value metadata = body["client_metadata"];
  for (std::string_view name : {"thread_id", "session_id"}) {
    if (json::Value id = metadata[name]; id.is_string()) return base::hash_on(base::kHashStart, id.inner());
  }
  if (json::Value user = body["metadata"]["user_id"]; user.is_string()) {
    std::string session = session_of_user(user.str());
    if (!session.empty()) return base::hash_on(base::kHashStart, session);
  }
  json::Value before = body["previous_response_id"];
  if (!before.is_string()) return std::nullopt;
  std::string id = before.str();
  auto known = answers().sessions.find(id.starts_with("resp_") ? id.substr(5) : id);
  return known == answers().sessions.end() ? base::hash_on(base::kHashStart, id) : known->second;
}

uint64_t of_beginning(json::Value body, const chat::Request& request) {
  uint64_t hash = base::kHashStart;
  for (std::string_view name : kPeople) hash = base::hash_on(hash, body[name].inner());
  hash = base::hash_on(hash, body["metadata"]["user_id"].inner());
  for (const chat::Instruction& said : request.system)
    hash = base::hash_on(hash, said.text.substr(0, kPrefix));
  for (const chat::Block& block : request.blocks) {
    if (block.kind == chat::Block::Kind::text) return base::hash_on(hash, block.body.substr(0, kPrefix));
  }
  return hash;
}

}  // namespace

uint64_t conversation_of(const http::Request& http, json::Value body, const chat::Request& request) {
  if (auto named = named_in_headers(http)) return *named;
  if (auto named = named_in_body(body)) return *named;
  return of_beginning(body, request);
}

void remember_answer(std::string_view id, uint64_t session) {
  Answers& known = answers();
  if (!known.sessions.try_emplace(std::string(id), session).second) return;
  known.order.emplace_back(id);
  if (known.order.size() <= kMaxAnswers) return;
  known.sessions.erase(known.order.front());
  known.order.pop_front();
}

std::string uuid_of(uint64_t conversation) {
  return base::uuid_of(base::sha256(base::to_text(int64_t(conversation >> 1))), 8);
}

}  // namespace gateway
