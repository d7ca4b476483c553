#include "feeds/binance/symbols.hpp"

namespace ticker::feeds::binance {
namespace {

constexpr std::string_view global_table[] = {
    "FDUSD",                                                                          //
    "USDT",  "USDC", "TUSD", "BUSD", "USDP", "USD1", "IDRT", "BIDR", "BVND", "BKRW",  //
    "EURI",  "DOGE",                                                                  //
    "USD",   "BTC",  "ETH",  "BNB",  "EUR",  "TRY",  "BRL",  "GBP",  "AUD",  "DAI",   //
    "JPY",   "MXN",  "PLN",  "RON",  "ARS",  "ZAR",  "CZK",  "COP",  "UAH",  "NGN",   //
    "RUB",   "TRX",  "XRP",  "SOL",  "DOT",  "PAX",  "VAI",  "UST",
};

// TUSD is no quote there and must not be one: `BATUSD` and `HNTUSD` are BAT and HNT in US dollars
// (binance_us captures of 2021-08-14).
constexpr std::string_view us_table[] = {
    "USDT", "USDC", "BUSD", "USD4", "USD", "BTC", "ETH", "BNB", "DAI",
};

}  // namespace

std::span<const std::string_view> global_quotes() { return global_table; }
std::span<const std::string_view> us_quotes() { return us_table; }

// The cut falls before an ASCII letter, never inside a character: bases may be any UTF-8
// (web-socket-streams.md: symbols may hold non-ASCII characters).
std::string pair(std::string_view symbol, std::span<const std::string_view> quotes) {
  for (const std::string_view quote : quotes) {
    if (symbol.size() <= quote.size() || !symbol.ends_with(quote)) continue;
    std::string name(symbol.substr(0, symbol.size() - quote.size()));
    name += '-';
    name += quote;
    return name;
  }
  return std::string(symbol);
}

}  // namespace ticker::feeds::binance
