#include "gateway/market.hpp"

#include <algorithm>
#include <bit>

#include "gateway/log.hpp"

namespace ticker {
namespace {

constexpr std::int64_t pass_interval_min_ns = 1'000'000'000;  // a pass starts at most once a second

// A stream that tells nothing but what is older, for so long and so often, has begun to count
// afresh, or one absurd id was in its way.
constexpr std::uint32_t refusals_max = 8;
constexpr std::int64_t refusals_time_ns = 2'000'000'000;

// Trades of one order that are remembered by their ids; venues sent up to 46.
constexpr std::size_t same_order_max = 1'024;

}  // namespace

// One venue's way into the market: resolves its spellings, guards the order of its streams.
class Market::VenueSink final : public feeds::Sink {
 public:
  VenueSink(Market& market, std::string_view venue, const feeds::Adapter* adapter)
      : market_(market), venue_(venue), adapter_(adapter) {}

  [[nodiscard]] const std::string& venue() const { return venue_; }
  [[nodiscard]] const FeedCounters& counters() const { return counters_; }

  void received(const Receipt& receipt) override {
    market_.owner_.check();
    receipt_ = receipt;
  }
  void overflow() override { counters_.overflows.add(); }
  void frame(feeds::Verdict verdict, std::string_view text) override {
    counters_.frames[static_cast<std::size_t>(verdict)].add();
    if (verdict == feeds::Verdict::malformed) report(malformed_, "malformed", text);
    if (verdict == feeds::Verdict::unknown) report(unknown_, "unknown", text);
  }

  void ticker(const feeds::TickerUpdate& update) override {
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

  void trade(const feeds::TradeUpdate& update) override {
    State* const state = resolve(update.symbol);
    if (state == nullptr || !is_new(*state, update)) return;
    if (go_live(*state) != 0) publish_status(*state);
    Event event = trades_event(*state, Event::Kind::trade);
    event.exchange_us = update.exchange_us;
    event.trade = {update.price, update.size, {}, update.side};
    event.trade.id.assign(update.trade_id);
    write(event);
  }

  void interrupted() override {
    for (const InstrumentId id : ids_) {
      State& state = market_.states_[id];
      state.order.fill({});
      state.trade_order = {};
      state.same_order.clear();
      miss_trades(state);
    }
  }

  void status(Status status, Reason reason) override {
    for (const InstrumentId id : ids_) {
      State& state = market_.states_[id];
      state.held = false;
      if (set_status(state, status, reason)) publish_status(state);
    }
  }

  void introduce(std::string_view symbol, std::string_view name) override {
    if (!by_symbol_.contains(symbol)) add(symbol, name);
  }

  void status_of(std::string_view symbol, Status status, Reason reason) override {
    State* const state = resolve(symbol);
    if (state == nullptr) return;
    state->held = status != Status::live;
    if (set_status(*state, status, reason)) publish_status(*state);
  }

  void interrupted_one(std::string_view symbol, bool trades_lost) override {
    State* const state = resolve(symbol);
    if (state == nullptr) return;
    state->order.fill({});
    if (trades_lost) miss_trades(*state);
  }

  /// Its source is gone, and with it what connections there were.
  void stopped() {
    if (link_ != feeds::LinkState::idle) link(feeds::LinkState::idle, "the feed stopped");
  }

  void link(feeds::LinkState state, std::string_view error) override {
    using feeds::LinkState;
    const bool was_live = link_ == LinkState::live || link_ == LinkState::silent;
    const bool is_live = state == LinkState::live || state == LinkState::silent;
    link_ = state;
    counters_.link_state.set(static_cast<std::uint64_t>(state));
    if (is_live && !was_live) counters_.connects.add();
    if (was_live && !is_live) counters_.disconnects.add();
    if (market_.link_hook_) market_.link_hook_(venue_, state, error, receipt_.wall_us);
    if (!error.empty()) {
      log(link_errors_, LogLevel::warn, venue_ + ": " + shown(error));
    } else {
      const auto name = feeds::link_state_names[static_cast<std::size_t>(state)];
      log(LogLevel::debug, venue_ + " is " + std::string(name));
    }
  }

 private:
  // Somebody who can write to the venue, or to us, wants to see the frame; one a second is enough.
  void report(LogLimit& limit, const char* what, std::string_view text) const {
    if (text.empty()) return;
    const auto held_back = limit.pass(receipt_.steady_ns);
    if (!held_back) return;
    std::string line = venue_ + ": " + what + " frame of " + std::to_string(text.size()) +
                       " bytes: " + shown(text);
    if (*held_back > 0) line += " (" + std::to_string(*held_back) + " more of these held back)";
    log(LogLevel::warn, line);
  }

  // The state of an instrument by the venue's spelling, a new one if need be; null when it cannot
  // be had.
  State* resolve(std::string_view symbol) {
    if (const auto known = by_symbol_.find(symbol); known != by_symbol_.end()) {
      return &market_.states_[known->second];
    }
    return add(symbol, adapter_ != nullptr ? adapter_->canonical(symbol) : std::string(symbol));
  }

  State* add(std::string_view symbol, std::string_view name) {
    const auto id = market_.table_.add(venue_ + ':' + std::string(name));
    if (!id) {
      counters_.rejected.add();
      return nullptr;
    }
    by_symbol_.emplace(symbol, *id);
    if (*id == market_.states_.size()) begin(*id);
    return &market_.states_[*id];
  }

  // A new instrument is in the ring before its first data.
  void begin(InstrumentId id) {
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

  bool in_order(State& state, const feeds::TickerUpdate& update) {
    Order& order = state.order[update.stream % feeds::streams_max];
    if (update.order == 0) return true;
    if (update.order < order.last && !begins_afresh(order)) {
      counters_.out_of_order.add();
      return false;
    }
    order = {update.order, 0, 0};
    return true;
  }

  // One more update is older than what is known.
  bool begins_afresh(Order& order) {
    if (order.refused++ == 0) order.refused_since_ns = receipt_.steady_ns;
    const bool afresh = order.refused > refusals_max &&
                        receipt_.steady_ns - order.refused_since_ns >= refusals_time_ns;
    if (afresh) counters_.order_resets.add();
    return afresh;
  }

  // Is this a trade that nobody was told yet? Several trades may share one order; then their ids
  // tell. Tells of those that are missing before it.
  bool is_new(State& state, const feeds::TradeUpdate& update) {
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

  bool refused() {
    counters_.out_of_order.add();
    return false;
  }

  // Nobody misses a trade where there never was one.
  void miss_trades(State& state) {
    if (state.ticker.ticker.trade_seq == 0) return;
    Event event = trades_event(state, Event::Kind::gap);
    event.gap = {Reason::upstream};
    counters_.trade_gaps.add();
    write(event);
  }

  // Data makes an instrument live, unless its status is told.
  FieldMask go_live(State& state) {
    if (state.held) return 0;
    return set_status(state, Status::live, Reason::none) ? status_bit : FieldMask{0};
  }

  bool set_status(State& state, Status status, Reason reason) {
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

  // From the update that was missing to the snapshot that made it right.
  void count_repair(State& state, Status status, Reason reason) {
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

  Event trades_event(State& state, Event::Kind kind) const {
    Event event;
    event.kind = kind;
    event.instrument = state.ticker.instrument;
    event.seq = ++state.ticker.ticker.trade_seq;
    event.received = receipt_;
    return event;
  }

  void publish(State& state, FieldMask changed, std::int64_t exchange_us) {
    market_.publish(state, changed, receipt_, exchange_us);
    count(state.ticker);
  }

  // `recv_ts` stays the age of the values; when the status changed is told by `since`.
  void publish_status(State& state) {
    market_.publish(state, status_bit, {state.ticker.received.wall_us, receipt_.steady_ns}, 0);
    count(state.ticker);
  }

  void write(const Event& event) {
    market_.ring_.write(event);
    count(event);
  }

  void count(const Event& event) { counters_.events[static_cast<std::size_t>(event.kind)].add(); }

  Market& market_;
  const std::string venue_;
  const feeds::Adapter* const adapter_;
  FeedCounters counters_;
  LogLimit malformed_;
  LogLimit unknown_;
  LogLimit link_errors_;
  feeds::LinkState link_ = feeds::LinkState::idle;
  Receipt receipt_;
  std::unordered_map<std::string, InstrumentId, StringHash, std::equal_to<>> by_symbol_;
  std::vector<InstrumentId> ids_;
};

Market::Market(InstrumentTable& table, Ring& ring, MarketCounters& counters)
    : table_(table), ring_(ring), counters_(counters) {
  states_.reserve(table.capacity());  // so that a State never moves
}

Market::~Market() = default;

feeds::Sink& Market::sink(std::string_view venue, const feeds::Adapter* adapter) {
  for (VenueSink& known : venues_) {
    if (known.venue() == venue) return known;
  }
  VenueSink& made = venues_.emplace_back(*this, venue, adapter);
  if (venue_hook_) venue_hook_(venue, made.counters());
  return made;
}

void Market::publish(State& state, FieldMask changed, const Receipt& receipt,
                     std::int64_t exchange_us) {
  Event& event = state.ticker;
  ++event.seq;
  event.received = receipt;
  event.exchange_us = exchange_us;
  event.ticker.changed = changed;
  ring_.write(event);
}

void Market::status_of_all(const Receipt& now, Status status, Reason reason) {
  for (VenueSink& venue : venues_) {
    venue.received(now);
    venue.status(status, reason);
    venue.stopped();
  }
}

std::int64_t Market::repair(std::int64_t now_ns, std::size_t batch) {
  owner_.check();
  // A request during a pass may come from a shard that missed its beginning: another pass follows.
  wanted_ = ring_.take_repair_request() || wanted_;
  if (wanted_ && now_ns - pass_started_ns_ >= pass_interval_min_ns) {
    wanted_ = false;
    pass_started_ns_ = now_ns;
    next_ = 0;
    Event begin;
    begin.kind = Event::Kind::repair;
    begin.repair = {++pass_, false};
    ring_.write(begin);
  }
  if (next_ <= states_.size()) {
    const std::size_t last = std::min(next_ + batch, states_.size());
    while (next_ < last) tell_again(states_[next_++]);
    if (next_ < states_.size()) return now_ns;
    Event complete;
    complete.kind = Event::Kind::repair;
    complete.repair = {pass_, true};
    ring_.write(complete);
    next_ = SIZE_MAX;
    counters_.repair_passes.add();
  }
  return wanted_ ? pass_started_ns_ + pass_interval_min_ns : feeds::Source::never;
}

void Market::tell_again(State& state) {
  Event instrument;
  instrument.kind = Event::Kind::instrument;
  instrument.flags = Event::repair_flag;
  instrument.instrument = state.ticker.instrument;
  instrument.received = state.ticker.received;
  ring_.write(instrument);
  Event again = state.ticker;
  again.flags = Event::repair_flag;
  ring_.write(again);
  counters_.repair_records.add(2);
}

}  // namespace ticker
