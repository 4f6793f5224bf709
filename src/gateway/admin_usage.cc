#include "gateway/admin_usage.h"

#include "base/date.h"
#include "base/text.h"
#include "gateway/respond.h"
#include "gateway/usage_report.h"
#include "host/host.h"
#include "json/writer.h"
#include "protocol/problem.h"

namespace gateway {

namespace {

using Problem = std::optional<chat::Error>;
constexpr int64_t kDefaultDays = 30;

struct Query {
  std::string from, to;  // days
  Parts parts = kAllParts;
  bool csv = false;
};

Problem read_day(const http::Request& request, std::string_view name, std::string& day) {
  auto value = base::query_value(request.query, name);
  if (!value) return std::nullopt;
  if (value->size() != day.size() || !base::to_ms(*value))
    return protocol::invalid_value(name, "expected a day such as 2026-11-29.");
  day = *value;
  return std::nullopt;
}

Problem read_parts(std::string_view text, Parts& parts) {
  parts = 0;
  while (!text.empty()) {
    std::string_view word = base::trim(base::take_until(text, ','));
    size_t part = 0;
    while (part < kParts && kPartNames[part] != word) part++;
    if (part == kParts)
      return protocol::invalid_value(
          "by", "expected any of day, key, account, provider, model, separated by commas.");
    parts |= Parts(1 << part);
  }
  return std::nullopt;
}

Problem read_query(const http::Request& request, Query& query) {
  int64_t now = host::now_ms();
  query.to = base::day_of(now);
  query.from = base::day_of(now - (kDefaultDays - 1) * base::kDayMs);
  if (auto problem = read_day(request, "to", query.to)) return problem;
  query.from = base::day_of(*base::to_ms(query.to) - (kDefaultDays - 1) * base::kDayMs);
  if (auto problem = read_day(request, "from", query.from)) return problem;
  if (query.from > query.to) return protocol::invalid_value("from", "it lies behind 'to'.");
  if (auto by = base::query_value(request.query, "by")) {
    if (auto problem = read_parts(*by, query.parts)) return problem;
  }
  auto format = base::query_value(request.query, "format");
  if (format && *format != "csv" && *format != "json")
    return protocol::invalid_value("format", "expected json or csv.");
  query.csv = format ? *format == "csv" : request.header("accept").starts_with("text/csv");
  return std::nullopt;
}

constexpr std::string_view kHereOnly =
    "No ledger is bound (LEDGER in wrangler.toml): these are the counts of the instance that answered, since "
    "its start.";

void answer_rows(Exchange& exchange, const Query& query, UsageSource source, const UsageRows& rows) {
  if (query.csv) {
    std::string_view note = source == UsageSource::instance ? "x-isthmus-usage: this instance only\n" : "";
    return answer(exchange, 200, "text/csv; charset=utf-8; header=present", usage_as_csv(rows, query.parts),
                  note);
  }
  std::string body;
  json::Writer w(body);
  w.begin_object().key("object").raw("\"usage\"").key("from").string(query.from).key("to").string(query.to);
  w.key("by").begin_array();
  for (size_t part = 0; part < kParts; part++)
    if (query.parts >> part & 1) w.string(kPartNames[part]);
  w.end_array().key("source").string(source == UsageSource::ledger ? "ledger" : "instance");
  if (source == UsageSource::instance) w.key("note").string(kHereOnly);
  w.key("data");
  append_usage(rows, query.parts, w);
  w.key("total");
  append_usage_total(rows, w);
  w.end_object();
  answer_json(exchange, body);
}

}  // namespace

base::Task<Problem> serve_usage(Exchange& exchange, AdminCall call) {
  if (call.method != "GET" || !call.rest.empty()) co_return wrong_admin_call(call);
  Query query;
  if (auto problem = read_query(exchange.request, query)) co_return problem;
  UsageRows rows;
  UsageSource source = co_await read_usage(exchange.id, query.parts, query.from, query.to, rows);
  if (source == UsageSource::unavailable) co_return storage_failed();
  answer_rows(exchange, query, source, rows);
  co_return std::nullopt;
}

}  // namespace gateway
