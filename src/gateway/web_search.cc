#include "gateway/web_search.h"

#include <utility>

#include "gateway/generation.h"
#include "gateway/respond.h"
#include "gateway/upstream_source.h"
#include "host/host.h"
#include "json/document.h"
#include "json/escape.h"

namespace gateway {

namespace {

using Type = chat::Event::Type;
using Kind = chat::Block::Kind;

constexpr int kMaxTurns = 6;  // a model that searches on and on is stopped

void add(chat::Usage& to, const chat::Usage& more) {
  to.input += more.input;
  to.cached += more.cached;
  to.cache_write += more.cache_write;
  to.output += more.output;
  to.reasoning += more.reasoning;
  to.total += more.total;
  to.known |= more.known;
}

std::string query_in(const std::string& arguments) {
  std::string plain = json::unescaped(arguments);
  json::Document document;
  return document.parse(plain) == json::Error::none ? document.root()["query"].str() : std::string();
}

}  // namespace

void WebSearch::event(const chat::Event& event) {
  if (tool_.empty()) return to_.event(event);
  if (event.type == Type::tool_call && event.name == tool_) {
    indices_.push_back(event.index);
    ids_.emplace_back(event.id);
    arguments_.emplace_back(event.arguments.text);
    return;
  }
  bool of_a_call =
      event.type == Type::tool_call || event.type == Type::tool_arguments || event.type == Type::tool_end;
  if (of_a_call) {
    chat::Event moved = event;  // the client's calls are numbered as if there were no others
    for (size_t i = 0; i < indices_.size(); i++) {
      if (indices_[i] == event.index) {
        if (event.type == Type::tool_arguments) arguments_[i] += event.arguments.text;
        return;
      }
      if (indices_[i] < event.index) moved.index--;
    }
    others_ = true;
    return to_.event(moved);
  }
  if (event.type == Type::text) said_ += event.text;
  if (event.type == Type::thinking) thought_ += event.text;
  if (event.type == Type::signature) proof_ = KeptSignature(event.signature);
  if (event.type != Type::finish) return to_.event(event);
  bool whole = event.finish == chat::Finish::tool_calls || event.finish == chat::Finish::stop;
  pending_ = whole && !ids_.empty() && !others_ && turns_ + 1 < kMaxTurns;
  if (pending_) return;
  chat::Event last = event;
  if (last.finish == chat::Finish::tool_calls && !others_) last.finish = chat::Finish::stop;
  to_.event(last);
}

chat::Usage WebSearch::total() const {
  chat::Usage sum = before_;
  add(sum, now_);
  return sum;
}

void WebSearch::usage(const chat::Usage& usage) {
  now_ = usage;
  to_.usage(total());
}

void WebSearch::end() {
  if (!pending_) to_.end();
}

// The turn as it would stand in the history if the client had run the tool.
void WebSearch::remember_turn(chat::Request& request, base::Arena& arena) {
  request.begin(chat::Role::assistant);
  if (!proof_.text.empty()) {
    chat::Block& thinking = request.add(Kind::thinking);
    thinking.body = arena.copy(thought_);
    thinking.signature = {arena.copy(proof_.text), proof_.origin, arena.copy(proof_.home)};
  }
  if (!said_.empty()) request.add(Kind::text).body = arena.copy(said_);
  for (size_t i = 0; i < ids_.size(); i++) {
    chat::Block& call = request.add(Kind::tool_call);
    call.id = arena.copy(ids_[i]);
    call.name = arena.copy(tool_);
    call.arguments = {arena.copy(arguments_[i]), true};
  }
  request.begin(chat::Role::user);
}

base::Task<std::optional<chat::Error>> WebSearch::go_on(Relay& relay) {
  Generation& generation = *relay.generation;
  const Candidate& candidate = *relay.candidate;
  chat::Request& request = generation.body.request;
  base::Arena& arena = relay.exchange.arena;
  pending_ = false;
  turns_++;
  add(before_, std::exchange(now_, {}));
  remember_turn(request, arena);
  for (size_t i = 0; i < ids_.size(); i++) {
    std::string wanted = query_in(arguments_[i]), escaped = json::escaped(wanted);
    provider::Found found;
    found.text = "The call had no query.";
    if (!wanted.empty()) {
      found.text.clear();
      co_await candidate.provider->search(relay.exchange.id, relay.account, wanted, found);
      relay.client.keep_alive();
      to_.event({.type = Type::search, .text = escaped, .id = ids_[i], .raw = found.sources});
    }
    chat::Block& result = request.add(Kind::tool_result);
    result.id = arena.copy(ids_[i]);
    result.name = arena.copy(tool_);
    result.children = 1;
    request.add(Kind::text).body = arena.copy(json::escaped(found.text));
  }
  ids_.clear();
  arguments_.clear();
  indices_.clear();
  said_.clear();
  thought_.clear();
  proof_ = {};
  std::string message;
  if (auto problem =
          write_message(generation, candidate, *relay.account, relay.wire, relay.target, false, message)) {
    co_return problem;
  }
  host::Completion head = co_await fetch_patiently(relay.exchange, message, &relay.client);
  if (head.status == host::kNothingYet) co_return upstream_silent();
  if (head.status >= 200 && head.status <= 299) co_return std::nullopt;
  uint32_t status = head.status;
  std::string headers(head.data);
  std::string body = co_await read_failure(relay.exchange, status, &relay.client);
  chat::Error error = candidate.provider->judge(status, headers, body, candidate.model, host::now_ms()).error;
  account::redact(relay.account->credential, error.message);
  co_return error;
}

}  // namespace gateway
