// Stands between an adapter and the sink of a replay: recorded exchange times become times of now.
// Lives on the feed thread, for one frame at a time.
#pragma once

#include <cstddef>
#include <cstdint>

#include "feeds/contract/adapter.hpp"
#include "feeds/json/values.hpp"

namespace ticker::feeds {

class ShiftedSink final : public Sink {
 public:
  /// Adds `shift_us` to every exchange time; without `has_shift` drops them: a frame whose receive
  /// time nobody recorded has no latency to keep.
  ShiftedSink(Sink& sink, bool has_shift, std::int64_t shift_us)
      : sink_(sink), has_shift_(has_shift), shift_us_(shift_us) {}

  /// How many ticker, trade and book calls went through.
  [[nodiscard]] std::size_t said() const { return said_; }

  void received(const Receipt& receipt) override { sink_.received(receipt); }
  void ticker(const TickerUpdate& update) override {
    TickerUpdate shifted = update;
    shifted.exchange_us = shift(update.exchange_us);
    ++said_;
    sink_.ticker(shifted);
  }
  void trade(const TradeUpdate& update) override {
    TradeUpdate shifted = update;
    shifted.exchange_us = shift(update.exchange_us);
    ++said_;
    sink_.trade(shifted);
  }
  void book(const BookUpdate& update) override {
    BookUpdate shifted = update;
    shifted.exchange_us = shift(update.exchange_us);
    ++said_;
    sink_.book(shifted);
  }
  void overflow() override { sink_.overflow(); }
  void frame(Verdict verdict, std::string_view text) override { sink_.frame(verdict, text); }
  void interrupted() override { sink_.interrupted(); }
  void status(Status status, Reason reason) override { sink_.status(status, reason); }
  void introduce(std::string_view symbol, std::string_view name) override {
    sink_.introduce(symbol, name);
  }
  void status_of(std::string_view symbol, Status status, Reason reason) override {
    sink_.status_of(symbol, status, reason);
  }
  void interrupted_one(std::string_view symbol, bool trades_lost) override {
    sink_.interrupted_one(symbol, trades_lost);
  }
  void notice(const Notice& notice) override { sink_.notice(notice); }
  void link(LinkState state, std::string_view error) override { sink_.link(state, error); }

 private:
  // Unsigned sums: a hostile time may wrap, but is never undefined. Beside an absurd receive time
  // nothing is left of a latency, and clients get no time that is none.
  [[nodiscard]] std::int64_t shift(std::int64_t exchange_us) const {
    if (exchange_us == 0 || !has_shift_) return 0;
    const auto shifted = static_cast<std::int64_t>(static_cast<std::uint64_t>(exchange_us) +
                                                   static_cast<std::uint64_t>(shift_us_));
    return is_time(shifted) ? shifted : 0;
  }

  Sink& sink_;
  const bool has_shift_;
  const std::int64_t shift_us_;
  std::size_t said_ = 0;
};

}  // namespace ticker::feeds
