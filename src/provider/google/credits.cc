#include "provider/google/credits.h"

#include <map>

#include "host/host.h"

namespace provider::google {

namespace {

constexpr int64_t kUsedUpMs = 3600'000;

// When credits stop to pay for a family of an account's, and from when on they may again. Of this instance:
// another one finds out with one request.
std::map<std::string, int64_t>& times() {
  static std::map<std::string, int64_t> known;
  return known;
}
std::string key_of(std::string_view what, const account::Account& account, const Model& model) {
  return std::string(what) + account.credential.id + "/" + (model.family.empty() ? model.id : model.family);
}

}  // namespace

bool pay(const account::Account& account, const Model& model, int64_t until_ms) {
  if (extra(account.credential, "credits") != "true") return false;
  int64_t now = host::now_ms();
  int64_t& paid_until = times()[key_of("pay ", account, model)];
  int64_t& back_at = times()[key_of("gone ", account, model)];
  if (paid_until > now) {
    paid_until = 0;
    back_at = now + kUsedUpMs;
  }
  if (back_at > now) return false;
  paid_until = until_ms;
  return true;
}

bool pays(const account::Account& account, const Model& model) {
  return times()[key_of("pay ", account, model)] > host::now_ms();
}

void append_credits(const account::Account& account, const Model& model, std::string_view name,
                    std::string& out) {
  if (!pays(account, model)) return;
  out.append(",\"").append(name).append(R"(":["GOOGLE_ONE_AI"])");
}

}  // namespace provider::google
