#include "gateway/usage_report.h"

#include "base/text.h"

namespace gateway {

namespace {

struct Column {
  std::string_view name;
  Count count;
  Count per = Count::requests;  // for an average: of what
  bool average = false;
};
constexpr Column kColumns[] = {
    {"requests", Count::requests},
    {"failures", Count::failures},
    {"cancelled", Count::cancelled},
    {"input_tokens", Count::input},
    {"cached_tokens", Count::cached},
    {"output_tokens", Count::output},
    {"reasoning_tokens", Count::reasoning},
    {"latency_ms", Count::latency_ms, Count::requests, true},
    {"first_byte_ms", Count::first_byte_ms, Count::begun, true},
};

int64_t value_of(const Column& column, const Counts& counts) {
  int64_t value = counts[column.count];
  if (!column.average) return value;
  int64_t of = counts[column.per];
  return of ? (value + of / 2) / of : 0;
}

void append_counts(const Counts& counts, json::Writer& w) {
  for (const Column& column : kColumns) w.key(column.name).number(value_of(column, counts));
}

template <class Take>
void each_part(std::string_view name, Parts parts, Take take) {
  for (size_t part = 0; part < kParts; part++) {
    std::string_view word = base::take_until(name, '\t');
    if (parts >> part & 1) take(kPartNames[part], word);
  }
}

void append_field(std::string_view text, std::string& out) {
  if (text.find_first_of(",\"\r\n") == text.npos) return void(out += text);
  out += '"';
  for (char c : text) out.append(c == '"' ? 2 : 1, c);
  out += '"';
}

// A family of counters: its samples, one per row, and what else tells them apart.
struct Family {
  std::string_view name, help;
  struct Sample {
    std::string_view labels;  // behind those of the row
    Count count;
  };
  Sample samples[4];
  bool seconds = false;
};
constexpr Family kFamilies[] = {
    {"isthmus_requests_total", "Generations that clients asked for.", {{"", Count::requests}}},
    {"isthmus_failures_total", "Generations that ended with an error.", {{"", Count::failures}}},
    {"isthmus_cancelled_total", "Generations whose client left before the end.", {{"", Count::cancelled}}},
    {"isthmus_tokens_total",
     "Tokens by kind; input includes cached, output includes reasoning.",
     {{",kind=\"input\"", Count::input},
      {",kind=\"cached\"", Count::cached},
      {",kind=\"output\"", Count::output},
      {",kind=\"reasoning\"", Count::reasoning}}},
    {"isthmus_latency_seconds_total",
     "Time until the end, all generations together.",
     {{"", Count::latency_ms}},
     true},
    {"isthmus_begun_total", "Generations whose answer had begun.", {{"", Count::begun}}},
    {"isthmus_first_byte_seconds_total",
     "Time until the answer began, all that had begun together.",
     {{"", Count::first_byte_ms}},
     true},
};

void append_seconds(std::string& out, int64_t ms) {
  base::append_int(out, ms / 1000);
  std::string rest = base::to_text(1000 + ms % 1000);
  out += '.';
  out += rest.substr(1);
}

}  // namespace

void append_usage(const UsageRows& rows, Parts parts, json::Writer& w) {
  w.begin_array();
  for (const auto& [name, counts] : rows) {
    w.begin_object();
    each_part(name, parts, [&](std::string_view part, std::string_view word) { w.key(part).string(word); });
    append_counts(counts, w);
    w.end_object();
  }
  w.end_array();
}

void append_usage_total(const UsageRows& rows, json::Writer& w) {
  Counts total;
  for (const auto& [_, counts] : rows) total.add(counts);
  w.begin_object();
  append_counts(total, w);
  w.end_object();
}

std::string usage_as_csv(const UsageRows& rows, Parts parts) {
  std::string out;
  each_part({}, parts, [&](std::string_view part, std::string_view) { out.append(part).append(","); });
  for (const Column& column : kColumns) out.append(column.name).append(",");
  out.back() = '\n';
  for (const auto& [name, counts] : rows) {
    each_part(name, parts, [&](std::string_view, std::string_view word) {
      append_field(word, out);
      out += ',';
    });
    for (const Column& column : kColumns) {
      base::append_int(out, value_of(column, counts));
      out += ',';
    }
    out.back() = '\n';
  }
  return out;
}

std::string escape_label(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '\n') {
      out += "\\n";
      continue;
    }
    if (c == '\\' || c == '"') out += '\\';
    out += c;
  }
  return out;
}

std::string usage_as_metrics(const UsageRows& rows) {
  std::string out;
  for (const Family& family : kFamilies) {
    out.append("# HELP ").append(family.name).append(" ").append(family.help).append("\n");
    out.append("# TYPE ").append(family.name).append(" counter\n");
    for (const auto& [name, counts] : rows) {
      std::string labels;
      each_part(name, kAllParts & ~1, [&](std::string_view part, std::string_view word) {
        labels.append(labels.empty() ? "" : ",")
            .append(part)
            .append("=\"")
            .append(escape_label(word))
            .append("\"");
      });
      for (const Family::Sample& sample : family.samples) {
        if (&sample != family.samples && sample.labels.empty()) break;
        out.append(family.name).append("{").append(labels).append(sample.labels).append("} ");
        int64_t value = counts[sample.count];
        family.seconds ? append_seconds(out, value) : base::append_int(out, value);
        out += '\n';
      }
    }
  }
  return out;
}

}  // namespace gateway
