#include "golden/fixtures.h"

#include <fstream>
#include <sstream>

#include "base/text.h"
#include "json/edit.h"

namespace golden {

namespace {
constexpr std::string_view kMark = "=== ";
constexpr int64_t kLongestBudget = 24576;

std::string path_of(std::string_view kind, std::string_view protocol) {
  std::string path = ISTHMUS_TESTS "/golden/";
  return path.append(kind).append("/").append(protocol).append(".txt");
}

// `base` with the members of `changes` in place of its own.
std::string merge(std::string_view base, std::string_view changes) {
  json::Document whole, document;
  if (document.parse(changes) != json::Error::none) return std::string(changes);
  std::string merged(base);
  for (auto [key, value] : document.root().items()) {
    std::string out;
    if (whole.parse(merged) != json::Error::none) break;
    json::edit(whole.root(), {{key.inner(), value.raw()}}, out);
    merged = out;
  }
  return merged;
}
}  // namespace

std::vector<Section> read_sections(const std::string& file) {
  std::vector<Section> sections;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with(kMark)) {
      sections.push_back({line.substr(kMark.size()), {}});
    } else if (!sections.empty()) {
      sections.back().body += line + "\n";
    }
  }
  return sections;
}

std::string to_text(const std::vector<Section>& sections) {
  std::string text;
  for (const Section& section : sections) {
    text.append(kMark).append(section.name).append("\n").append(section.body);
    if (!section.body.ends_with('\n')) text += '\n';
  }
  return text;
}

std::vector<Section> requests_of(const protocol::Protocol& surface) {
  std::vector<Section> sections = read_sections(path_of("requests", surface.name));
  for (size_t i = 1; i < sections.size(); i++) sections[i].body = merge(sections[0].body, sections[i].body);
  return sections;
}

std::vector<Section> answers_of(const protocol::Protocol& wire) {
  return read_sections(path_of("answers", wire.name));
}

std::vector<Upstream> upstreams() {
  std::vector<Upstream> all;
  for (const protocol::Protocol* wire : protocol::all()) {
    if (!wire->write) continue;
    Upstream upstream{std::string(wire->name), wire, {}};
    upstream.target.model = "upstream-model";
    upstream.target.thinking = "budget";
    upstream.target.budget_max = kLongestBudget;
    all.push_back(upstream);
    if (wire != &protocol::kGemini) continue;
    upstream.name = "gemini3";
    upstream.target.thinking = "level";
    upstream.target.thinking_levels = "low,high";
    upstream.target.thinking_can_be_off = false;
    upstream.target.signatures_required = true;
    all.push_back(upstream);
  }
  return all;
}

std::vector<const protocol::Protocol*> surfaces() {
  std::vector<const protocol::Protocol*> found;
  for (const protocol::Protocol* each : protocol::all()) {
    if (each->read && each->stream_encoder) found.push_back(each);
  }
  return found;
}

std::vector<const protocol::Protocol*> wires() {
  std::vector<const protocol::Protocol*> found;
  for (const protocol::Protocol* each : protocol::all()) {
    if (each->write && each->framing == protocol::Framing::sse) found.push_back(each);
  }
  return found;
}

std::string translate_request(const protocol::Protocol& surface, std::string_view body,
                              const Upstream& upstream) {
  json::Document document;
  base::Arena arena;
  chat::Request request;
  if (document.parse(body) != json::Error::none) return "the fixture is not JSON";
  auto problem = surface.read(document.root(), arena, request);
  std::string out;
  if (!problem) problem = upstream.wire->write(request, upstream.target, out);
  return problem ? "refused: " + problem->param + ": " + problem->message : out;
}

}  // namespace golden
