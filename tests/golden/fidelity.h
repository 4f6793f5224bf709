// What becomes of a client's fields on the way to each upstream, measured on the golden fixtures.
#pragma once

#include "golden/fixtures.h"

namespace golden {

enum class Fate : uint8_t { kept, mapped, dropped, refused };
std::string_view name_of(Fate fate);

// `fixture` differs from `base` by one field; compares what `upstream` gets for both.
//   refused: the client gets an error           dropped: nothing differs
//   kept: the field stands there as it was      mapped: it has become something else
Fate fate_of(const protocol::Protocol& surface, const Section& base, const Section& fixture,
             const Upstream& upstream);

// One section per field: "<upstream>: <fate>" per line.
std::vector<Section> fidelity_table(const protocol::Protocol& surface);

}  // namespace golden
