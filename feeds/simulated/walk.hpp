// The market of one simulated pair: a bounded random walk in whole ticks. 0 < bid < ask always, and
// every trade lies between them. Pure arithmetic on random bits; owned by the simulated feed.
#pragma once

#include <cstdint>

#include "feeds/simulated/pairs.hpp"
#include "schemas/event.hpp"

namespace ticker::feeds {

class Walk {
 public:
  Walk(const Pair& pair, std::uint64_t seed);

  /// Changes one or some of bid, ask and their sizes.
  void quote(std::uint64_t bits, std::uint64_t more);
  /// Changes all four of them.
  void quote_all(std::uint64_t bits, std::uint64_t more);
  /// One trade at bid, ask or between them. Last, last size, or both change.
  Side trade(std::uint64_t bits);
  /// Lets the oldest trades leave the 24 hours. Only when `day_is_due`.
  void roll_day();
  /// Something traded since the last `roll_day`: the volume has changed.
  [[nodiscard]] bool day_is_due() const { return traded_; }

  [[nodiscard]] Decimal get(Field field) const;

 private:
  void shift(std::uint64_t bits);
  void move_bid(std::uint64_t bits);
  void move_ask(std::uint64_t bits);
  void draw_size(std::int64_t& size, std::uint64_t bits) const;
  [[nodiscard]] std::int64_t other_spread(std::uint64_t bits) const;

  // Prices in ticks; sizes and volume as mantissas.
  std::int64_t bid_ = 0;
  std::int64_t ask_ = 0;
  std::int64_t bid_size_ = 0;
  std::int64_t ask_size_ = 0;
  std::int64_t last_ = 0;
  std::int64_t last_size_ = 0;
  std::int64_t open_ = 0;
  std::int64_t high_ = 0;
  std::int64_t low_ = 0;
  std::int64_t volume_ = 0;
  std::int64_t told_volume_ = 0;
  std::int64_t lowest_;   // bounds of the walk: half and twice the usual price
  std::int64_t highest_;  //
  std::int64_t tick_;
  std::uint32_t step_max_;
  std::uint32_t spread_max_;
  std::uint32_t size_usual_;
  std::int8_t price_scale_;
  std::int8_t size_scale_;
  bool traded_ = false;
};

}  // namespace ticker::feeds
