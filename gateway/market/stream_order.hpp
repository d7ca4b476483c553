// Where a venue's stream stands in its own order: what is newer, what was heard before, and when a
// stream has begun to count from scratch. Owned by one normaliser, on the feed thread. Never
// publishes and reads no clock: time is passed in.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

namespace ticker {

/// The order of one stream of one instrument.
class StreamOrder {
 public:
  enum class Verdict : std::uint8_t { taken, old, restarted };

  /// Takes an update's order unless it is older than the last one; 0 means that it has none. If a
  /// stream sends only older ones for 2 s, the venue has reset its numbering, or one absurd id is
  /// in the way: then the stream is restarted from this update.
  Verdict take(std::uint64_t order, std::int64_t now_ns) {
    if (order == 0) return Verdict::taken;
    Verdict verdict = Verdict::taken;
    if (order < last_) {
      if (!restarts(now_ns)) return Verdict::old;
      verdict = Verdict::restarted;
    }
    last_ = order;
    refused_ = 0;
    return verdict;
  }
  [[nodiscard]] std::uint64_t last() const { return last_; }

 private:
  bool restarts(std::int64_t now_ns);

  std::uint64_t last_ = 0;
  std::uint32_t refused_ = 0;          // in a row, for being older
  std::int64_t refused_since_ns_ = 0;  // the first of them
};

/// The order of an instrument's trades. Several may share one order; then their ids decide.
class TradeOrder {
 public:
  /// `taken_after_hole`: ids that rise by one have skipped some.
  enum class Verdict : std::uint8_t { taken, taken_after_hole, old, restarted };

  /// `counted`: orders rise by one a trade.
  Verdict take(std::uint64_t order, bool counted, std::string_view id, std::int64_t now_ns);

  /// The venue's ids start from scratch.
  void forget() {
    stream_ = {};
    same_order_.clear();
  }

 private:
  // Trades of one order that are remembered by their ids; venues sent up to 46.
  static constexpr std::size_t same_order_max = 1'024;

  StreamOrder stream_;
  std::vector<std::uint64_t> same_order_;  // hashes of the ids of trades at `stream_.last()`
};

inline TradeOrder::Verdict TradeOrder::take(std::uint64_t order, bool counted, std::string_view id,
                                            std::int64_t now_ns) {
  if (order == 0) return Verdict::taken;
  const std::uint64_t hash = std::hash<std::string_view>{}(id);
  const std::uint64_t last = stream_.last();
  if (order == last) {
    if (std::ranges::find(same_order_, hash) != same_order_.end()) return Verdict::old;
    if (same_order_.size() == same_order_max) same_order_.clear();
    same_order_.push_back(hash);
    return Verdict::taken;
  }
  const StreamOrder::Verdict verdict = stream_.take(order, now_ns);
  if (verdict == StreamOrder::Verdict::old) return Verdict::old;
  same_order_.assign(1, hash);
  if (verdict == StreamOrder::Verdict::restarted) return Verdict::restarted;
  const bool hole = counted && last != 0 && order > last + 1;
  return hole ? Verdict::taken_after_hole : Verdict::taken;
}

}  // namespace ticker
