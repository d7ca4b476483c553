#include "gateway/fanout/overload.hpp"

#include "gateway/base/planted.hpp"

namespace ticker {
namespace {

constexpr std::int64_t us_per_ms = 1'000;
constexpr std::int64_t ns_per_ms = 1'000'000;

}  // namespace

bool Overload::note(std::int64_t lag_us, std::int64_t now_ns) {
  const bool was_widened = widened_;
  refuses_ = lag_us > limits_.lag_soft_ms * us_per_ms;
  if (refuses_) calm_since_ns_ = now_ns;
  if (lag_us > limits_.lag_hard_ms * us_per_ms) {
    widened_ = true;
  } else if (now_ns - calm_since_ns_ >= limits_.lag_calm_ms * ns_per_ms) {
    widened_ = planted(Bug::widened_for_ever);
  }
  return widened_ != was_widened;
}

}  // namespace ticker
