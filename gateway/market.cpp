#include "gateway/market.hpp"

#include <algorithm>
#include <bit>

#include "gateway/log.hpp"

namespace ticker {
namespace {

constexpr std::int64_t pass_interval_min_ns = 1'000'000'000;  // a pass starts at most once a second

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
    if (state == nullptr) return;
    if (update.order != 0 && update.order <= state->trade_order) {
      counters_.out_of_order.add();
      return;
    }
    state->trade_order = std::max(state->trade_order, update.order);
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
      state.order.fill(0);
      state.trade_order = 0;
      if (state.ticker.ticker.trade_seq == 0) continue;  // never traded: nobody misses a trade
      Event event = trades_event(state, Event::Kind::gap);
      event.gap = {Reason::upstream};
      write(event);
    }
  }

  void status(Status status, Reason reason) override {
    for (const InstrumentId id : ids_) {
      State& state = market_.states_[id];
      if (set_status(state, status, reason)) publish_status(state);
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
    std::string name = venue_ + ':';
    name += adapter_ != nullptr ? adapter_->canonical(symbol) : std::string(symbol);
    const auto id = market_.table_.add(name);
    if (!id) {
      counters_.rejected.add();
      return nullptr;
    }
    by_symbol_.emplace(symbol, *id);
    if (*id == market_.states_.size()) introduce(*id);
    return &market_.states_[*id];
  }

  // A new instrument is in the ring before its first data.
  void introduce(InstrumentId id) {
    ids_.push_back(id);
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
    std::uint64_t& last = state.order[update.stream % feeds::streams_max];
    if (update.order == 0) return true;
    if (update.order < last) {
      counters_.out_of_order.add();
      return false;
    }
    last = update.order;
    return true;
  }

  // Data makes an instrument live.
  FieldMask go_live(State& state) {
    return set_status(state, Status::live, Reason::none) ? status_bit : FieldMask{0};
  }

  bool set_status(State& state, Status status, Reason reason) {
    TickerBody& body = state.ticker.ticker;
    if (body.status == status && body.reason == reason) return false;
    body.status = status;
    body.reason = reason;
    body.since_us = receipt_.wall_us;
    return true;
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
