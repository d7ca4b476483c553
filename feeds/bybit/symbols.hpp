// Bybit spells `BTCUSDT` where we say `BTC-USDT`: the quote asset must be known to find the cut.
// The venue's list tells it; this table is for captures, which have none. Any thread may read it.
#pragma once

#include <string>
#include <string_view>

namespace ticker::feeds::bybit {

/// `BASE-QUOTE`; the spelling itself when it ends in no known quote asset or nothing is left for a
/// base.
[[nodiscard]] std::string pair(std::string_view symbol);

}  // namespace ticker::feeds::bybit
