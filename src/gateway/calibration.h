// What the upstreams' own counts teach about ours: one factor per model, learned in this instance.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace gateway {

// Is another lesson on `model` worth an estimate? Often at first, now and then later.
bool wants_lesson(const std::string& model);
// The upstream counted `actual` input tokens where we estimated `estimate` for texts alone. Small requests
// and absurd counts are no lesson, and no single one moves the factor far.
void learn(const std::string& model, int64_t estimate, int64_t actual);
// `estimate` corrected by what was learned of `model`; as it is for a model without lessons.
int64_t calibrated(const std::string& model, int64_t estimate);

}  // namespace gateway
