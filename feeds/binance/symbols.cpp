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

constexpr std::string_view depth_path = "/api/v3/depth?symbol=";
constexpr std::string_view hex_digits = "0123456789ABCDEF";

bool is_unreserved(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

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

std::string percent_encoded(std::string_view symbol) {
  std::string text;
  for (const char c : symbol) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_unreserved(c)) {
      text += c;
    } else {
      ((text += '%') += hex_digits[byte >> 4]) += hex_digits[byte & 15];
    }
  }
  return text;
}

std::string depth_target(std::string_view symbol) {
  return std::string(depth_path) + percent_encoded(symbol) + "&limit=1000";
}

std::string symbol_in(std::string_view target) {
  if (!target.starts_with(depth_path)) return {};
  target.remove_prefix(depth_path.size());
  target = target.substr(0, target.find('&'));
  std::string symbol;
  for (std::size_t i = 0; i < target.size(); ++i) {
    if (target[i] != '%') {
      symbol += target[i];
      continue;
    }
    if (i + 2 >= target.size()) return {};
    const auto high = hex_digits.find(target[i + 1]);
    const auto low = hex_digits.find(target[i + 2]);
    if (high == std::string_view::npos || low == std::string_view::npos) return {};
    symbol += static_cast<char>(high << 4 | low);
    i += 2;
  }
  return symbol;
}

}  // namespace ticker::feeds::binance
