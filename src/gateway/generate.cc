#include "gateway/generate.h"

#include "account/pool.h"
#include "account/vault.h"
#include "base/text.h"
#include "config/settings.h"
#include "gateway/candidates.h"
#include "gateway/conversation.h"
#include "gateway/media.h"
#include "gateway/relay.h"
#include "gateway/respond.h"
#include "gateway/signatures.h"
#include "host/host.h"
#include "json/edit.h"
#include "json/escape.h"
#include "protocol/problem.h"

namespace gateway {

namespace {

using account::AccountPtr;
using provider::Verdict;

constexpr size_t kMaxErrorBody = 64 << 10;

enum class Outcome : uint8_t {
  served,        // the client has its answer
  again,         // worth another try with the same account
  next_account,  // this account cannot serve now
  give_up,       // error_ is the client's answer
};

class Generation {
 public:
  Generation(Exchange& exchange, const Route& route)
      : exchange_(exchange), route_(route), surface_(*route.surface) {}

  base::Task<> run() {
    auto problem = read_body();
    if (!problem) problem = co_await account::pool().load(exchange_.id);
    std::vector<Candidate> candidates;
    if (!problem) problem = find_candidates(base_model(), route_.provider, candidates);
    if (problem) co_return answer_error(exchange_, surface_, *problem);

    open_client();
    Outcome outcome = Outcome::next_account;
    for (const Candidate& candidate : candidates) {
      outcome = co_await try_provider(candidate);
      if (outcome == Outcome::served || outcome == Outcome::give_up || attempts_ <= 0) break;
    }
    if (outcome != Outcome::served) deliver_error();
  }

 private:
  // ---- the client's request

  std::optional<chat::Error> read_body() {
    if (auto problem = check_content_type()) return problem;
    json::Error error = document_.parse(exchange_.request.body);
    if (error != json::Error::none) {
      chat::Error problem;
      problem.fault = chat::Fault::invalid_request;
      problem.message = "The request body is ";
      problem.message.append(json::describe(error)).append(" (at byte ");
      base::append_int(problem.message, int64_t(document_.error_offset()));
      problem.message += ").";
      problem.code = "invalid_json";
      return problem;
    }
    if (auto problem = surface_.read(document_.root(), exchange_.arena, request_)) return problem;
    if (!surface_.model_in_body) {
      request_.model = exchange_.arena.copy(json::escaped(route_.name));
      request_.stream = route_.stream;
    }
    restore_signatures(request_, exchange_.arena);
    session_ = conversation_of(exchange_.request, document_.root(), request_);
    return std::nullopt;
  }

  std::optional<chat::Error> check_content_type() const {
    std::string_view type = exchange_.request.header("content-type");
    std::string_view encoding = exchange_.request.header("content-encoding");
    chat::Error error;
    error.fault = chat::Fault::unsupported_media;
    if (!encoding.empty() && encoding != "identity") {
      error.message = "Unsupported content-encoding: send the body uncompressed.";
      return error;
    }
    if (type.empty() || type.find("json") != type.npos) return std::nullopt;
    error.message = "Unsupported content-type: send 'content-type: application/json'.";
    return error;
  }

  std::string base_model() const { return json::unescaped(request_.model); }

  void open_client() {
    stamp_.id = exchange_.request_id.substr(4, 24);
    stamp_.model = request_.model;
    stamp_.created = host::now_ms() / 1000;
    stamp_.include_usage = request_.include_usage;
    stamp_.array = route_.array;
    stamp_.request = &request_;
    stamp_.body = document_.root();
    auto encoder = surface_.stream_encoder(stamp_);
    keepalive_ = encoder->keepalive();
    client_.emplace(exchange_, request_.stream, encoder->content_type(), keepalive_);
    attempts_ = config::settings().attempts;
    error_.fault = chat::Fault::overloaded;
    error_.message = "No account could serve this request.";
  }

  // ---- attempts

  base::Task<Outcome> try_provider(const Candidate& candidate) {
    std::vector<AccountPtr> tried;
    std::string_view name = candidate.model.id;
    Outcome outcome = Outcome::next_account;
    while (attempts_ > 0) {
      AccountPtr account = account::pool().pick(candidate.provider->id(), name, session_, tried);
      if (!account) {
        if (tried.empty()) explain_absence(candidate);
        co_return outcome;
      }
      tried.push_back(account);
      outcome = co_await try_account(candidate, account);
      if (outcome == Outcome::served || outcome == Outcome::give_up) co_return outcome;
    }
    co_return outcome;
  }

  // An account may be tried again: after a refresh, after a short wait, after an answer that came to nothing.
  base::Task<Outcome> try_account(const Candidate& candidate, AccountPtr account) {
    Outcome outcome = Outcome::again;
    refreshed_ = false;
    for (int tries = 0; tries < 3 && outcome == Outcome::again && attempts_-- > 0; tries++) {
      outcome = co_await attempt(candidate, account);
    }
    co_return outcome == Outcome::again ? Outcome::next_account : outcome;
  }

  base::Task<Outcome> attempt(const Candidate& candidate, AccountPtr account) {
    const provider::Provider& provider = *candidate.provider;
    if (auto problem = co_await provider.prepare(exchange_.id, account)) {
      error_ = *problem;
      co_return Outcome::next_account;
    }
    const protocol::Protocol& wire = provider.wire(*account, candidate.model);
    bool same_protocol =
        wire.origin == surface_.origin && provider.splices() && !request_.packed && !stripped_;
    if (!same_protocol) {
      if (auto problem = co_await inline_media(exchange_, request_)) co_return give_up(*problem);
    }
    std::string message;
    if (auto problem = write_message(candidate, *account, same_protocol, message))
      co_return give_up(*problem);

    host::Completion head = co_await fetch_patiently(exchange_, message, &*client_);
    if (head.status == host::kNothingYet) {
      error_.fault = chat::Fault::timeout;
      error_.message = "The upstream did not answer in time.";
      error_.code = "upstream_timeout";
      co_return Outcome::next_account;
    }
    std::string headers(head.data);
    if (head.status < 200 || head.status > 299) {
      co_return co_await judge(candidate, account, head.status, std::move(headers));
    }
    Relay relay{exchange_,
                *client_,
                request_,
                surface_,
                wire,
                stamp_,
                std::string(http::header(headers, "content-type")),
                account::tag_of(account->credential)};
    if (relay.content_type.find("html") != std::string::npos) {
      co_return co_await judge(candidate, account, head.status, std::move(headers));
    }
    auto failure = same_protocol ? co_await pass_through(relay) : co_await translate(relay);
    if (!failure) {
      account->failures = 0;
      co_return Outcome::served;
    }
    host::close(exchange_.id);
    error_ = std::move(*failure);
    account::redact(account->credential, error_.message);
    co_return Outcome::again;
  }

  Outcome give_up(chat::Error error) {
    error_ = std::move(error);
    return Outcome::give_up;
  }

  std::optional<chat::Error> write_message(const Candidate& candidate, const account::Account& account,
                                           bool same_protocol, std::string& out) {
    const provider::Provider& provider = *candidate.provider;
    protocol::Target target = provider.target(candidate.model);
    target.home = account::tag_of(account.credential);
    out.reserve(exchange_.request.body.size() + exchange_.request.body.size() / 8 + 2048);
    bool stream = !same_protocol || request_.stream;
    std::string session = base::to_text(int64_t(session_ >> 1));
    provider::Call call{account, candidate.model, stream, session};
    provider.head(call, out);
    if (same_protocol) {
      std::string model = "\"" + target.model + "\"";
      provider.open_envelope(call, out);
      if (surface_.model_in_body) {
        json::edit(document_.root(), {{"model", model}}, out);
      } else {
        out += document_.root().raw();
      }
      provider.close_envelope(call, out);
      return std::nullopt;
    }
    provider.open_envelope(call, out);
    if (auto problem = provider.wire(account, candidate.model).write(request_, target, out)) return problem;
    provider.close_envelope(call, out);
    return std::nullopt;
  }

  // ---- failures

  base::Task<Outcome> judge(const Candidate& candidate, AccountPtr account, uint32_t status,
                            std::string headers) {
    std::string body;
    while (status != host::kNetwork && body.size() < kMaxErrorBody) {
      host::Completion chunk = co_await read_patiently(exchange_, nullptr);
      if (chunk.status != host::kChunk) break;
      body += chunk.data;
    }
    host::close(exchange_.id);
    Verdict verdict = candidate.provider->judge(status, headers, body, candidate.model, host::now_ms());
    account::redact(account->credential, verdict.error.message);
    error_ = verdict.error;
    log_failure(candidate, *account, status, verdict);
    co_return co_await obey(candidate, account, verdict);
  }

  base::Task<Outcome> obey(const Candidate& candidate, AccountPtr account, const Verdict& verdict) {
    using Action = Verdict::Action;
    switch (verdict.action) {
      case Action::retry_here:
        if (attempts_ > 0) co_await host::sleep(exchange_.id, uint32_t(verdict.wait_ms));
        co_return Outcome::again;
      case Action::refresh:
      case Action::rediscover:
        if (refreshed_) {
          give_account_a_rest(*account, verdict);
          break;
        }
        refreshed_ = true;
        if (verdict.action == Action::refresh) candidate.provider->forget_token(*account);
        if (verdict.action == Action::rediscover) candidate.provider->forget_project(*account);
        co_return Outcome::again;
      case Action::strip_signatures:
        if (stripped_) co_return Outcome::give_up;
        stripped_ = true;
        drop_signatures(request_);
        co_return Outcome::again;
      case Action::next_account:
        account::rest(*account, candidate.model.id, verdict.scope == Verdict::Scope::account,
                      verdict.until_ms, verdict.transient, verdict.error.message);
        break;
      case Action::quarantine:
        account::stop(*account, account::State::quarantined, verdict.error.message);
        co_return Outcome::give_up;
      case Action::needs_login:
        account::stop(*account, account::State::needs_login, verdict.error.message);
        break;
      case Action::fatal: co_return Outcome::give_up;
    }
    co_return Outcome::next_account;
  }

  // Neither a fresh token nor a project found anew has helped.
  void give_account_a_rest(account::Account& account, const Verdict& verdict) {
    constexpr int64_t kRestMs = 10 * 60'000;
    if (verdict.action == Verdict::Action::refresh) {
      account::stop(account, account::State::needs_login,
                    "Even a fresh access token is refused: " + verdict.error.message);
    } else {
      account::rest(account, {}, true, host::now_ms() + kRestMs, false, verdict.error.message);
    }
  }

  void log_failure(const Candidate& candidate, const account::Account& account, uint32_t status,
                   const Verdict& verdict) {
    std::string line = exchange_.request_id + " ";
    line.append(candidate.provider->id()).append(" account ").append(account.credential.id).append(": HTTP ");
    base::append_int(line, status);
    line.append(", ").append(verdict.error.message);
    host::log(host::Level::warning, line);
  }

  // Every account of the provider is resting, or none may serve this model.
  void explain_absence(const Candidate& candidate) {
    int64_t wait = account::pool().ready_in_ms(candidate.provider->id(), candidate.model.id, host::now_ms());
    error_ = {};
    error_.message = "No ";
    error_.message.append(candidate.provider->title())
        .append(" account can serve '")
        .append(candidate.model.id);
    if (wait < 0) {
      error_.fault = chat::Fault::no_account;
      error_.message += "' now. See GET /health with the admin key for the state of each account.";
      return;
    }
    error_.fault = chat::Fault::rate_limited;
    error_.retry_after = wait / 1000 + 1;
    error_.retry = error_.retry_after <= 60;
    error_.message +=
        "' at the moment: all of them are cooling down after limits of their upstream. Try again in ";
    base::append_int(error_.message, error_.retry_after);
    error_.message += " seconds.";
  }

  // The head may be with the client already, for the sake of keepalives.
  void deliver_error() {
    if (!exchange_.responded) return answer_error(exchange_, surface_, error_);
    auto encoder = surface_.stream_encoder(stamp_);
    encoder->fail(error_);
    client_->write(encoder->out());
    client_->finish();
  }

  Exchange& exchange_;
  const Route& route_;
  const protocol::Protocol& surface_;
  json::Document document_;
  chat::Request request_;
  uint64_t session_ = 0;
  protocol::Stamp stamp_;
  std::string keepalive_;
  std::optional<ClientStream> client_;
  int attempts_ = 0;
  bool refreshed_ = false, stripped_ = false;
  chat::Error error_;
};

}  // namespace

base::Task<> generate(Exchange& exchange, const Route& route) {
  Generation generation(exchange, route);
  co_await generation.run();
}

}  // namespace gateway
