#include "gateway/calibration.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace gateway {

namespace {

constexpr size_t kMaxModels = 256;
constexpr int64_t kSmallest = 200;         // tokens; below, what surrounds the text weighs too much
constexpr int64_t kLargest = 50'000;       // tokens; above, an estimate takes more than a millisecond
constexpr double kLow = 0.5, kHigh = 2.0;  // the factor's bounds
constexpr double kAbsurd = 3;              // a count this far off counts something else
constexpr double kFirstStep = 1, kStep = 0.1;
constexpr double kLongestStride = 0.1;  // of the factor, once there are some lessons
constexpr uint32_t kApprentice = 8;     // chances of a lesson after which one in `kRefresher` will do
constexpr uint32_t kRefresher = 256;

struct Learned {
  double factor = 1;
  uint32_t lessons = 0, chances = 0;
};
std::map<std::string, Learned>& table() {
  static std::map<std::string, Learned> by_model;
  return by_model;
}

}  // namespace

bool wants_lesson(const std::string& model, int64_t actual) {
  if (actual < kSmallest || actual > kLargest) return false;
  if (table().size() >= kMaxModels && !table().count(model)) return false;
  // Not lessons but chances are counted: an upstream whose counts are never believed would cost every
  // request.
  uint32_t chance = table()[model].chances++;
  return chance < kApprentice || chance % kRefresher == 0;
}

void learn(const std::string& model, int64_t estimate, int64_t actual) {
  if (estimate < kSmallest || actual < kSmallest) return;
  double ratio = double(actual) / double(estimate);
  if (ratio > kAbsurd || ratio < 1 / kAbsurd || (table().size() >= kMaxModels && !table().count(model)))
    return;
  Learned& learned = table()[model];
  // The first lessons average, the later ones pull gently.
  double step = std::max(kStep, kFirstStep / (learned.lessons + 1));
  double stride = step * (ratio - learned.factor);
  if (learned.lessons >= 3) stride = std::clamp(stride, -kLongestStride, kLongestStride);
  learned.factor = std::clamp(learned.factor + stride, kLow, kHigh);
  learned.lessons++;
}

int64_t calibrated(const std::string& model, int64_t estimate) {
  auto learned = table().find(model);
  if (learned == table().end()) return estimate;
  return std::llround(double(estimate) * learned->second.factor);
}

}  // namespace gateway
