// What the parts of a shard share: the tables that they serve, the time of the turn, what was
// heard, who listens, and where frames are made. Owned by one shard thread; no part keeps any of it
// for itself.
#pragma once

#include <functional>
#include <string>

#include "gateway/base/counters.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/fanout/board.hpp"
#include "gateway/fanout/channel.hpp"
#include "gateway/fanout/clients.hpp"
#include "gateway/fanout/encoder.hpp"
#include "gateway/fanout/overload.hpp"
#include "gateway/fanout/streams.hpp"
#include "gateway/fanout/subscriptions.hpp"

namespace ticker {

/// The channels and formats that a shard serves.
struct Served {
  Channels channels = ticker::channels();
  Formats formats = ticker::formats();
};

/// The time, looked at once for many things that are done.
class TurnTime {
 public:
  using Clock = std::function<Receipt()>;
  explicit TurnTime(Clock clock) : clock_(std::move(clock)) { look(); }
  void look() {
    now_ = clock_();
    us_ = steady_us(now_.steady_ns);
  }
  [[nodiscard]] const Receipt& now() const { return now_; }
  /// Steady time as pieces carry it.
  [[nodiscard]] std::uint32_t us() const { return us_; }

 private:
  const Clock clock_;
  Receipt now_;
  std::uint32_t us_ = 0;
};

struct ShardState {
  ShardState(const Limits& given, const InstrumentTable& table, SlabPool& slabs, std::string epoch,
             ShardCounters& counted, TurnTime::Clock clock, Served served_tables)
      : limits(given),
        pool(slabs),
        counters(counted),
        served(served_tables),
        time(std::move(clock)),
        board(table, given.trades_kept),
        encoder(slabs, std::move(epoch), counted),
        streams(served.channels,
                [this](ChannelId id, InstrumentId instrument) {
                  return channel(id).seq(board.at(instrument));
                }),
        subscriptions(streams),
        overload(given),
        clients(given, slabs, counted) {}
  ShardState(const ShardState&) = delete;
  ShardState& operator=(const ShardState&) = delete;

  [[nodiscard]] const Channel& channel(ChannelId id) const { return *served.channels[id]; }
  [[nodiscard]] const Format& format(FormatId id) const { return served.formats[id]; }
  /// For one frame: there is room for it.
  [[nodiscard]] Framer framer(FormatId id) {
    clients.make_room();
    return {encoder, format(id), time.now(), limits};
  }
  /// After streams began or ended.
  void count_streams() const {
    counters.streams.set(streams.count());
    counters.filters.set(subscriptions.filter_count());
  }

  const Limits& limits;
  SlabPool& pool;
  ShardCounters& counters;
  const Served served;
  TurnTime time;
  Board board;
  Encoder encoder;
  Streams streams;
  Subscriptions subscriptions;
  Overload overload;
  Clients clients;
};

}  // namespace ticker
