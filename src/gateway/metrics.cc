#include "gateway/metrics.h"

#include <map>

#include "account/keys.h"
#include "account/pool.h"
#include "base/text.h"
#include "config/settings.h"
#include "gateway/admin_call.h"
#include "gateway/catalog.h"
#include "gateway/respond.h"
#include "gateway/usage_report.h"
#include "host/host.h"

namespace gateway {

namespace {

void append_accounts(std::string& out) {
  int64_t now = host::now_ms();
  std::map<std::pair<std::string, std::string_view>, int64_t> states;
  for (const account::AccountPtr& account : account::pool().all()) {
    states[{account->credential.provider, account::condition_of(*account, now)}]++;
  }
  out += "# HELP isthmus_accounts Accounts by provider and state, as this instance sees them.\n";
  out += "# TYPE isthmus_accounts gauge\n";
  for (const auto& [which, count] : states) {
    out.append("isthmus_accounts{provider=\"").append(escape_label(which.first)).append("\",state=\"");
    base::append_int(out.append(which.second).append("\"} "), count);
    out += '\n';
  }
}

void append_build(std::string& out) {
  out += "# HELP isthmus_build_info The version that answers.\n# TYPE isthmus_build_info gauge\n";
  out.append("isthmus_build_info{version=\"")
      .append(escape_label(config::settings().version))
      .append("\"} 1\n");
}

}  // namespace

base::Task<> serve_metrics(Exchange& exchange) {
  if (!account::admin_allowed(account::presented_key(exchange.request)))
    co_return answer_error(exchange, protocol::kOpenaiChat, admin_closed());
  auto problem = co_await load_catalog(exchange.id);
  UsageRows rows;
  UsageSource source = co_await read_usage(exchange.id, kAllParts & ~1, {}, {}, rows);
  // Counters that jump back would be taken for a restart.
  if (source == UsageSource::unavailable) problem = storage_failed();
  if (problem) co_return answer_error(exchange, protocol::kOpenaiChat, *problem);
  std::string body = usage_as_metrics(rows);
  append_accounts(body);
  append_build(body);
  answer(exchange, 200, "text/plain; version=0.0.4; charset=utf-8", body);
}

}  // namespace gateway
