// How one talks to Coinbase Exchange (docs.cdp.coinbase.com, Exchange: «WebSocket Channels»,
// «WebSocket Rate Limits», «REST API Rate Limits»). Pure: no I/O, no clock; belongs to one feed
// thread.
#include <algorithm>

#include "feeds/base/json_text.hpp"
#include "feeds/coinbase/coinbase.hpp"
#include "feeds/json/listing.hpp"

namespace ticker::feeds::coinbase {
namespace {

Talk talk_of() {
  Talk talk;
  talk.url = "wss://ws-feed.exchange.coinbase.com";
  talk.rest_url = "https://api.exchange.coinbase.com";
  // Whole books of many products come over one connection, and a subscription has to be asked for
  // within 5 s of connecting («WebSocket Overview»).
  talk.symbols_per_connection = 50;
  talk.connects = {.gap_ms = 250, .count = 0, .window_ms = 0};  // 8 a second and address
  talk.messages = {.gap_ms = 50, .count = 0, .window_ms = 0};   // 100 a second and address
  talk.rest = {.gap_ms = 200, .count = 0, .window_ms = 0};      // 10 a second and address
  talk.pong_is_life = false;                                    // each product has a heartbeat
  talk.quote_promise_ms = 1'000;  // one a second («Heartbeat Channel»)
  talk.heartbeat_ms = 1'000;
  return talk;
}

class CoinbaseDialect final : public Dialect {
 public:
  explicit CoinbaseDialect(const VenueOptions& options)
      : owner_(options.quotes == "ticker" ? "ticker" : "level2_batch"), talk_(talk_of()) {
    const bool ticker = wants(options, "ticker");
    if (ticker) channels_.emplace_back(owner_);
    if (ticker && owner_ != "ticker") channels_.emplace_back("ticker");  // values of 24 hours
    // Last prices are told by matches, so a ticker without them would have none.
    if (ticker || wants(options, "trades")) channels_.emplace_back("matches");
    channels_.emplace_back("heartbeat");
  }

  [[nodiscard]] const Talk& talk() const override { return talk_; }

  // {"type":"subscribe","product_ids":["ETH-USD","ETH-EUR"],
  //  "channels":["level2_batch","ticker","matches","heartbeat"]}
  // `level2` needs authentication since 2023, `level2_batch` does not and sends the same frames,
  // gathered over 50 ms («Level2 Batch Channel»).
  [[nodiscard]] std::vector<std::string> subscribe(
      std::span<const std::string> symbols) const override {
    // One product that is not valid has the whole request refused: each has a request of its own.
    std::vector<std::string> messages;
    for (std::size_t at = 0; at < symbols.size(); ++at) {
      messages.push_back(request("subscribe", symbols.subspan(at, 1), channels_));
    }
    return messages;
  }

  // A new subscription to a book begins with its snapshot («Level2 Channel»).
  [[nodiscard]] std::vector<std::string> refresh(std::string_view symbol) const override {
    const std::string product(symbol);
    const std::string channel(owner_);
    return {request("unsubscribe", {&product, 1}, {&channel, 1}),
            request("subscribe", {&product, 1}, {&channel, 1})};
  }

  [[nodiscard]] std::string list_target() const override { return "/products"; }

  // [{"id":"BTC-USD","base_currency":"BTC","quote_currency":"USD",…,"status":"online",
  //  "status_message":"","trading_disabled":false,…},…]
  // («Get all known trading pairs»).
  [[nodiscard]] bool read_list(std::string_view body, std::vector<Listed>& out,
                               std::string& next) const override {
    constexpr std::string_view wanted[] = {"id", "status", "trading_disabled"};
    next.clear();
    if (!body.starts_with('[')) return false;  // {"message":"…"}: an error
    return read_listing(body, "", wanted, [&out](ListLine line) {
      if (line[0].empty()) return;
      out.push_back(
          {std::string(line[0]), std::string(line[0]), line[1] == "online" && line[2] != "true"});
    });
  }

 private:
  static std::string request(std::string_view type, std::span<const std::string> products,
                             std::span<const std::string> channels) {
    std::string text = R"({"type":")";
    text.append(type).append(R"(","product_ids":[)");
    for (const std::string& product : products) append_element(text, product);
    text += R"(],"channels":[)";
    for (const std::string& channel : channels) append_element(text, channel);
    return text.append("]}");
  }

  const std::string_view owner_;  // of bid and ask
  const Talk talk_;
  std::vector<std::string> channels_;
};

}  // namespace

std::unique_ptr<Dialect> make_dialect(const VenueOptions& options) {
  return std::make_unique<CoinbaseDialect>(options);
}

}  // namespace ticker::feeds::coinbase
