#include "golden/fidelity.h"

namespace golden {

namespace {
// Do all members in which `fixture` differs from `base` stand in `out` with the same JSON text?
bool stands_in(std::string_view out, std::string_view base, std::string_view fixture) {
  json::Document before, after, written;
  bool parsed = before.parse(base) == json::Error::none && after.parse(fixture) == json::Error::none &&
                written.parse(out) == json::Error::none;
  if (!parsed) return false;
  for (auto [key, value] : after.root().items()) {
    if (before.root()[key.str()].raw() == value.raw()) continue;
    if (written.root()[key.str()].raw() != value.raw()) return false;
  }
  return true;
}
}  // namespace

std::string_view name_of(Fate fate) {
  switch (fate) {
    case Fate::kept: return "kept";
    case Fate::mapped: return "mapped";
    case Fate::dropped: return "dropped";
    case Fate::refused: return "refused";
  }
  return {};
}

Fate fate_of(const protocol::Protocol& surface, const Section& base, const Section& fixture,
             const Upstream& upstream) {
  std::string without = translate_request(surface, base.body, upstream);
  std::string with = translate_request(surface, fixture.body, upstream);
  if (with.starts_with("refused:")) return Fate::refused;
  if (stands_in(with, base.body, fixture.body)) return Fate::kept;
  return with == without ? Fate::dropped : Fate::mapped;
}

std::vector<Section> fidelity_table(const protocol::Protocol& surface) {
  std::vector<Section> fixtures = requests_of(surface), table;
  for (size_t i = 1; i < fixtures.size(); i++) {
    Section row{fixtures[i].name, {}};
    for (const Upstream& upstream : upstreams()) {
      row.body += upstream.name + ": ";
      row.body.append(name_of(fate_of(surface, fixtures[0], fixtures[i], upstream))).append("\n");
    }
    table.push_back(std::move(row));
  }
  return table;
}

}  // namespace golden
