// What the upstream says: to the market's sinks, and to the truth.
#include "tests/sim/simulation.hpp"

#include <cstdlib>

namespace ticker::sim {
namespace {

Decimal decimal(const std::string& text) {
  Decimal value;
  if (text != "null" && Decimal::parse(text, value) != Decimal::Parse::ok) std::abort();
  return value;
}

}  // namespace

std::size_t Simulation::some_instrument() {
  // Few are busy.
  return chance_.one_in(3) ? chance_.below(instrument_count)
                           : chance_.below(venue_count) * pairs_a_venue + chance_.below(3);
}

void Simulation::heard(std::size_t venue) { process_->sinks[venue]->received(now_); }

void Simulation::introduce() {
  const std::size_t instrument = chance_.below(instrument_count);
  const std::string pair = pair_name(instrument);
  heard(venue_of(instrument));
  process_->sinks[venue_of(instrument)]->introduce(pair, pair);
  truth_[instrument].begin(now_.wall_us);
  note("introduce " + symbol_name(instrument));
}

void Simulation::say_price(std::size_t instrument) {
  feeds::TickerUpdate update;
  const std::string pair = pair_name(instrument);
  update.symbol = pair;
  if (!chance_.one_in(3))
    update.exchange_us = now_.wall_us - static_cast<int>(chance_.below(9'000));
  std::vector<TruthInstrument::NewValue> values;
  for (std::uint64_t i = chance_.between(1, 3); i > 0; --i) {
    const std::size_t field = chance_.below(field_count);
    if ((update.mask >> field & 1U) != 0) continue;
    // From few values, so that some come again and some come back; seldom none at all.
    std::string text = std::to_string(chance_.below(40)) + "." + std::to_string(chance_.below(10));
    if (chance_.one_in(8)) text += "0";
    if (chance_.one_in(30)) text = "null";
    update.mask = static_cast<FieldMask>(update.mask | 1U << field);
    update.fields.set(static_cast<Field>(field), decimal(text));
    values.push_back({field, text});
  }
  heard(venue_of(instrument));
  process_->sinks[venue_of(instrument)]->ticker(update);
  truth_[instrument].update(values, update.exchange_us, now_.wall_us);
}

void Simulation::say_trade(std::size_t instrument) {
  const std::string pair = pair_name(instrument);
  TruthTrade trade;
  trade.price = std::to_string(chance_.below(1'000)) + ".5";
  trade.size = std::to_string(chance_.between(1, 9));
  const auto side = static_cast<Side>(chance_.below(3));
  const std::string_view side_name = side_names[static_cast<std::size_t>(side)];
  trade.side = side_name.empty() ? "null" : side_name;
  trade.id = std::to_string(++trade_ids_);
  if (!chance_.one_in(3)) trade.exchange_us = now_.wall_us - 5;
  feeds::TradeUpdate update;
  update.symbol = pair;
  update.exchange_us = trade.exchange_us;
  update.price = decimal(trade.price);
  update.size = decimal(trade.size);
  update.side = side;
  update.trade_id = trade.id;
  heard(venue_of(instrument));
  process_->sinks[venue_of(instrument)]->trade(update);
  truth_[instrument].add_trade(trade, now_.wall_us);
}

void Simulation::one_price() {
  const std::size_t instrument = some_instrument();
  say_price(instrument);
  note("price of " + symbol_name(instrument));
}

void Simulation::burst() {
  const std::uint64_t count = chance_.one_in(4) ? chance_.between(50, 200) : chance_.between(2, 30);
  const bool one = chance_.one_in(3);
  const std::size_t instrument = some_instrument();
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::size_t target = one ? instrument : some_instrument();
    chance_.one_in(4) ? say_trade(target) : say_price(target);
  }
  note("burst of " + std::to_string(count) + (one ? ", " + symbol_name(instrument) : ""));
}

void Simulation::some_trades() {
  const std::size_t instrument = some_instrument();
  const std::uint64_t count = chance_.one_in(8) ? chance_.between(20, 60) : chance_.between(1, 4);
  for (std::uint64_t i = 0; i < count; ++i) say_trade(instrument);
  note(std::to_string(count) + " trades of " + symbol_name(instrument));
}

void Simulation::interrupt() {
  const std::size_t instrument = some_instrument();
  const std::size_t venue = venue_of(instrument);
  heard(venue);
  if (chance_.one_in(3)) {
    process_->sinks[venue]->interrupted();
    for (std::size_t i = 0; i < instrument_count; ++i) {
      if (venue_of(i) == venue) truth_[i].miss_trades();
    }
    note("venue interrupted: " + std::string(venue_names[venue]));
    return;
  }
  const bool trades_lost = !chance_.one_in(3);
  process_->sinks[venue]->interrupted_one(pair_name(instrument), trades_lost);
  truth_[instrument].begin(now_.wall_us);
  if (trades_lost) truth_[instrument].miss_trades();
  note("interrupted: " + symbol_name(instrument));
}

void Simulation::say_status() {
  struct Said {
    Status status;
    Reason reason;
  };
  static constexpr Said all[] = {{Status::stale, Reason::feed_silent},
                                 {Status::down, Reason::disconnected},
                                 {Status::resyncing, Reason::sequence_gap},
                                 {Status::live, Reason::none}};
  const Said& said = chance_.of(all);
  const std::size_t instrument = some_instrument();
  const std::size_t venue = venue_of(instrument);
  heard(venue);
  std::string text = std::string(status_names[static_cast<std::size_t>(said.status)]) + ": ";
  if (chance_.one_in(3) && said.status != Status::live) {
    process_->sinks[venue]->status(said.status, said.reason);
    for (std::size_t i = 0; i < instrument_count; ++i) {
      if (venue_of(i) == venue && truth_[i].known()) {
        truth_[i].set_status(said.status, said.reason, now_.wall_us, false);
      }
    }
    return note(text + std::string(venue_names[venue]));
  }
  process_->sinks[venue]->status_of(pair_name(instrument), said.status, said.reason);
  truth_[instrument].set_status(said.status, said.reason, now_.wall_us,
                                said.status != Status::live);
  note(text + symbol_name(instrument));
}

}  // namespace ticker::sim
