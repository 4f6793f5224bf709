#include "script/runner.h"

#include <cstdlib>

#include "base/text.h"
#include "http/head.h"

namespace script {

Runner::Runner(const Options& options) {
  world_.leaves_now = [this, options](const fake::Operation&) {
    bool now = world_.completions == options.leave_before;
    left_ |= now;
    return now;
  };
}

std::string Runner::play(const std::vector<Step>& steps) {
  for (const Step& step : steps) {
    std::string problem = perform(step);
    if (left_) break;
    if (!problem.empty()) return "line " + std::to_string(step.line) + ": " + problem;
  }
  return finish();
}

std::string Runner::perform(const Step& step) {
  for (const Entry* entry = kVerbs; entry->verb; entry++) {
    if (entry->name != step.verb) continue;
    std::string rest = step.rest;
    std::string problem = (this->*entry->verb)(step, rest);
    world_.settle();
    return problem;
  }
  return "no such verb: " + step.verb;
}

std::string Runner::finish() {
  if (left_) {
    world_.wind_down();
  } else if (std::string problem = check_quiet(); !problem.empty()) {
    return problem;
  }
  if (instance_ && instance_->live())
    return "at the end: " + std::to_string(instance_->live()) + " exchanges are still live";
  if (!world_.waiting().empty()) return "at the end: operations are still waiting";
  instance_.reset();
  return world_.violations.empty() ? "" : "the core broke a rule: " + world_.violations[0];
}

// Nothing happened that the script did not look at.
std::string Runner::check_quiet() {
  for (auto& [name, client] : clients_) {
    if (!client.exchange->over()) return "at the end: " + name + " is not over";
    for (const fake::Fetch& fetch : client.exchange->fetches) {
      if (!fetch.seen) return "at the end: " + name + " made a request that was not expected: " + fetch.url;
    }
    if (!client.exchange->left && client.read < client.exchange->body.size())
      return "at the end: " + name + " got more: " + client.exchange->body.substr(client.read);
  }
  return {};
}

fake::Instance& Runner::instance() {
  if (!instance_) {
    if (!accounts_.empty()) environment_["ACCOUNTS"] = "[" + accounts_ + "]";
    instance_ = std::make_unique<fake::Instance>(world_, environment_);
  }
  return *instance_;
}

Runner::Client* Runner::client(std::string& rest, std::string& problem) {
  std::string name = take_word(rest);
  for (auto& [known, client] : clients_) {
    if (known == name) return &client;
  }
  problem = "no such client: " + name;
  return nullptr;
}

// The upstream request at hand of the client that `rest` names, once the script has looked at it.
fake::Fetch* Runner::answered(std::string& rest, std::string& problem) {
  Client* found = client(rest, problem);
  if (!found) return nullptr;
  fake::Fetch* fetch = found->exchange->fetch();
  if (fetch && fetch->seen && !fetch->closed) return fetch;
  problem = fetch && fetch->closed ? "its upstream request was given up"
                                   : "there is no upstream request that was looked at";
  return nullptr;
}

std::string Runner::check_headers(const Message& expected, std::string_view lines) {
  for (const auto& [name, value] : expected.headers) {
    if (name.starts_with('!')) {
      std::string_view found = http::header(lines, std::string_view(name).substr(1));
      if (!found.empty()) return name.substr(1) + " is there: " + std::string(found);
      continue;
    }
    std::string_view found = http::header(lines, name);
    if (!matches_text(value, found, variables_))
      return name + ": expected " + value + ", but got " + std::string(found);
  }
  return {};
}

// ---- given

std::string Runner::set(const Step&, std::string& rest) {
  std::string name = take_word(rest);
  environment_[name] = rest;
  return {};
}

std::string Runner::account(const Step&, std::string& rest) {
  if (!accounts_.empty()) accounts_ += ',';
  accounts_ += rest;
  return {};
}

std::string Runner::stored(const Step&, std::string& rest) {
  std::string key = take_word(rest);
  world_.storage[key] = fake::World::seal(rest);
  return {};
}

std::string Runner::kv(const Step&, std::string& rest) {
  std::string key = take_word(rest);
  world_.storage[key] = rest;
  return {};
}

std::string Runner::fault(const Step&, std::string& rest) {
  std::string what = take_word(rest);
  bool on = rest != "off";
  if (what == "storage") return world_.storage_fails = on, std::string();
  if (what == "slow") return world_.storage_waits = on, std::string();
  if (what == "seal") return world_.can_seal = !on, std::string();
  return "no such fault: " + what;
}

std::string Runner::object(const Step&, std::string& rest) {
  std::string which = take_word(rest);
  if (which != "ledger" && which != "meter") return "no such object: " + which;
  if (rest == "off") return world_.objects.erase(which == "ledger" ? "LEDGER" : "METER"), std::string();
  fake::Mood mood = rest == "fails"     ? fake::Mood::fails
                    : rest == "forgets" ? fake::Mood::forgets
                                        : fake::Mood::works;
  if (which == "ledger") ledger_.mood = mood, fake::bind(world_, ledger_);
  if (which == "meter") meter_.mood = mood, fake::bind(world_, meter_);
  return {};
}

// ---- clients act

std::string Runner::send(const Step& step, std::string& rest) {
  std::string name = take_word(rest), message = substitute(step.body, variables_);
  size_t blank = message.find("\n\n");
  if (blank == message.npos) message += "\n";
  if (message.ends_with('\n') && blank != message.npos) message.pop_back();
  fake::Exchange& exchange = instance().send(name, message);
  clients_.push_front({name, {&exchange}});
  return {};
}

std::string Runner::cron(const Step&, std::string& rest) {
  std::string name = take_word(rest);
  clients_.push_front({name, {&instance().send(name, "CRON " + rest + "\n\n")}});
  return {};
}

std::string Runner::leave(const Step&, std::string& rest) {
  std::string problem;
  if (Client* leaving = client(rest, problem)) world_.leave(*leaving->exchange);
  return problem;
}

std::string Runner::stall(const Step&, std::string& rest) {
  std::string problem;
  if (Client* slow = client(rest, problem)) slow->exchange->taking = false;
  return problem;
}

std::string Runner::take(const Step&, std::string& rest) {
  std::string problem;
  if (Client* slow = client(rest, problem)) slow->exchange->taking = true;
  return problem;
}

std::string Runner::advance(const Step&, std::string& rest) {
  world_.advance(std::atoll(rest.c_str()));
  return {};
}

std::string Runner::trap(const Step&, std::string&) {
  auto heir = std::make_unique<fake::Instance>(world_, environment_);
  instance().trap_into(*heir);
  instance_ = std::move(heir);
  return {};
}

// ---- upstreams

std::string Runner::fetch(const Step& step, std::string& rest) {
  std::string problem;
  Client* asking = client(rest, problem);
  if (!asking) return problem;
  fake::Fetch* got = nullptr;
  for (fake::Fetch& each : asking->exchange->fetches) {
    if (!got && !each.seen) got = &each;
  }
  if (!got)
    return asking->exchange->responded()
               ? "no request; the client got " + asking->exchange->head + asking->exchange->body
               : "no request went upstream";
  got->seen = true;
  Message expected = read_message(step.body, true);
  std::string start = got->method + " " + got->url;
  if (!matches_text(expected.start, start, variables_))
    return "expected " + expected.start + ", but got " + start;
  if (std::string wrong = check_headers(expected, got->headers); !wrong.empty()) return wrong;
  return expected.body.empty() ? ""
                               : difference(substitute(expected.body, variables_), got->body, variables_);
}

std::string lines_of(const Message& message) {
  std::string lines;
  for (const auto& [name, value] : message.headers) lines += name + ": " + value + "\n";
  return lines;
}

std::string Runner::reply(const Step& step, std::string& rest) {
  std::string problem;
  fake::Fetch* fetch = answered(rest, problem);
  if (!fetch) return problem;
  Message message = read_message(step.body, false);
  fetch->answer_whole(uint32_t(std::atoi(rest.c_str())), lines_of(message), message.body);
  return {};
}

std::string Runner::begin(const Step& step, std::string& rest) {
  std::string problem;
  fake::Fetch* fetch = answered(rest, problem);
  if (fetch) fetch->answer(uint32_t(std::atoi(rest.c_str())), lines_of(read_message(step.body, false)));
  return problem;
}

std::string Runner::event(const Step& step, std::string& rest) {
  std::string problem;
  fake::Fetch* fetch = answered(rest, problem);
  if (!fetch) return problem;
  std::string_view lines = step.body;
  while (!lines.empty()) fetch->chunk("data: " + std::string(base::take_until(lines, '\n')) + "\n\n");
  return {};
}

std::string Runner::chunk(const Step& step, std::string& rest) {
  std::string problem;
  if (fake::Fetch* fetch = answered(rest, problem))
    fetch->chunk(step.body.substr(0, step.body.size() - (rest == "-")));
  return problem;
}

std::string Runner::end(const Step&, std::string& rest) {
  std::string problem;
  if (fake::Fetch* fetch = answered(rest, problem)) fetch->finish();
  return problem;
}

std::string Runner::cut(const Step&, std::string& rest) {
  std::string problem;
  if (fake::Fetch* fetch = answered(rest, problem)) fetch->cut();
  return problem;
}

std::string Runner::refuse(const Step&, std::string& rest) {
  std::string problem;
  if (fake::Fetch* fetch = answered(rest, problem)) fetch->refuse(rest);
  return problem;
}

std::string Runner::closed(const Step&, std::string& rest) {
  std::string problem;
  Client* asking = client(rest, problem);
  if (!asking) return problem;
  fake::Fetch* fetch = asking->exchange->fetch();
  return fetch && fetch->closed ? "" : "its upstream request is still open";
}

// ---- what clients get

std::string Runner::answer(const Step& step, std::string& rest) {
  std::string problem;
  Client* got = client(rest, problem);
  if (!got) return problem;
  const fake::Exchange& exchange = *got->exchange;
  if (!exchange.whole) return exchange.responded() ? "the answer is a stream" : "no answer yet";
  if (std::string_view head = exchange.head; base::take_until(head, '\n') != rest)
    return "got " + exchange.head + exchange.body;
  Message expected = read_message(step.body, false);
  got->read = exchange.body.size();
  if (std::string wrong = check_headers(expected, exchange.head); !wrong.empty()) return wrong;
  return expected.body.empty() ? "" : difference(expected.body, exchange.body, variables_);
}

std::string Runner::head(const Step& step, std::string& rest) {
  std::string problem;
  Client* got = client(rest, problem);
  if (!got) return problem;
  const fake::Exchange& exchange = *got->exchange;
  if (!exchange.responded() || exchange.whole)
    return exchange.whole ? "a whole answer: " + exchange.body : "no head yet";
  if (std::string_view head = exchange.head; base::take_until(head, '\n') != rest)
    return "got " + exchange.head;
  return check_headers(read_message(step.body, false), exchange.head);
}

std::string Runner::gets(const Step& step, std::string& rest) {
  std::string problem;
  Client* got = client(rest, problem);
  if (!got) return problem;
  std::string_view expected = step.body, left = std::string_view(got->exchange->body).substr(got->read);
  while (!expected.empty()) {
    std::string_view line = base::take_until(expected, '\n');
    size_t end = left.find("\n\n");
    if (end == left.npos)
      return "expected " + std::string(line) + ", but there is only: " + std::string(left);
    std::string_view event = left.substr(0, end);
    left.remove_prefix(end + 2);
    got->read += end + 2;
    if (event.starts_with("event: ")) base::take_until(event, '\n');
    if (event.starts_with("data: ")) event.remove_prefix(6);
    if (std::string wrong = difference(line, event, variables_); !wrong.empty()) return wrong;
  }
  return {};
}

std::string Runner::nothing(const Step&, std::string& rest) {
  std::string problem;
  Client* got = client(rest, problem);
  if (!got) return problem;
  std::string more = got->exchange->body.substr(got->read);
  return more.empty() ? "" : "got " + more;
}

std::string Runner::done(const Step&, std::string& rest) {
  std::string problem;
  Client* got = client(rest, problem);
  if (!got) return problem;
  if (!got->exchange->finished) return "it is not over";
  std::string more = got->exchange->body.substr(got->read);
  return more.empty() ? "" : "got more: " + more;
}

// ---- what else can be seen

std::string Runner::holds(const Step& step, std::string& rest) {
  for (const auto& [key, value] : world_.storage) {
    if (!matches_text(rest, key, variables_)) continue;
    std::string plain = value;
    fake::World::unseal(value, plain);
    return difference(std::string_view(step.body).substr(0, step.body.size() - 1), plain, variables_);
  }
  return "nothing is stored under " + rest;
}

std::string Runner::lacks(const Step&, std::string& rest) {
  for (const auto& [key, value] : world_.storage) {
    if (matches_text(rest, key, variables_)) return "stored: " + key;
  }
  return {};
}

std::string Runner::logged(const Step&, std::string& rest) {
  std::string all;
  for (const std::string& line : world_.log) {
    if (line.find(rest) != line.npos) return {};
    all += line + "\n";
  }
  return "not in the log:\n" + all;
}

std::string Runner::live(const Step&, std::string& rest) {
  std::string count = std::to_string(instance().live());
  return count == rest ? "" : "live exchanges: " + count;
}

const Runner::Entry Runner::kVerbs[] = {
    {"set", &Runner::set},       {"account", &Runner::account},
    {"stored", &Runner::stored}, {"kv", &Runner::kv},
    {"fault", &Runner::fault},   {"object", &Runner::object},
    {"send", &Runner::send},     {"cron", &Runner::cron},
    {"leave", &Runner::leave},   {"stall", &Runner::stall},
    {"take", &Runner::take},     {"advance", &Runner::advance},
    {"trap", &Runner::trap},     {"fetch", &Runner::fetch},
    {"reply", &Runner::reply},   {"begin", &Runner::begin},
    {"event", &Runner::event},   {"chunk", &Runner::chunk},
    {"end", &Runner::end},       {"cut", &Runner::cut},
    {"refuse", &Runner::refuse}, {"closed", &Runner::closed},
    {"answer", &Runner::answer}, {"head", &Runner::head},
    {"gets", &Runner::gets},     {"nothing", &Runner::nothing},
    {"done", &Runner::done},     {"holds", &Runner::holds},
    {"lacks", &Runner::lacks},   {"logged", &Runner::logged},
    {"live", &Runner::live},     {{}, nullptr},
};

}  // namespace script
