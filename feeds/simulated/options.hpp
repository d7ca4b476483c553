// Options of the simulated feed; config section [feeds.simulated].
#pragma once

#include <cstdint>

namespace ticker::feeds {

/// `market`: quiet and busy symbols, trades, 24 h values. `even`: every symbol at the
/// same rate, every event a quote change of four fields (bid, bid_size, ask, ask_size), for
/// benches.
enum class SimulatedProfile : std::uint8_t { market, even };

struct SimulatedOptions {
  std::uint32_t symbols = 100;
  std::uint32_t rate = 1'000;  // events a second in all
  std::uint64_t seed = 1;
  SimulatedProfile profile = SimulatedProfile::market;
};

}  // namespace ticker::feeds
