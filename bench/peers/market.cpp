// Flags, events and texts of the C++ peers.
#include "bench/peers/market.hpp"

#include <getopt.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "feeds/base/clock.hpp"
#include "feeds/simulated/pairs.hpp"
#include "gateway/protocol/json_messages.hpp"

namespace ticker::peers {

namespace {

constexpr std::string_view epoch = "00000000feed0001";
constexpr std::uint64_t second_ns = 1'000'000'000;
// As the simulated feed: it speaks at most once a millisecond, and goes on from now when it stood
// still for a second.
constexpr std::uint64_t turn_ns = 1'000'000;
constexpr std::int64_t stall_max_ns = 1'000'000'000;
constexpr FieldMask quote_mask =
    bit(Field::bid) | bit(Field::bid_size) | bit(Field::ask) | bit(Field::ask_size);

void print_pairs(std::uint32_t count) {
  const char* comma = "[";
  for (const feeds::Pair& pair : feeds::make_pairs(count)) {
    std::printf("%s\n  [\"%s\", %lld, %lld, %d, %d, %u]", comma, pair.name.c_str(),
                static_cast<long long>(pair.price), static_cast<long long>(pair.tick),
                pair.price_scale, pair.size_scale, pair.size);
    comma = ",";
  }
  std::puts("\n]");
}

std::uint32_t number_of(const char* text, std::uint32_t least, std::uint32_t most) {
  char* end = nullptr;
  const unsigned long long value = std::strtoull(text, &end, 10);
  if (*text != '\0' && *end == '\0' && value >= least && value <= most) {
    return static_cast<std::uint32_t>(value);
  }
  std::fprintf(stderr, "'%s' is not a number from %u to %u\n", text, least, most);
  std::exit(1);
}

}  // namespace

Settings read_settings(int argc, char** argv) {
  static constexpr option flags[] = {{"port", required_argument, nullptr, 'p'},
                                     {"symbols", required_argument, nullptr, 's'},
                                     {"rate", required_argument, nullptr, 'r'},
                                     {"print-pairs", no_argument, nullptr, 'P'},
                                     {nullptr, 0, nullptr, 0}};
  Settings settings;
  bool print = false;
  for (int flag = 0; (flag = getopt_long(argc, argv, "", flags, nullptr)) != -1;) {
    if (flag == 'p') settings.port = static_cast<std::uint16_t>(number_of(optarg, 0, 65'535));
    if (flag == 's') settings.symbols = number_of(optarg, 1, feeds::pairs_max);
    if (flag == 'r') settings.rate = number_of(optarg, 1, 10'000'000);
    if (flag == 'P') print = true;
    if (flag == '?') std::exit(1);
  }
  if (print) {
    print_pairs(settings.symbols);
    std::exit(0);
  }
  return settings;
}

void say_listening(std::uint16_t port) {
  std::printf("listening client=127.0.0.1:%u\n", unsigned{port});
  std::fflush(stdout);
}

Market::Market(const Settings& settings) : rate_(settings.rate), start_ns_(clock_now().steady_ns) {
  const std::int64_t now_us = clock_now().wall_us;
  for (const feeds::Pair& pair : feeds::make_pairs(settings.symbols)) {
    Symbol& symbol =
        symbols_.emplace_back("sim:" + pair.name, feeds::Walk(pair, random_.next()), Event());
    symbol.state.ticker.status = Status::live;
    symbol.state.ticker.since_us = now_us;
    change(symbol, now_us);
  }
}

// Event number n is due at start + n / rate, told at the next full millisecond.
std::int64_t Market::due_ns(std::uint64_t event) const {
  const std::uint64_t ns = event / rate_ * second_ns + event % rate_ * second_ns / rate_;
  return start_ns_ + static_cast<std::int64_t>((ns + turn_ns - 1) / turn_ns * turn_ns);
}

void Market::change(Symbol& symbol, std::int64_t received_us) {
  symbol.walk.quote_all(random_.next(), random_.next());
  for (const Field field : {Field::bid, Field::bid_size, Field::ask, Field::ask_size}) {
    symbol.state.ticker.fields.set(field, symbol.walk.get(field));
  }
  ++symbol.state.seq;
  symbol.state.received.wall_us = received_us;
  symbol.state.exchange_us = received_us - 500;
}

bool Market::next(const Receipt& now, Told& out) {
  if (next_ns() > now.steady_ns) return false;
  const std::int64_t late_ns = now.steady_ns - next_ns();
  if (late_ns > stall_max_ns)
    said_ += static_cast<std::uint64_t>(late_ns) / turn_ns * rate_ / 1'000;
  const std::int64_t received_ns = std::max(std::min(next_ns(), now.steady_ns), woke_ns_);
  out.symbol = static_cast<std::uint32_t>(said_++ % symbols_.size());
  Symbol& symbol = symbols_[out.symbol];
  change(symbol, now.wall_us - (now.steady_ns - received_ns) / 1'000);
  DeltaHead head;
  head.mask = quote_mask;
  head.prev = symbol.state.seq - 1;
  head.exchange_us = symbol.state.exchange_us;
  head.received = symbol.state.received;
  const char* const end = JsonMessages().delta(text_, symbol.name, symbol.state, head, now.wall_us);
  out.text = {text_, static_cast<std::size_t>(end - text_)};
  return true;
}

std::string Market::snapshot(std::uint32_t number, const Receipt& now) const {
  const Symbol& symbol = symbols_[number];
  char text[ticker_message_max];
  const char* const end = JsonMessages().snapshot(text, {symbol.name, epoch, symbol.state.seq},
                                                  symbol.state, all_fields, now.wall_us);
  return {text, static_cast<std::size_t>(end - text)};
}

std::string Market::welcome() const {
  return R"({"type":"welcome","protocol":"ticker.v1.json","connection":"peer","epoch":")" +
         std::string(epoch) + R"("})";
}

std::string Market::answer(const Request& request) const {
  if (request.ping) return R"({"type":"pong","id":)" + std::string(request.id) + "}";
  std::string text = R"({"type":"subscribed","id":)" + std::string(request.id) +
                     R"(,"channel":"ticker","symbols":[)";
  for (std::size_t i = 0; i < request.symbols.size(); ++i) {
    text += i > 0 ? ",\"" : "\"";
    text += symbols_[request.symbols[i]].name + '"';
  }
  return text + R"(],"interval_ms":0})";
}

// ticker-load writes {"op":"subscribe","id":1,"channel":"ticker","symbols":["…","…"]}, maybe with
// keys in between: the texts behind "symbols" are what counts.
Request Market::read_request(std::string_view text) const {
  Request request;
  request.ping = text.find(R"("op":"ping")") != std::string_view::npos;
  const std::size_t id = text.find(R"("id":)");
  if (id != std::string_view::npos) {
    const std::string_view rest = text.substr(id + 5);
    request.id = rest.substr(0, std::min(rest.find_first_not_of("0123456789"), rest.size()));
  }
  std::size_t at = text.find(R"("symbols":[)");
  if (at == std::string_view::npos) return request;
  std::string_view list = text.substr(at + 11);
  list = list.substr(0, list.find(']'));
  while ((at = list.find('"')) != std::string_view::npos) {
    list.remove_prefix(at + 1);
    const std::string_view name = list.substr(0, list.find('"'));
    const auto found = std::find_if(symbols_.begin(), symbols_.end(),
                                    [name](const Symbol& symbol) { return symbol.name == name; });
    if (found != symbols_.end()) {
      request.symbols.push_back(static_cast<std::uint32_t>(found - symbols_.begin()));
    }
    list.remove_prefix(std::min(name.size() + 1, list.size()));
  }
  return request;
}

std::string Market::listing() const {
  std::string body = R"({"symbols":[)";
  for (const Symbol& symbol : symbols_) {
    if (&symbol != &symbols_.front()) body += ',';
    body += R"({"symbol":")" + symbol.name + R"(","venue":"sim","status":"live"})";
  }
  return body + "]}";
}

}  // namespace ticker::peers
