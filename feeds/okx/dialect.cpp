// How one talks to OKX (docs-v5, «WebSocket», «Public data»). Pure: no I/O, no clock; belongs to
// one feed thread.
#include <array>

#include "feeds/json/listing.hpp"
#include "feeds/okx/okx.hpp"

namespace ticker::feeds::okx {
namespace {

// The channels of one request may be 64 KB long in all («Subscribe»).
constexpr std::size_t request_bytes_max = 60'000;

constexpr std::string_view list_path = "/api/v5/public/instruments?instType=";

Talk talk_of(const VenueOptions& options) {
  Talk talk;
  talk.url = "wss://ws.okx.com:8443/ws/v5/public";
  talk.rest_url = "https://www.okx.com";
  // Two or three channels each: far below 64 KB, and one request subscribes to them all.
  talk.symbols_per_connection = 200;
  talk.connects = {
      .gap_ms = 0, .count = 3, .window_ms = 1'000};  // a second and address («Connect»)
  // 480 requests to subscribe or unsubscribe an hour and connection («Connect»); three a second are
  // those that go unpunished (error 60014, «Requests too frequent»).
  talk.messages = {.gap_ms = 350, .count = 480, .window_ms = 3'600'000};
  talk.rest = {.gap_ms = 100, .count = 20, .window_ms = 2'000};  // «Get instruments»
  // The text `ping` when nothing came for less than 30 s («Connect»). Pings are counted with the
  // 480 messages of an hour, so an hour of silence must leave some of them for repairs.
  talk.ping = "ping";
  talk.ping_ms = 8'000;
  // A book that does not change says so about once a minute; the other channels promise nothing.
  talk.quote_promise_ms = options.quotes == "books" ? 60'000 : 0;
  return talk;
}

std::string list_of(std::string_view type) { return std::string(list_path).append(type); }

class OkxDialect final : public Dialect {
 public:
  explicit OkxDialect(const VenueOptions& options)
      : category_(options.category),
        owner_(options.quotes.empty() ? quotes[0] : options.quotes),
        talk_(talk_of(options)) {
    if (wants(options, "ticker")) {
      channels_.push_back(owner_);
      if (owner_ != "tickers") channels_.emplace_back("tickers");
    }
    if (wants(options, "trades")) channels_.emplace_back("trades");
  }

  [[nodiscard]] const Talk& talk() const override { return talk_; }

  // {"op":"subscribe","args":[{"channel":"tickers","instId":"BTC-USDT"},…]}
  [[nodiscard]] std::vector<std::string> subscribe(
      std::span<const std::string> symbols) const override {
    std::vector<std::string> requests;
    std::string args;
    for (const std::string& symbol : symbols) {
      std::string more;
      for (const std::string& channel : channels_) add(more, channel, symbol);
      if (more.empty()) continue;
      if (!args.empty() && args.size() + more.size() > request_bytes_max) {
        requests.push_back(request("subscribe", args));
        args.clear();
      }
      if (!args.empty()) args += ',';
      args += more;
    }
    if (!args.empty()) requests.push_back(request("subscribe", args));
    return requests;
  }

  // A new subscription begins with a snapshot («Order book channel»).
  [[nodiscard]] std::vector<std::string> refresh(std::string_view symbol) const override {
    std::string args;
    add(args, owner_, symbol);
    return {request("unsubscribe", args), request("subscribe", args)};
  }

  [[nodiscard]] std::string list_target() const override {
    switch (category_) {
      case Category::spot:
        return list_of("SPOT");
      case Category::linear:
      case Category::inverse:
        return list_of("SWAP");
      case Category::option:
        break;
    }
    return list_of("OPTION&instFamily=BTC-USD");
  }

  // {"code":"0","data":[{"instType":"SPOT","instId":"BTC-USDT","instFamily":"","baseCcy":"BTC",
  //  "quoteCcy":"USDT","ctType":"","state":"live",…},…],"msg":""}
  // One answer has all of a type. Derivatives are of two: perpetual (SWAP) and dated (FUTURES),
  // each linear or inverse by `ctType`; options are listed by their family, bitcoin's and ether's
  // here («Get instruments»).
  [[nodiscard]] bool read_list(std::string_view body, std::vector<Listed>& out,
                               std::string& next) const override {
    next.clear();
    if (text_at(body, "/code") != "0") return false;
    constexpr std::string_view wanted[] = {"instId", "state", "instType", "ctType", "instFamily"};
    std::string type;
    std::string family;
    const bool read = read_listing(body, "/data", wanted, [&](ListLine line) {
      type = line[2];
      family = line[4];
      if (!line[0].empty() && is_ours(line[3])) {
        out.push_back({std::string(line[0]), std::string(line[0]), line[1] == "live"});
      }
    });
    if (type == "SWAP") next = list_of("FUTURES");
    if (type == "OPTION" && family == "BTC-USD") next = list_of("OPTION&instFamily=ETH-USD");
    return read;
  }

 private:
  [[nodiscard]] bool is_ours(std::string_view contract) const {
    if (category_ == Category::linear) return contract == "linear";
    if (category_ == Category::inverse) return contract == "inverse";
    return true;
  }

  static void add(std::string& args, std::string_view channel, std::string_view symbol) {
    if (!args.empty()) args += ',';
    args.append(R"({"channel":")").append(channel);
    args.append(R"(","instId":")").append(symbol).append(R"("})");
  }

  static std::string request(std::string_view op, std::string_view args) {
    std::string text = R"({"op":")";
    text.append(op).append(R"(","args":[)").append(args).append("]}");
    return text;
  }

  const Category category_;
  const std::string owner_;  // of bid and ask
  const Talk talk_;
  std::vector<std::string> channels_;
};

}  // namespace

std::unique_ptr<Dialect> make_dialect(const VenueOptions& options) {
  return std::make_unique<OkxDialect>(options);
}

}  // namespace ticker::feeds::okx
