// How one talks to Bybit (docs v5, «Connect», «Orderbook», «Get Instruments Info»). Pure: no I/O,
// no clock; belongs to one feed thread.
#include "feeds/bybit/bybit.hpp"
#include "feeds/json/listing.hpp"

namespace ticker::feeds::bybit {
namespace {

Talk talk_of(const VenueOptions& options, std::string_view url) {
  Talk talk;
  talk.url = url;
  talk.rest_url = "https://api.bybit.com";
  // All topics of a connection together may be 21 000 characters long. Three topics of one symbol
  // are about 140 at most: `"orderbook.200.1000000BABYDOGEUSDT"` is long.
  talk.symbols_per_connection = 120;
  talk.connects = {.gap_ms = 0, .count = 500, .window_ms = 300'000};  // an address
  talk.messages = {.gap_ms = 20, .count = 0, .window_ms = 0};  // none documented; ours, for manners
  talk.rest = {.gap_ms = 100, .count = 600, .window_ms = 5'000};  // an address («Rate Limit»)
  // At least every 20 s, or the connection is cut after ten minutes without a message.
  talk.ping = R"({"op":"ping"})";
  talk.ping_ms = 5'000;
  // Without change `orderbook.1` is told again after 3 s; the other topics promise nothing.
  talk.quote_promise_ms = options.quotes.empty() || options.quotes == quotes[0] ? 3'000 : 0;
  return talk;
}

class BybitDialect final : public Dialect {
 public:
  BybitDialect(const VenueOptions& options, std::string_view category, std::string_view url)
      : category_(category),
        owner_(options.quotes.empty() ? quotes[0] : options.quotes),
        talk_(talk_of(options, url)) {
    if (wants(options, "ticker")) {
      topics_.push_back(owner_);
      if (owner_ != "tickers") topics_.emplace_back("tickers");
    }
    if (wants(options, "trades")) topics_.emplace_back("publicTrade");
  }

  [[nodiscard]] const Talk& talk() const override { return talk_; }

  // {"req_id":"BTCUSDT","op":"subscribe",
  //  "args":["orderbook.1.BTCUSDT","tickers.BTCUSDT","publicTrade.BTCUSDT"]}
  // The answer repeats `req_id`, and so tells whose request was refused. A request of spot may have
  // ten topics. One bad topic has the whole request refused, and the answer names only that one: so
  // each symbol has a request of its own.
  [[nodiscard]] std::vector<std::string> subscribe(
      std::span<const std::string> symbols) const override {
    std::vector<std::string> requests;
    if (topics_.empty()) return requests;
    for (const std::string& symbol : symbols) {
      std::string args;
      for (const std::string& topic : topics_) add(args, topic, symbol);
      requests.push_back(request("subscribe", symbol, args));
    }
    return requests;
  }

  // A new subscription begins with a snapshot.
  [[nodiscard]] std::vector<std::string> refresh(std::string_view symbol) const override {
    std::string args;
    add(args, owner_, symbol);
    return {request("unsubscribe", symbol, args), request("subscribe", symbol, args)};
  }

  [[nodiscard]] std::string list_target() const override {
    std::string target = "/v5/market/instruments-info?category=";
    target += category_;
    // Spot has one page, whatever its limit.
    return category_ == "spot" ? target : target + "&limit=1000";
  }

  // {"retCode":0,"retMsg":"OK","result":{"category":"linear","list":[{"symbol":"BTCUSDT",
  //  "contractType":"LinearPerpetual","status":"Trading","baseCoin":"BTC","quoteCoin":"USDT",…},…],
  //  "nextPageCursor":"first%3D0GUSDT%26last%3DZRXUSDT"},"retExtInfo":{},"time":1707186451514}
  // The cursor is fit for a URL as it comes. An error has an empty `result`.
  [[nodiscard]] bool read_list(std::string_view body, std::vector<Listed>& out,
                               std::string& next) const override {
    next.clear();
    constexpr std::string_view wanted[] = {"symbol", "baseCoin", "quoteCoin", "status"};
    const bool read = read_listing(body, "/result/list", wanted, [&](ListLine line) {
      if (line[0].empty()) return;
      std::string name(line[0]);
      if (category_ == "spot") {
        if (line[1].empty() || line[2].empty()) return;
        ((name = line[1]) += '-') += line[2];
      }
      out.push_back({std::string(line[0]), std::move(name), line[3] == "Trading"});
    });
    const std::string cursor = text_at(body, "/result/nextPageCursor");
    if (read && !cursor.empty()) next = list_target() + "&cursor=" + cursor;
    return read;
  }

 private:
  static void add(std::string& args, std::string_view topic, std::string_view symbol) {
    if (!args.empty()) args += ',';
    args.append("\"").append(topic).append(".").append(symbol).append("\"");
  }

  static std::string request(std::string_view op, std::string_view symbol, std::string_view args) {
    std::string text = R"({"req_id":")";
    text.append(symbol)
        .append(R"(","op":")")
        .append(op)
        .append(R"(","args":[)")
        .append(args)
        .append("]}");
    return text;
  }

  const std::string_view category_;  // as the venue names it
  const std::string owner_;          // of bid and ask
  const Talk talk_;
  std::vector<std::string> topics_;
};

}  // namespace

std::unique_ptr<Dialect> make_dialect(const VenueOptions& options) {
  return std::make_unique<BybitDialect>(options, "spot", "wss://stream.bybit.com/v5/public/spot");
}

std::unique_ptr<Dialect> make_linear_dialect(const VenueOptions& options) {
  return std::make_unique<BybitDialect>(options, "linear",
                                        "wss://stream.bybit.com/v5/public/linear");
}

}  // namespace ticker::feeds::bybit
