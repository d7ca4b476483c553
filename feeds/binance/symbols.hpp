// Binance spells `BTCUSDT` where we say `BTC-USDT`: the quote asset must be known to find the cut.
// Constant tables; any thread may read them.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace ticker::feeds::binance {

/// Quote assets, longest first: the first that ends a symbol is its quote.
[[nodiscard]] std::span<const std::string_view> global_quotes();
[[nodiscard]] std::span<const std::string_view> us_quotes();

/// `BASE-QUOTE`; the spelling itself when it ends in none of `quotes` or nothing is left for a
/// base.
[[nodiscard]] std::string pair(std::string_view symbol, std::span<const std::string_view> quotes);

/// As it stands in a URL: what is not ASCII, or has a meaning there, percent-encoded (RFC 3986).
[[nodiscard]] std::string percent_encoded(std::string_view symbol);
/// Path and query of the request for a symbol's book.
[[nodiscard]] std::string depth_target(std::string_view symbol);
/// The symbol that such a request asks for; empty where it is none.
[[nodiscard]] std::string symbol_in(std::string_view target);

}  // namespace ticker::feeds::binance
