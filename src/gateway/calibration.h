// What the upstreams' own counts teach about ours: one factor per model, learned in this instance.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace gateway {

// Is a request to `model`, of which the upstream counted `actual` input tokens, worth an estimate, which
// takes a few microseconds per kilobyte? Often at first, now and then later, and never for what teaches
// little or costs much.
bool wants_lesson(const std::string& model, int64_t actual);
// The upstream counted `actual` input tokens where we estimated `estimate` for texts alone. Small requests
// and absurd counts are no lesson, and no single one moves the factor far.
void learn(const std::string& model, int64_t estimate, int64_t actual);
// `estimate` corrected by what was learned of `model`; as it is for a model without lessons.
int64_t calibrated(const std::string& model, int64_t estimate);

}  // namespace gateway
