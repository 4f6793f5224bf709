#include "provider/google/quota.h"

#include <algorithm>

#include "base/text.h"
#include "provider/google/errors.h"

namespace provider::google {

namespace {

// What is used, in whole percents, where "0.86" is left. An absent fraction is not said, and not nothing.
int64_t used_percent(json::Value fraction) {
  if (!fraction.is(json::Kind::number)) return -1;
  std::string_view text = fraction.raw();
  int64_t whole = fraction.to_int(), hundredths = 0;
  size_t dot = text.find('.');
  for (size_t i = 1; dot != text.npos && i <= 2; i++) {
    char digit = dot + i < text.size() ? text[dot + i] : '0';
    if (digit < '0' || digit > '9') digit = '0';
    hundredths = hundredths * 10 + (digit - '0');
  }
  return 100 - whole * 100 - hundredths;
}

}  // namespace

Quota quota_of(json::Value bucket, std::string name) {
  Quota quota;
  quota.name = std::move(name);
  quota.used = used_percent(bucket["remainingFraction"]);
  quota.limit = 100;
  quota.unit = "percent";
  quota.resets_ms = std::max<int64_t>(0, timestamp_ms(bucket["resetTime"].str()));
  return quota;
}

void add_credits(json::Value loaded, std::vector<Quota>& out) {
  for (auto [_, credit] : loaded["paidTier"]["availableCredits"].items()) {
    Quota quota;
    quota.name = credit["creditType"].str();
    quota.used = 0;  // the amount is what is left
    quota.limit = base::to_int(credit["creditAmount"].str()).value_or(-1);
    quota.unit = "credits";
    out.push_back(std::move(quota));
  }
}

}  // namespace provider::google
