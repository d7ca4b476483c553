// What the market knows: the last ticker event of each instrument, and the numbers of its tickers
// and trades. Whatever arrives here is new; it is kept, numbered and published. Owned by the feed
// thread. Never compares or orders (the normalisers do), knows no venue's words and no ring, and
// never waits for a reader. Events that another process has numbered would enter here, too.
#pragma once

#include <array>
#include <cassert>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "gateway/base/counters.hpp"
#include "gateway/base/event_sink.hpp"
#include "gateway/base/thread_owner.hpp"
#include "schemas/instrument.hpp"

namespace ticker {

class MarketState {
 public:
  /// A trade that was not published yet; refers to the caller's values. `id`: the venue's, cut to
  /// `TradeId::text_max`.
  struct Trade {
    const Decimal& price;
    const Decimal& size;
    Side side;
    std::string_view id;
    std::int64_t exchange_us;
  };

  /// The next ticker event of one instrument, in the making. Changes the last one in place, so that
  /// an update is compared and stored in one go; `publish` must follow where anything changed.
  class Change {
   public:
    /// As it is now: the last values, and what was set since.
    [[nodiscard]] const TickerBody& ticker() const { return event_.ticker; }
    [[nodiscard]] FieldMask changed() const { return changed_; }
    void set(Field field, Decimal value) {
      event_.ticker.fields.set(field, value);
      changed_ = static_cast<FieldMask>(changed_ | bit(field));
    }
    void set_status(Status status, Reason reason, std::int64_t since_us) {
      event_.ticker.status = status;
      event_.ticker.reason = reason;
      event_.ticker.since_us = since_us;
      changed_ = static_cast<FieldMask>(changed_ | status_bit);
    }

   private:
    friend class MarketState;
    explicit Change(Event& event) : event_(event) {}
    Event& event_;
    FieldMask changed_ = 0;
  };

  MarketState(InstrumentTable& table, EventSink& events, MarketCounters& counters);

  /// Asserts that the caller is the feed thread: the first one that comes here.
  void check_thread() { owner_.check(); }

  [[nodiscard]] std::size_t size() const { return kept_.size(); }
  /// The last ticker event of an instrument; before the first one, `seq` is 0 and the status
  /// `pending`.
  [[nodiscard]] const Event& at(InstrumentId id) const { return kept_[id].ticker; }

  /// The id of `name`. A new instrument is published before its first data. Nothing: the name is
  /// malformed, or the table is full.
  [[nodiscard]] std::optional<InstrumentId> introduce(std::string_view name, const Receipt& now);

  [[nodiscard]] Change change(InstrumentId id) { return Change(kept_[id].ticker); }
  /// Gives the change the instrument's next `seq`. `exchange_us`: 0 where the venue gave no time.
  void publish(const Change& change, const Receipt& received, std::int64_t exchange_us) {
    assert(change.changed_ != 0);
    Event& event = change.event_;
    ++event.seq;
    event.received = received;
    event.exchange_us = exchange_us;
    event.ticker.changed = change.changed_;
    events_.write(event);
  }

  /// The status changed and no value did: `received.wall_us` stays the age of the values.
  void set_status(InstrumentId id, Status status, Reason reason, const Receipt& now);

  void add_trade(InstrumentId id, const Trade& trade, const Receipt& received) {
    trade_.instrument = id;
    trade_.seq = ++kept_[id].ticker.ticker.trade_seq;
    trade_.received = received;
    trade_.exchange_us = trade.exchange_us;
    trade_.trade = {trade.price, trade.size, {}, trade.side};
    trade_.trade.id.assign(trade.id);
    events_.write(trade_);
  }

  /// Trades are missing: one numbered gap. False where there never was a trade: nobody misses one.
  bool miss_trades(InstrumentId id, const Receipt& now);

 private:
  // Placed so that fields and status, which each update is compared with, take two cache lines and
  // not three.
  struct alignas(64) Kept {
    std::array<std::uint64_t, 2> unused{};
    Event ticker;
  };

  ThreadOwner owner_;
  InstrumentTable& table_;
  EventSink& events_;
  MarketCounters& counters_;
  Event trade_;  // filled for each trade: clearing a whole event would cost more than that
  std::vector<Kept> kept_;  // by instrument id; reserved for the whole table
};

}  // namespace ticker
