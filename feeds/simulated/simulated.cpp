#include "feeds/simulated/simulated.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <optional>
#include <string>
#include <vector>

#include "feeds/simulated/pairs.hpp"
#include "feeds/simulated/random.hpp"
#include "feeds/simulated/schedule.hpp"
#include "feeds/simulated/walk.hpp"

namespace ticker::feeds {
namespace {

// Streams as a venue would have them: each owns its fields.
enum Stream : std::uint8_t { quote_stream, trade_stream, day_stream };

constexpr FieldMask quote_mask =
    bit(Field::bid) | bit(Field::bid_size) | bit(Field::ask) | bit(Field::ask_size);
constexpr FieldMask last_mask = bit(Field::last) | bit(Field::last_size);
constexpr FieldMask day_mask =
    bit(Field::open_24h) | bit(Field::high_24h) | bit(Field::low_24h) | bit(Field::volume_24h);

std::uint64_t isqrt(std::uint64_t value) {
  std::uint64_t root = 0;
  for (std::uint64_t step = std::uint64_t{1} << 31; step != 0; step >>= 1) {
    if ((root + step) * (root + step) <= value) root += step;
  }
  return root;
}

// Symbols by random 16 bits: number i has a share of about i^-1.5, so the first symbols are busy
// and the last may rest for seconds; each has one slot at least.
std::vector<std::uint16_t> busy_and_quiet(std::size_t symbols) {
  constexpr std::size_t slots = 65'536;
  std::vector<std::uint64_t> weights(symbols);
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < symbols; ++i) {
    const std::uint64_t rank = i + 1;
    weights[i] = (std::uint64_t{1} << 40) / (rank * isqrt(rank << 16));
    sum += weights[i];
  }
  std::vector<std::uint16_t> table;
  table.reserve(slots);
  for (std::size_t i = 0; i < symbols; ++i) {
    const std::size_t share = 1 + (slots - symbols) * weights[i] / sum;
    table.insert(table.end(), share, static_cast<std::uint16_t>(i));
  }
  table.resize(slots, 0);  // what rounding left goes to the busiest
  return table;
}

class Simulated final : public Source {
 public:
  Simulated(const SimulatedOptions& options, Sink& sink)
      : sink_(sink),
        even_(options.profile == SimulatedProfile::even),
        rate_(options.rate),
        random_(options.seed),
        latencies_(options.seed ^ 0x6c6174656e6379ULL) {
    for (const Pair& pair : make_pairs(std::min(options.symbols, pairs_max))) {
      symbols_.push_back({pair.name, Walk(pair, random_.next())});
    }
    if (!even_) busy_ = busy_and_quiet(symbols_.size());
    quote_.stream = quote_stream;
    last_.stream = trade_stream;
    trade_.stream = trade_stream;
    day_.stream = day_stream;
  }

  std::int64_t run(const Receipt& now, std::size_t events_max) override {
    if (symbols_.empty()) return never;
    begin_turn(now);
    std::size_t said = 0;
    for (; introduced_ < symbols_.size(); ++introduced_, ++said) {
      if (said == events_max) return now.steady_ns;
      introduce(symbols_[introduced_]);
    }
    // The rate counts from the end of the first quotes.
    if (!schedule_) schedule_.emplace(rate_, now.steady_ns);
    const std::uint64_t due =
        std::min<std::uint64_t>(schedule_->due(now.steady_ns), events_max - said);
    for (std::uint64_t i = 0; i < due; ++i) even_ ? say_evenly() : say_something();
    schedule_->said(due);
    return schedule_->next_turn(now.steady_ns);
  }

 private:
  struct Symbol {
    std::string name;
    Walk walk;
  };

  // All that a turn says left the venue at one moment, some hundred microseconds ago, and never
  // before what an earlier turn said.
  void begin_turn(const Receipt& now) {
    sink_.received(now);
    const std::int64_t exchange_us = now.wall_us - 200 - below(latencies_.next(), 600);
    if (exchange_us > exchange_us_ || exchange_us_ > now.wall_us) exchange_us_ = exchange_us;
  }

  void introduce(const Symbol& symbol) {
    TickerUpdate first;
    first.stream = quote_stream;
    say(first, symbol, even_ ? quote_mask : FieldMask{quote_mask | last_mask | day_mask});
    sink_.frame(Verdict::data, {});
  }

  void say_evenly() {
    Symbol& symbol = symbols_[turn_];
    if (++turn_ == symbols_.size()) turn_ = 0;
    symbol.walk.quote_all(random_.next(), random_.next());
    say(quote_, symbol, quote_mask);
    sink_.frame(Verdict::data, {});
  }

  // One event. Of 64 choices 14 are trades, up to 2 days, the rest quotes.
  void say_something() {
    if (traded_ != nullptr) return say_last();
    const std::uint64_t choice = random_.next();
    Symbol& symbol = symbols_[busy_[choice & 0xffff]];
    const std::uint64_t kind = choice >> 58;
    if (kind < 14) return say_trade(symbol);
    if (kind < 16 && symbol.walk.day_is_due()) {
      symbol.walk.roll_day();
      say(day_, symbol, day_mask);
    } else {
      symbol.walk.quote(random_.next(), random_.next());
      say(quote_, symbol, quote_mask);
    }
    sink_.frame(Verdict::data, {});
  }

  // As an adapter does: the trade first, then, an event of its own, what it makes of the ticker.
  void say_trade(Symbol& symbol) {
    trade_.side = symbol.walk.trade(random_.next());
    trade_.symbol = symbol.name;
    trade_.price = symbol.walk.get(Field::last);
    trade_.size = symbol.walk.get(Field::last_size);
    trade_.exchange_us = exchange_us_;
    trade_.order = order_ + 1;  // that of its ticker
    char text[20];
    const char* const end = std::to_chars(text, text + sizeof text, trade_.order).ptr;
    trade_.trade_id = {text, static_cast<std::size_t>(end - text)};
    sink_.trade(trade_);
    trade_.trade_id = {};
    traded_ = &symbol;
  }

  void say_last() {
    say(last_, *traded_, last_mask);
    sink_.frame(Verdict::data, {});
    traded_ = nullptr;
  }

  void say(TickerUpdate& update, const Symbol& symbol, FieldMask mask) {
    update.symbol = symbol.name;
    update.order = ++order_;
    update.exchange_us = exchange_us_;
    update.mask = mask;
    for (unsigned left = mask; left != 0; left &= left - 1) {
      const auto field = static_cast<Field>(std::countr_zero(left));
      update.fields.set(field, symbol.walk.get(field));
    }
    sink_.ticker(update);
  }

  Sink& sink_;
  const bool even_;
  const std::uint32_t rate_;
  Random random_;     // what is said
  Random latencies_;  // when it left the venue; apart, as it depends on the turns
  std::vector<Symbol> symbols_;
  std::vector<std::uint16_t> busy_;
  std::optional<Schedule> schedule_;
  const Symbol* traded_ = nullptr;  // its ticker is still to be said
  std::size_t introduced_ = 0;
  std::size_t turn_ = 0;
  std::uint64_t order_ = 0;
  std::int64_t exchange_us_ = 0;
  TickerUpdate quote_, last_, day_;  // kept: making one anew costs more than filling it
  TradeUpdate trade_;
};

}  // namespace

std::unique_ptr<Source> make_simulated(const SimulatedOptions& options, SinkDirectory& directory) {
  return std::make_unique<Simulated>(options, directory.sink("sim", nullptr));
}

}  // namespace ticker::feeds
