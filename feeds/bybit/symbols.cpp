#include "feeds/bybit/symbols.hpp"

namespace ticker::feeds::bybit {
namespace {

// Longest first: the first that ends a symbol is its quote. BRZ, DAI, EUR, USDC and the like are
// bases as well, but then stand in front.
constexpr std::string_view quotes[] = {
    "USDT", "USDC", "USDE", "USDQ", "USDR", "USD1", "EURQ", "EURR",  //
    "BTC",  "ETH",  "EUR",  "BRL",  "BRZ",  "DAI",  "MNT",  "PLN",  "TRY", "SOL",
};

}  // namespace

std::string pair(std::string_view symbol) {
  for (const std::string_view quote : quotes) {
    if (symbol.size() <= quote.size() || !symbol.ends_with(quote)) continue;
    std::string name(symbol.substr(0, symbol.size() - quote.size()));
    name += '-';
    name += quote;
    return name;
  }
  return std::string(symbol);
}

}  // namespace ticker::feeds::bybit
