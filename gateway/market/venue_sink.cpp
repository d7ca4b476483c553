#include "gateway/market/venue_sink.hpp"

#include <algorithm>
#include <bit>
#include <functional>

namespace ticker {
namespace {

// A stream that tells nothing but what is older, for so long and so often, has begun to count
// afresh, or one absurd id was in its way.
constexpr std::uint32_t refusals_max = 8;
constexpr std::int64_t refusals_time_ns = 2'000'000'000;

// Trades of one order that are remembered by their ids; venues sent up to 46.
constexpr std::size_t same_order_max = 1'024;

}  // namespace

void Market::VenueSink::received(const Receipt& receipt) {
  market_.owner_.check();
  receipt_ = receipt;
}

void Market::VenueSink::frame(feeds::Verdict verdict, std::string_view text) {
  counters_.frames[static_cast<std::size_t>(verdict)].add();
  if (verdict == feeds::Verdict::malformed) report(malformed_, "malformed", text);
  if (verdict == feeds::Verdict::unknown) report(unknown_, "unknown", text);
}

void Market::VenueSink::ticker(const feeds::TickerUpdate& update) {
  State* const state = resolve(update.symbol);
  if (state == nullptr || !in_order(*state, update)) return;
  TickerBody& body = state->ticker.ticker;
  FieldMask changed = go_live(*state);
  for (FieldMask left = update.mask & (status_bit - 1); left != 0;
       left = static_cast<FieldMask>(left & (left - 1))) {
    const auto field = static_cast<Field>(std::countr_zero(left));
    const Decimal value = update.fields.get(field);
    if (value == body.fields.get(field)) continue;
    body.fields.set(field, value);
    changed = static_cast<FieldMask>(changed | bit(field));
  }
  if (changed == 0) {
    counters_.unchanged.add();
    return;
  }
  publish(*state, changed, update.exchange_us);
}

void Market::VenueSink::trade(const feeds::TradeUpdate& update) {
  State* const state = resolve(update.symbol);
  if (state == nullptr || !is_new(*state, update)) return;
  if (go_live(*state) != 0) publish_status(*state);
  Event event = trades_event(*state, Event::Kind::trade);
  event.exchange_us = update.exchange_us;
  event.trade = {update.price, update.size, {}, update.side};
  event.trade.id.assign(update.trade_id);
  write(event);
}

void Market::VenueSink::interrupted() {
  for (const InstrumentId id : ids_) {
    State& state = market_.states_[id];
    state.order.fill({});
    state.trade_order = {};
    state.same_order.clear();
    miss_trades(state);
  }
}

void Market::VenueSink::status(Status status, Reason reason) {
  for (const InstrumentId id : ids_) {
    State& state = market_.states_[id];
    state.held = false;
    if (set_status(state, status, reason)) publish_status(state);
  }
}

void Market::VenueSink::introduce(std::string_view symbol, std::string_view name) {
  if (!by_symbol_.contains(symbol)) add(symbol, name);
}

void Market::VenueSink::status_of(std::string_view symbol, Status status, Reason reason) {
  State* const state = resolve(symbol);
  if (state == nullptr) return;
  state->held = status != Status::live;
  if (set_status(*state, status, reason)) publish_status(*state);
}

void Market::VenueSink::interrupted_one(std::string_view symbol, bool trades_lost) {
  State* const state = resolve(symbol);
  if (state == nullptr) return;
  state->order.fill({});
  if (trades_lost) miss_trades(*state);
}

void Market::VenueSink::stopped() {
  if (link_ != feeds::LinkState::idle) link(feeds::LinkState::idle, "the feed stopped");
}

void Market::VenueSink::link(feeds::LinkState state, std::string_view error) {
  using feeds::LinkState;
  const bool was_live = link_ == LinkState::live || link_ == LinkState::silent;
  const bool is_live = state == LinkState::live || state == LinkState::silent;
  link_ = state;
  counters_.link_state.set(static_cast<std::uint64_t>(state));
  if (is_live && !was_live) counters_.connects.add();
  if (was_live && !is_live) counters_.disconnects.add();
  if (market_.link_hook_) market_.link_hook_(venue_, state, error, receipt_.wall_us);
  if (error.empty() || (is_live && !was_live)) {
    const auto name = feeds::link_state_names[static_cast<std::size_t>(state)];
    log(is_live && !was_live ? LogLevel::info : LogLevel::debug,
        venue_ + " is " + std::string(name));
  }
  if (!error.empty()) {
    // What a venue refuses comes right behind a reconnect: the loss must not hold it back.
    const bool is_open = is_live || state == LinkState::subscribing;
    log(is_open ? refusals_ : link_errors_, LogLevel::warn, venue_ + ": " + shown(error));
  }
}

void Market::VenueSink::report(LogLimit& limit, const char* what, std::string_view text) const {
  if (text.empty()) return;
  const auto held_back = limit.pass(receipt_.steady_ns);
  if (!held_back) return;
  std::string line =
      venue_ + ": " + what + " frame of " + std::to_string(text.size()) + " bytes: " + shown(text);
  if (*held_back > 0) line += " (" + std::to_string(*held_back) + " more of these held back)";
  log(LogLevel::warn, line);
}

Market::State* Market::VenueSink::resolve(std::string_view symbol) {
  if (const auto known = by_symbol_.find(symbol); known != by_symbol_.end()) {
    return &market_.states_[known->second];
  }
  return add(symbol, adapter_ != nullptr ? adapter_->canonical(symbol) : std::string(symbol));
}

Market::State* Market::VenueSink::add(std::string_view symbol, std::string_view name) {
  const auto id = market_.table_.add(venue_ + ':' + std::string(name));
  if (!id) {
    counters_.rejected.add();
    return nullptr;
  }
  by_symbol_.emplace(symbol, *id);
  if (*id == market_.states_.size()) begin(*id);
  return &market_.states_[*id];
}

void Market::VenueSink::begin(InstrumentId id) {
  ids_.push_back(id);
  counters_.statuses[static_cast<std::size_t>(Status::pending)].add();
  State& state = market_.states_.emplace_back();
  state.ticker.kind = Event::Kind::ticker;
  state.ticker.instrument = id;
  state.ticker.received = receipt_;
  state.ticker.ticker = {};
  state.ticker.ticker.since_us = receipt_.wall_us;
  market_.counters_.instruments.set(market_.states_.size());
  Event event;
  event.kind = Event::Kind::instrument;
  event.instrument = id;
  event.received = receipt_;
  write(event);
}

bool Market::VenueSink::in_order(State& state, const feeds::TickerUpdate& update) {
  Order& order = state.order[update.stream % feeds::streams_max];
  if (update.order == 0) return true;
  if (update.order < order.last && !begins_afresh(order)) {
    counters_.out_of_order.add();
    return false;
  }
  order = {update.order, 0, 0};
  return true;
}

bool Market::VenueSink::begins_afresh(Order& order) {
  if (order.refused++ == 0) order.refused_since_ns = receipt_.steady_ns;
  const bool afresh = order.refused > refusals_max &&
                      receipt_.steady_ns - order.refused_since_ns >= refusals_time_ns;
  if (afresh) counters_.order_resets.add();
  return afresh;
}

bool Market::VenueSink::is_new(State& state, const feeds::TradeUpdate& update) {
  if (update.order == 0) return true;
  Order& order = state.trade_order;
  const std::uint64_t hash = std::hash<std::string_view>{}(update.trade_id);
  if (update.order == order.last) {
    if (std::ranges::find(state.same_order, hash) != state.same_order.end()) return refused();
    if (state.same_order.size() == same_order_max) state.same_order.clear();
    state.same_order.push_back(hash);
    return true;
  }
  if (update.order < order.last) {
    if (!begins_afresh(order)) return refused();
    miss_trades(state);
  } else if (update.counted && order.last != 0 && update.order > order.last + 1) {
    miss_trades(state);
  }
  order = {update.order, 0, 0};
  state.same_order.assign(1, hash);
  return true;
}

bool Market::VenueSink::refused() {
  counters_.out_of_order.add();
  return false;
}

void Market::VenueSink::miss_trades(State& state) {
  if (state.ticker.ticker.trade_seq == 0) return;
  Event event = trades_event(state, Event::Kind::gap);
  event.gap = {Reason::upstream};
  counters_.trade_gaps.add();
  write(event);
}

FieldMask Market::VenueSink::go_live(State& state) {
  if (state.held) return 0;
  return set_status(state, Status::live, Reason::none) ? status_bit : FieldMask{0};
}

bool Market::VenueSink::set_status(State& state, Status status, Reason reason) {
  TickerBody& body = state.ticker.ticker;
  if (body.status == status && body.reason == reason) return false;
  counters_.statuses[static_cast<std::size_t>(body.status)].sub();
  counters_.statuses[static_cast<std::size_t>(status)].add();
  count_repair(state, status, reason);
  body.status = status;
  body.reason = reason;
  body.since_us = receipt_.wall_us;
  return true;
}

void Market::VenueSink::count_repair(State& state, Status status, Reason reason) {
  const bool broke = status == Status::resyncing && reason != Reason::reconnected;
  if (broke && state.broken_ns == 0) {
    counters_.gaps.add();
    state.broken_ns = receipt_.steady_ns;
  } else if (status == Status::live && state.broken_ns != 0) {
    counters_.repairs.add();
    counters_.repair_time.observe_ns(receipt_.steady_ns - state.broken_ns);
    state.broken_ns = 0;
  } else if (status == Status::down) {
    state.broken_ns = 0;  // the connection is gone: no repair of the book any more
  }
}

Event Market::VenueSink::trades_event(State& state, Event::Kind kind) const {
  Event event;
  event.kind = kind;
  event.instrument = state.ticker.instrument;
  event.seq = ++state.ticker.ticker.trade_seq;
  event.received = receipt_;
  return event;
}

void Market::VenueSink::publish(State& state, FieldMask changed, std::int64_t exchange_us) {
  market_.publish(state, changed, receipt_, exchange_us);
  count(state.ticker);
}

void Market::VenueSink::publish_status(State& state) {
  market_.publish(state, status_bit, {state.ticker.received.wall_us, receipt_.steady_ns}, 0);
  count(state.ticker);
}

void Market::VenueSink::write(const Event& event) {
  market_.ring_.write(event);
  count(event);
}

}  // namespace ticker
