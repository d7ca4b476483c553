// How one talks to Binance and Binance.US (binance-spot-api-docs: web-socket-streams.md,
// rest-api.md). Pure: no I/O, no clock; belongs to one feed thread.
#include <algorithm>

#include "feeds/base/json_text.hpp"
#include "feeds/binance/binance.hpp"
#include "feeds/binance/symbols.hpp"
#include "feeds/json/listing.hpp"

namespace ticker::feeds::binance {
namespace {

// A connection takes 5 messages a second and no more, so the first streams stand in the URL. Of its
// length nothing is documented: these are far below what servers take.
constexpr std::size_t url_streams_max = 100;
constexpr std::size_t url_bytes_max = 4'000;
// Of one message nothing is documented either.
constexpr std::size_t message_streams_max = 100;

Talk talk_of(bool us, bool depth) {
  Talk talk;
  talk.url = us ? "wss://stream.binance.us:9443/stream" : "wss://stream.binance.com:9443/stream";
  talk.rest_url = us ? "https://api.binance.us" : "https://api.binance.com";
  // 1 024 streams a connection («General WSS information»), three of them a symbol.
  talk.symbols_per_connection = 200;
  // 300 attempts in five minutes and address («Websocket Limits»).
  talk.connects = {.gap_ms = 0, .count = 300, .window_ms = 300'000};
  // 5 messages a second, pings and pongs among them; beyond that the connection is closed, again
  // and again the address is banned (as above).
  talk.messages = {.gap_ms = 300, .count = 0, .window_ms = 0};
  // 6 000 weights a minute and address (rest-api.md, «IP Limits»; the US venue: 1 200). Others may
  // sit behind the same address: a part of it is enough.
  talk.rest = {.gap_ms = 100, .count = us ? 600U : 2'400U, .window_ms = 60'000};
  // Every 20 s the server pings; ours are answered as well. A stream has no heartbeat of its own:
  // it is silent while nothing changes.
  talk.ping_ms = 10'000;
  talk.quotes_begin = depth;  // bookTicker speaks at the next change
  // A connection is valid for 24 hours: an hour is left for a planned change.
  talk.lifetime_ms = 23 * 3'600'000;
  return talk;
}

// Stream names are lower-case («General WSS information»), those of ASCII letters: symbols may hold
// other characters, which are kept.
std::string lower(std::string_view symbol) {
  std::string text(symbol);
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

class BinanceDialect final : public Dialect {
 public:
  BinanceDialect(const VenueOptions& options, bool us)
      : us_(us),
        depth_(options.quotes == "depth"),
        trades_(options.trades == "trade" ? "@trade" : "@aggTrade"),
        ticker_(wants(options, "ticker")),
        told_trades_(wants(options, "trades")),
        talk_(talk_of(us, options.quotes == "depth")) {}

  [[nodiscard]] const Talk& talk() const override { return talk_; }

  // /stream?streams=btcusdt@bookTicker/btcusdt@ticker/btcusdt@aggTrade
  [[nodiscard]] std::string target(std::string_view path,
                                   std::span<const std::string> symbols) const override {
    std::string text(path.empty() || path == "/" ? "/stream" : path);
    const std::vector<std::string> streams = streams_of(symbols);
    const std::size_t count = in_url(streams);
    for (std::size_t i = 0; i < count; ++i) {
      text += i == 0 ? "?streams=" : "/";
      text += encoded(streams[i]);
    }
    return text;
  }

  // {"method":"SUBSCRIBE","params":["btcusdt@aggTrade","btcusdt@depth"],"id":1}
  [[nodiscard]] std::vector<std::string> subscribe(
      std::span<const std::string> symbols) const override {
    const std::vector<std::string> streams = streams_of(symbols);
    std::vector<std::string> messages;
    for (std::size_t at = in_url(streams); at < streams.size(); at += message_streams_max) {
      const std::size_t count = std::min(message_streams_max, streams.size() - at);
      messages.push_back(request("SUBSCRIBE", std::span(streams).subspan(at, count)));
    }
    return messages;
  }

  // A book begins with a REST answer. bookTicker has no snapshot: it speaks at the next change.
  [[nodiscard]] std::vector<std::string> refresh(std::string_view symbol) const override {
    if (depth_) return {};
    const std::string stream = lower(symbol) + "@bookTicker";
    return {request("UNSUBSCRIBE", {&stream, 1}), request("SUBSCRIBE", {&stream, 1})};
  }

  [[nodiscard]] std::string snapshot_target(std::string_view symbol) const override {
    return depth_ ? depth_target(symbol) : std::string();
  }
  // rest-api.md, «Order book»: limit 501-1000.
  [[nodiscard]] std::uint32_t snapshot_weight() const override { return 50; }

  // rest-api.md, «Exchange information». The US venue documents neither parameter.
  [[nodiscard]] std::string list_target() const override {
    return us_ ? "/api/v3/exchangeInfo"
               : "/api/v3/exchangeInfo?permissions=SPOT&showPermissionSets=false";
  }

  // {"timezone":"UTC",…,"symbols":[{"symbol":"ETHBTC","status":"TRADING","baseAsset":"ETH",
  //  "baseAssetPrecision":8,"quoteAsset":"BTC",…},…]}
  [[nodiscard]] bool read_list(std::string_view body, std::vector<Listed>& out,
                               std::string& next) const override {
    constexpr std::string_view wanted[] = {"symbol", "baseAsset", "quoteAsset", "status"};
    next.clear();
    return read_listing(body, "/symbols", wanted, [&out](ListLine line) {
      if (line[0].empty() || line[1].empty() || line[2].empty()) return;
      out.push_back({std::string(line[0]), std::string(line[1]) + '-' + std::string(line[2]),
                     line[3] == "TRADING"});
    });
  }

 private:
  // Last prices are told by trades, so a ticker without them would have none.
  [[nodiscard]] std::vector<std::string> streams_of(std::span<const std::string> symbols) const {
    std::vector<std::string> streams;
    for (const std::string& symbol : symbols) {
      const std::string name = lower(symbol);
      if (ticker_) {
        streams.push_back(name + (depth_ ? "@depth@100ms" : "@bookTicker"));
        streams.push_back(name + "@ticker");
      }
      if (ticker_ || told_trades_) streams.push_back(name + std::string(trades_));
    }
    return streams;
  }

  // As many of the first streams as the URL takes.
  static std::size_t in_url(std::span<const std::string> streams) {
    std::size_t bytes = 0;
    std::size_t count = 0;
    for (; count < std::min(streams.size(), url_streams_max); ++count) {
      bytes += encoded(streams[count]).size() + 1;
      if (bytes > url_bytes_max) break;
    }
    return count;
  }

  static std::string encoded(std::string_view stream) {
    const auto at = stream.find('@');
    return percent_encoded(stream.substr(0, at)) + std::string(stream.substr(at));
  }

  // `id`: whatever; an answer repeats it.
  static std::string request(std::string_view method, std::span<const std::string> streams) {
    std::string text = R"({"method":")";
    text.append(method).append(R"(","params":[)");
    for (const std::string& stream : streams) append_element(text, stream);
    return text.append(R"(],"id":1})");
  }

  const bool us_;
  const bool depth_;
  const std::string_view trades_;
  const bool ticker_;
  const bool told_trades_;
  const Talk talk_;
};

}  // namespace

std::unique_ptr<Dialect> make_dialect(const VenueOptions& options) {
  return std::make_unique<BinanceDialect>(options, false);
}

std::unique_ptr<Dialect> make_us_dialect(const VenueOptions& options) {
  return std::make_unique<BinanceDialect>(options, true);
}

}  // namespace ticker::feeds::binance
