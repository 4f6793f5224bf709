#include "script/vaults.h"

#include "base/text.h"

namespace fake {

namespace {
constexpr uint32_t kOk = 200, kNewer = 409, kGone = 410, kLost = 412, kBusy = 423;

int64_t take_number(std::string_view& body) { return base::to_int(base::take_until(body, '\n')).value_or(0); }
}  // namespace

Vaults::Vaults(World& world) : world_(world) {
  world.objects["VAULT"] = [this](const std::string& name, const std::string& verb, std::string_view body) {
    return ask(name, verb, body);
  };
}

void Vaults::show_written() {
  for (auto& [key, sealed] : written_) {
    if (sealed.empty()) {
      world_.storage.erase(key);
    } else {
      world_.storage[key] = sealed;
    }
  }
  written_.clear();
}

Result Vaults::ask(const std::string& name, const std::string& verb, std::string_view body) {
  Object& object = objects_[name];
  if (verb == "add" || verb == "erase") {
    int64_t generation = take_number(body);
    if (generation <= object.generation) return {kNewer, base::to_text(object.generation)};
    return write(object, name, generation, body);
  }
  if (verb == "lease" || verb == "put") {
    int64_t known = take_number(body), number = take_number(body);
    if (object.generation > known && object.sealed.empty()) return {kGone};
    if (object.generation > known) return {kNewer, object.sealed};
    if (leased(object) || (verb == "put" && !object.journal.empty())) return {kBusy};
    if (verb == "put") return write(object, name, number, body);
    object.token = "lease-" + base::to_text(int64_t(++tokens_));
    object.until_ms = world_.now_ms + number;
    object.sent = false;
    return {kOk, object.token};
  }
  std::string token(base::take_until(body, '\n'));
  if (!leased(object) || token != object.token) return {kLost};
  if (verb == "send") return send(object, body);
  if (verb == "commit") {
    int64_t generation = take_number(body);
    return write(object, name, generation, body);
  }
  object.until_ms = 0;
  if (object.sent) object.journal.clear();
  return {kOk};
}

Result Vaults::send(Object& object, std::string_view message) {
  object.sent = true;
  auto kept = object.journal.find(std::string(message));
  if (kept != object.journal.end()) return {kOk, kept->second};
  std::string answer = upstream(message);
  if (answer.starts_with("2")) object.journal[std::string(message)] = answer;
  return {kOk, answer};
}

Result Vaults::write(Object& object, const std::string& name, int64_t generation, std::string_view sealed) {
  object.generation = generation;
  object.sealed = sealed;
  object.until_ms = 0;
  object.journal.clear();
  written_.emplace_back(name, sealed);
  if (!lags) show_written();
  return {kOk};
}

}  // namespace fake
