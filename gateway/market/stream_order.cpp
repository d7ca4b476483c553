#include "gateway/market/stream_order.hpp"

namespace ticker {
namespace {

constexpr std::uint32_t refusals_max = 8;
constexpr std::int64_t refusals_time_ns = 2'000'000'000;

}  // namespace

bool StreamOrder::restarts(std::int64_t now_ns) {
  if (refused_++ == 0) refused_since_ns_ = now_ns;
  return refused_ > refusals_max && now_ns - refused_since_ns_ >= refusals_time_ns;
}

}  // namespace ticker
