// How one talks to Kraken (docs.kraken.com, Spot WebSocket v2). Pure: no I/O, no clock; belongs to
// one feed thread.
#include <algorithm>

#include "feeds/base/json_text.hpp"
#include "feeds/json/listing.hpp"
#include "feeds/kraken/kraken.hpp"

namespace ticker::feeds::kraken {
namespace {

// Of the length of a message nothing is documented.
constexpr std::size_t message_symbols_max = 100;

Talk talk_of(bool book) {
  Talk talk;
  talk.url = "wss://ws.kraken.com/v2";
  talk.rest_url = "https://api.kraken.com";
  talk.symbols_per_connection = 100;
  // About 150 attempts in ten minutes and address, then the address is shut out for ten more
  // (support.kraken.com, «WebSocket API: connection limits»; Cloudflare's, not promised).
  talk.connects = {.gap_ms = 1'000, .count = 100, .window_ms = 600'000};
  // Not documented; one that is beyond it hears «Exceeded msg rate».
  talk.messages = {.gap_ms = 200, .count = 0, .window_ms = 0};
  talk.rest = {.gap_ms = 1'000, .count = 0, .window_ms = 0};  // one a second and address
  talk.ping = R"({"method":"ping"})";  // «Ping»: the connection; streams have their heartbeat
  // About once a second, while nothing else comes, a message of channel `heartbeat` («Heartbeat»).
  // It is of the connection: no instrument is promised anything.
  talk.pong_is_life = false;
  talk.heartbeat_ms = 1'000;
  // A ticker triggered by `bbo` comes when a price changes, not when a trade took a part of one.
  talk.trades_move_quotes = book;
  return talk;
}

class KrakenDialect final : public Dialect {
 public:
  explicit KrakenDialect(const VenueOptions& options)
      : book_(options.quotes != "ticker"),
        ticker_(wants(options, "ticker")),
        told_trades_(wants(options, "trades")),
        talk_(talk_of(options.quotes != "ticker")) {}

  [[nodiscard]] const Talk& talk() const override { return talk_; }

  // {"method":"subscribe","params":{"channel":"book","depth":10,"snapshot":true,
  //  "symbol":["BTC/USD"]}}
  // One answer comes for each symbol.
  [[nodiscard]] std::vector<std::string> subscribe(
      std::span<const std::string> symbols) const override {
    std::vector<std::string> messages;
    for (std::size_t at = 0; at < symbols.size(); at += message_symbols_max) {
      const auto some = symbols.subspan(at, std::min(message_symbols_max, symbols.size() - at));
      if (ticker_ && book_) messages.push_back(request("subscribe", some, book_params));
      if (ticker_) messages.push_back(request("subscribe", some, ticker_params()));
      // Last prices are told by trades, so a ticker without them would have none. The snapshot
      // makes the last price known at once.
      if (ticker_ || told_trades_) messages.push_back(request("subscribe", some, trade_params));
    }
    return messages;
  }

  // A new subscription begins with a snapshot («Book», «Ticker»).
  [[nodiscard]] std::vector<std::string> refresh(std::string_view symbol) const override {
    const std::string one(symbol);
    const std::string_view params = book_ ? book_params : ticker_params();
    return {request("unsubscribe", {&one, 1}, params), request("subscribe", {&one, 1}, params)};
  }

  [[nodiscard]] std::string list_target() const override { return "/0/public/AssetPairs"; }

  // {"error":[],"result":{"XXBTZUSD":{"altname":"XBTUSD","wsname":"XBT/USD",…,"status":"online",…},
  //  …}}
  // («Get Tradable Asset Pairs»). What trades but is limited (`limit_only`, `post_only`, …) still
  // has prices; `online` alone is open to all.
  [[nodiscard]] bool read_list(std::string_view body, std::vector<Listed>& out,
                               std::string& next) const override {
    constexpr std::string_view wanted[] = {"wsname", "status"};
    next.clear();
    return read_listing(body, "/result", wanted, [&out](ListLine line) {
      const auto slash = line[0].find('/');
      if (slash == std::string_view::npos) return;
      const std::string base(asset(line[0].substr(0, slash)));
      const std::string quote(asset(line[0].substr(slash + 1)));
      if (base.empty() || quote.empty()) return;
      out.push_back({base + '/' + quote, base + '-' + quote, line[1] == "online"});
    });
  }

 private:
  static constexpr std::string_view book_params = R"("channel":"book","depth":10)";
  static constexpr std::string_view trade_params = R"("channel":"trade")";
  static_assert(book_depth == 10);

  // Values of 24 hours change with trades only; bid and ask between them too.
  [[nodiscard]] std::string_view ticker_params() const {
    return book_ ? R"("channel":"ticker","event_trigger":"trades")"
                 : R"("channel":"ticker","event_trigger":"bbo")";
  }

  // `wsname` is as version 1 spells it; version 2 says BTC and DOGE («Spot WebSocket v2», guides).
  static std::string_view asset(std::string_view name) {
    if (name == "XBT") return "BTC";
    return name == "XDG" ? "DOGE" : name;
  }

  static std::string request(std::string_view method, std::span<const std::string> symbols,
                             std::string_view params) {
    std::string text = R"({"method":")";
    text.append(method).append(R"(","params":{)").append(params);
    if (method == "subscribe") text += R"(,"snapshot":true)";  // no word of «unsubscribe»
    text += R"(,"symbol":[)";
    for (const std::string& symbol : symbols) append_element(text, symbol);
    return text.append("]}}");
  }

  const bool book_;  // bid and ask come from the book
  const bool ticker_;
  const bool told_trades_;
  const Talk talk_;
};

}  // namespace

std::unique_ptr<Dialect> make_dialect(const VenueOptions& options) {
  return std::make_unique<KrakenDialect>(options);
}

}  // namespace ticker::feeds::kraken
