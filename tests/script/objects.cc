#include "script/objects.h"

#include "base/date.h"
#include "base/text.h"
#include "host/abi.h"

namespace fake {

namespace {

int64_t number(std::string_view& body) { return base::to_int(base::take_until(body, '\n')).value_or(0); }

std::string lines_of(const gateway::UsageRows& rows) {
  std::string lines;
  for (const auto& [name, counts] : rows) {
    lines += name;
    for (int64_t count : counts.of) lines += "\t" + std::to_string(count);
    lines += "\n";
  }
  return lines;
}

gateway::Parts parts_of(std::string_view by) {
  gateway::Parts parts = 0;
  while (!by.empty()) {
    std::string_view word = base::take_until(by, ',');
    for (size_t part = 0; part < gateway::kParts; part++)
      if (gateway::kPartNames[part] == word) parts |= gateway::Parts(1 << part);
  }
  return parts;
}

int64_t seconds(int64_t ms) { return (ms + 999) / 1000; }

}  // namespace

Result LedgerObject::ask(std::string_view verb, std::string_view body) {
  if (mood == Mood::fails) return {503, "the ledger is down"};
  Result result{host::kOk};
  if (verb == "add") {
    batches++;
    std::string sender(base::take_until(body, '\n'));
    int64_t batch = number(body);
    if (batch > senders[sender])
      gateway::add_lines(body, gateway::kAllParts, {}, {}, rows), senders[sender] = batch;
  } else if (verb == "read" || verb == "totals") {
    std::string from(verb == "read" ? base::take_until(body, '\n') : std::string_view());
    std::string to(verb == "read" ? base::take_until(body, '\n') : std::string_view());
    gateway::UsageRows found;
    gateway::add_lines(lines_of(rows), verb == "read" ? parts_of(body) : gateway::kAllParts & ~1, from, to,
                       found);
    result.data = lines_of(found);
  } else {
    result.status = 404;
  }
  return mood == Mood::forgets ? Result{503, "the answer was lost"} : result;
}

Result MeterObject::ask(const std::string& name, std::string_view verb, std::string_view body,
                        int64_t now_ms) {
  asked++;
  if (mood == Mood::fails) return {503, "the meter is down"};
  Key& key = keys[name];
  int64_t today = now_ms / base::kDayMs;
  if (verb == "spend") {
    if (key.day != today) key.day = today, key.tokens = 0;
    key.tokens += number(body);
  } else if (verb == "forget") {
    keys.erase(name);
  } else {
    int64_t requests = number(body), tokens = number(body);
    if (tokens && key.day == today && key.tokens >= tokens)
      return {429, "tokens " + std::to_string(seconds(base::kDayMs - now_ms % base::kDayMs))};
    if (requests && key.minute_ends_ms <= now_ms) key.minute_ends_ms = now_ms + 60'000, key.requests = 0;
    if (requests && key.requests >= requests)
      return {429, "requests " + std::to_string(seconds(key.minute_ends_ms - now_ms))};
    key.requests += requests > 0;
  }
  return mood == Mood::forgets ? Result{503, "the answer was lost"} : Result{host::kOk};
}

void bind(World& world, LedgerObject& ledger) {
  world.objects["LEDGER"] = [&ledger](const std::string&, const std::string& verb, std::string_view body) {
    return ledger.ask(verb, body);
  };
}

void bind(World& world, MeterObject& meter) {
  world.objects["METER"] = [&world, &meter](const std::string& name, const std::string& verb,
                                            std::string_view body) {
    return meter.ask(name, verb, body, world.now_ms);
  };
}

}  // namespace fake
