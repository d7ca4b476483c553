#include "feeds/book/books.hpp"

namespace ticker::feeds {
namespace {

// Null sizes are alike, and 1.5 is 1.50.
bool same(const BookLevel& a, const BookLevel& b) { return a.price == b.price && a.size == b.size; }

}  // namespace

void Books::book(const BookUpdate& update) {
  if (stream_ && update.stream != *stream_) return;
  auto* const entry = find_or_add(update.symbol);
  if (entry == nullptr) {
    ++refused_;
    return;
  }
  const bool wanted = entry->second.sync.wants_snapshot();
  const bool placed = place(*entry, update);
  if (placed) tell(*entry, update);
  // Asked for once; again only when what came does not fit.
  const bool wants = entry->second.sync.wants_snapshot();
  if (wants && (!wanted || update.snapshot)) want(*entry);
}

// True if the book took it, and is whole.
bool Books::place(Map::value_type& entry, const BookUpdate& update) {
  using Action = BookSync::Action;
  Kept& kept = entry.second;
  const auto [action, why] = kept.sync.on(update);
  switch (action) {
    case Action::ignore:
    case Action::keep:
      return false;
    case Action::broken:
      broke(entry, why);
      return false;
    case Action::replace:
    case Action::apply:
      break;
  }
  const bool all = action == Action::replace;
  const Book::Result result = all ? kept.book.replace(update) : kept.book.apply(update);
  if (const Reason reason = kept.sync.check(kept.book, result, update); reason != Reason::none) {
    broke(entry, reason);
    return false;
  }
  if (all) {
    for (const KeptUpdate& next : kept.sync.take_kept()) (void)place(entry, next.update);
  }
  return kept.sync.whole();
}

// Said before anything else: from here on the prices that were told last may be wrong.
void Books::broke(Map::value_type& entry, Reason reason) {
  auto& [symbol, kept] = entry;
  kept.book.clear();
  kept.told = false;
  if (kept.resyncing) return;
  kept.resyncing = true;
  next_.status_of(symbol, Status::resyncing, reason);
}

void Books::tell(Map::value_type& entry, const BookUpdate& update) {
  auto& [symbol, kept] = entry;
  const BookLevel bid = kept.book.bids().best();
  const BookLevel ask = kept.book.asks().best();
  if (!kept.told || !same(bid, kept.bid) || !same(ask, kept.ask)) {
    kept.told = true;
    kept.bid = bid;
    kept.ask = ask;
    say(entry, update.stream, update.exchange_us);
  }
  if (!kept.resyncing) return;
  kept.resyncing = false;
  next_.status_of(symbol, Status::live, Reason::none);
}

void Books::say(const Map::value_type& entry, std::uint8_t stream, std::int64_t exchange_us) {
  const auto& [symbol, kept] = entry;
  TickerUpdate ticker;
  ticker.symbol = symbol;
  ticker.stream = stream;
  ticker.exchange_us = exchange_us;
  ticker.mask = bit(Field::bid) | bit(Field::bid_size) | bit(Field::ask) | bit(Field::ask_size);
  ticker.fields.set(Field::bid, kept.bid.price);
  ticker.fields.set(Field::bid_size, kept.bid.size);
  ticker.fields.set(Field::ask, kept.ask.price);
  ticker.fields.set(Field::ask_size, kept.ask.size);
  next_.ticker(ticker);
}

void Books::tell_all() {
  for (const auto& entry : books_) {
    if (entry.second.told) say(entry, stream_.value_or(0), 0);
  }
}

void Books::want(const Map::value_type& entry) {
  if (wanted_) wanted_(entry.first);
}

Books::Map::value_type* Books::find_or_add(std::string_view symbol) {
  if (const auto known = books_.find(symbol); known != books_.end()) return &*known;
  if (books_.size() >= books_max_) return nullptr;
  return &*books_.try_emplace(std::string(symbol), rules_).first;
}

void Books::forget(std::string_view symbol) {
  const auto known = books_.find(symbol);
  if (known == books_.end()) return;
  Kept& kept = known->second;
  kept.sync.forget();
  kept.book.clear();
  kept.told = false;
}

void Books::forget_all() {
  for (const auto& [symbol, kept] : books_) forget(symbol);
}

bool Books::wants_snapshot(std::string_view symbol) const {
  const auto known = books_.find(symbol);
  return known != books_.end() && known->second.sync.wants_snapshot();
}

bool Books::whole(std::string_view symbol) const {
  const auto known = books_.find(symbol);
  return known != books_.end() && known->second.sync.whole();
}

void Books::interrupted() {
  forget_all();
  next_.interrupted();
}

void Books::interrupted_one(std::string_view symbol, bool trades_lost) {
  forget(symbol);
  next_.interrupted_one(symbol, trades_lost);
}

}  // namespace ticker::feeds
