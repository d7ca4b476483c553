// The board: what this shard last heard of every instrument: ticker, last trades, names. Owned by
// one shard thread, fed from the ring alone, so every answer to a client agrees with the stream
// that follows it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gateway/slab.hpp"
#include "gateway/topics.hpp"
#include "schemas/event.hpp"

namespace ticker {

/// The last trades of one instrument, oldest first; the oldest make room.
class TradeHistory {
 public:
  explicit TradeHistory(std::size_t trades_max) : trades_max_(trades_max) {}
  void push(const Event& trade);
  void clear() { trades_.clear(), first_ = 0; }
  [[nodiscard]] std::size_t size() const { return trades_.size(); }
  const Event& operator[](std::size_t i) const { return trades_[(first_ + i) % trades_.size()]; }

 private:
  std::size_t trades_max_;
  std::size_t first_ = 0;
  std::vector<Event> trades_;
};

/// A frame that may be shared again while nothing changed.
struct CachedFrame {
  Piece piece;
  std::uint64_t seq = 0;
  std::uint64_t generation = 0;  // of its slab; 0: none
};

struct View {
  std::string_view symbol;
  VenueId venue = 0;
  bool known = false;
  Event ticker;                 // its `seq` is the ticker's; everything null until the first data
  std::uint64_t trade_seq = 0;  // of the trades channel
  TradeHistory trades{0};
  CachedFrame snapshot, trades_snapshot;
};

class Board {
 public:
  Board(const InstrumentTable& table, std::size_t trades_max)
      : table_(table), trades_max_(trades_max) {}

  [[nodiscard]] bool knows(InstrumentId id) const { return id < views_.size() && views_[id].known; }
  View& add(InstrumentId id);
  View& at(InstrumentId id) { return views_[id]; }
  [[nodiscard]] const View& at(InstrumentId id) const { return views_[id]; }
  [[nodiscard]] std::size_t size() const { return views_.size(); }

  /// The id of a venue name, given out at its first mention.
  VenueId add_venue(std::string_view name);

  /// `venue:BASE-QUOTE` of a known instrument, or `venue:*` of a known venue.
  [[nodiscard]] std::optional<Pattern> find(std::string_view symbol) const;

 private:
  const InstrumentTable& table_;
  const std::size_t trades_max_;
  std::vector<View> views_;  // by instrument id
  std::unordered_map<std::string_view, InstrumentId> by_symbol_;
  std::vector<std::string> venues_;
};

}  // namespace ticker
