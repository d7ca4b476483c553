// A third channel, for tests: the price of the last trade, merged for slow clients, at an interval
// if one is asked for, never resumed. It counts by the numbers of trades. One row, and nothing else
// of the product knows it.
#pragma once

#include <cstring>
#include <string>

#include "gateway/fanout/channel.hpp"

namespace ticker {

class LastChannel final : public Channel {
 public:
  LastChannel()
      : Channel({.name = "last", .on_full = OnFull::merge, .paced = true},
                kind(Event::Kind::trade)) {}

  [[nodiscard]] std::uint64_t seq(const View& view) const override { return view.trade_seq; }

  [[nodiscard]] FieldMask changed(const View&, const Event&, const Heard&) const override {
    return bit(Field::last);
  }

  [[nodiscard]] Piece snapshot(const Framer& framer, const View& view, FieldMask,
                               Resumed resumed) const override {
    return write(framer, R"({"type":"snapshot","channel":"last","seq":)" +
                             std::to_string(view.trade_seq) +
                             (resumed == Resumed::no ? R"(,"resumed":false)" : "") + price(view));
  }

  [[nodiscard]] Piece delta(const Framer& framer, const View& view,
                            const Gathered& gathered) const override {
    return write(framer, R"({"type":"last","seq":)" + std::to_string(view.trade_seq) +
                             ",\"prev\":" + std::to_string(gathered.prev) +
                             ",\"merged\":" + std::to_string(gathered.merged) + price(view));
  }

 private:
  static std::string price(const View& view) {
    if (view.trades.size() == 0) return "}";
    char text[64];
    const Event& trade = view.trades[view.trades.size() - 1];
    return R"(,"price":")" + std::string(text, trade.trade.price.format(text)) + "\"}";
  }
  static Piece write(const Framer& framer, const std::string& text) {
    return framer.encoder.text(framer.format, text);
  }
};

/// Ticker, trades and the one above.
inline Channels three_channels() {
  static const LastChannel last;
  static const Channel* const table[] = {channels()[0], channels()[1], &last};
  return table;
}

}  // namespace ticker
