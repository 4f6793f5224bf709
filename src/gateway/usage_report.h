// Rows of usage in the words of those who read them.
#pragma once

#include <string>

#include "gateway/usage.h"
#include "json/writer.h"

namespace gateway {

// An object per row: the `parts` that are told apart, counts, and times as averages.
void append_usage(const UsageRows& rows, Parts parts, json::Writer& w);
// The members that the sum of all rows has.
void append_usage_total(const UsageRows& rows, json::Writer& w);
// The same as a table (RFC 4180) with a line of names.
std::string usage_as_csv(const UsageRows& rows, Parts parts);

// Counters in Prometheus' text format, of rows with all days in one.
std::string usage_as_metrics(const UsageRows& rows);
// `text` as a label's value, without its quotes.
std::string escape_label(std::string_view text);

}  // namespace gateway
