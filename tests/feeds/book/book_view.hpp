// A book as a test rebuilds it from what an adapter said: nothing is checked, nothing is cut but at
// `depth`. Not the gateway's: a second opinion.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/feeds/recording_sink.hpp"

namespace ticker::feeds {

class BookView {
 public:
  explicit BookView(std::size_t depth = 0) : depth_(depth) {}

  void apply(const HeardBook& heard) {
    if (heard.update.snapshot) bids_.clear(), asks_.clear();
    put(bids_, heard.bids);
    put(asks_, heard.asks);
    if (depth_ == 0) return;
    while (bids_.size() > depth_) bids_.erase(bids_.begin());
    while (asks_.size() > depth_) asks_.erase(std::prev(asks_.end()));
  }
  /// Best first; prices and sizes with the digits that were sent.
  [[nodiscard]] std::vector<BookLevel> bids() const {
    std::vector<BookLevel> all;
    for (auto at = bids_.rbegin(); at != bids_.rend(); ++at) all.push_back(at->second);
    return all;
  }
  [[nodiscard]] std::vector<BookLevel> asks() const {
    std::vector<BookLevel> all;
    for (const auto& [price, level] : asks_) all.push_back(level);
    return all;
  }

 private:
  using Side = std::map<Decimal, BookLevel>;
  static void put(Side& side, const std::vector<BookLevel>& levels) {
    for (const BookLevel& level : levels) {
      side.erase(level.price);
      if (level.size.is_null() || level.size.mantissa != 0) side.emplace(level.price, level);
    }
  }

  const std::size_t depth_;
  Side bids_;
  Side asks_;
};

}  // namespace ticker::feeds
