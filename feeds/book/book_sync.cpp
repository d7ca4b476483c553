#include "feeds/book/book_sync.hpp"

#include <algorithm>

namespace ticker::feeds {
namespace {

using Answer = BookSync::Answer;

// Bybit: «if you receive a u of 1, it is a snapshot because of a restart of the service» (v5,
// websocket/public/orderbook), whatever its type says.
constexpr std::uint32_t backward_max = 8;

bool is_snapshot(const BookRules& rules, const BookUpdate& update) {
  return update.snapshot || (rules.sequence == BookRules::Sequence::step && update.last == 1);
}

}  // namespace

Answer BookSync::on(const BookUpdate& update) {
  if (is_snapshot(rules_, update)) return on_snapshot(update);
  if (!whole_) {
    if (!rules_.snapshot_by_request) return {Action::ignore};
    kept_.add(update);
    wants_ = true;
    return {Action::keep};
  }
  switch (rules_.sequence) {
    case BookRules::Sequence::range:
      return on_range(update);
    case BookRules::Sequence::chain:
      return on_chain(update);
    case BookRules::Sequence::step:
      return on_step(update);
    case BookRules::Sequence::none:
      break;
  }
  return {Action::apply};
}

// What the venue says by itself holds. An answer to a request may be older than the book, or than
// the first update that was kept: then the updates between the two are nowhere. One that comes
// before any update answers a request of another time.
Answer BookSync::on_snapshot(const BookUpdate& update) {
  if (rules_.snapshot_by_request) {
    const bool fits = whole_ ? update.last >= last_ : wants_ && kept_.follow_on(update.last);
    if (!fits) return {Action::ignore};
  }
  whole_ = true;
  wants_ = false;
  last_ = update.last;
  previous_ = update.previous;
  return {Action::replace};
}

// Binance, «How to manage a local order book correctly» (web-socket-streams): an event whose `u` is
// not above the book's is old; one whose `U` is above the book's + 1 means that events are missing.
Answer BookSync::on_range(const BookUpdate& update) {
  const bool backward = update.last < highest_;
  highest_ = std::max(highest_, update.last);
  backward_ = backward ? backward_ + 1 : 0;
  // One that comes twice is nothing; a stream that stays behind itself counts afresh, or one absurd
  // number stood in its way. To ignore it for ever would be to believe an old book for ever.
  if (backward_ > backward_max) {
    const Answer answer = broken(Reason::sequence_gap);
    kept_.restart(0);
    kept_.add(update);
    return answer;
  }
  if (update.last <= last_) return {Action::ignore};
  if (update.first > last_ && update.first - last_ > 1) {
    const Answer answer = broken(Reason::sequence_gap);
    // A snapshot of any age that this update follows on will do.
    kept_.restart(0);
    kept_.add(update);
    return answer;
  }
  last_ = update.last;
  return {Action::apply};
}

// OKX, «Order book channel» (v5): an update is the next one if its `prevSeqId` is the book's
// `seqId`. Numbers jump; without a change for a minute both are the same; after a maintenance
// `seqId` may be the smaller one. Recordings of 2022 have no numbers at all (0 and -1 here): then
// only the checksum speaks.
Answer BookSync::on_chain(const BookUpdate& update) {
  const bool numbered = update.last != 0 || update.previous != -1;
  const bool book_numbered = last_ != 0;
  if (!numbered && !book_numbered) return {Action::apply};
  const bool follows = update.previous >= 0 && static_cast<std::uint64_t>(update.previous) == last_;
  if (!follows) {
    const bool again = update.last == last_ && update.previous == previous_;
    return again ? Answer{Action::ignore} : broken(Reason::sequence_gap);
  }
  last_ = update.last;
  previous_ = update.previous;
  return {Action::apply};
}

// Bybit: `u` rises by one a delta (v5, websocket/public/orderbook).
Answer BookSync::on_step(const BookUpdate& update) {
  if (update.last == last_) return {Action::ignore};
  if (update.last < last_ || update.last - last_ != 1) return broken(Reason::sequence_gap);
  last_ = update.last;
  return {Action::apply};
}

Reason BookSync::check(const Book& book, Book::Result result, const BookUpdate& update) {
  Reason reason = Reason::none;
  // OKX sends a sum of 0 where it sends none (since 2026-06-23).
  const bool has_sum =
      update.checksum && !(rules_.checksum == BookRules::Checksum::okx && *update.checksum == 0);
  const auto sum = has_sum ? book.checksum() : std::nullopt;
  if (result == Book::Result::no_price) {
    reason = Reason::sequence_gap;  // a part of the update is missing
  } else if (sum && *sum != *update.checksum) {
    reason = Reason::bad_checksum;
  } else if (book.crossed()) {
    reason = Reason::crossed_book;
  } else if (result == Book::Result::short_book) {
    reason = Reason::short_book;
  }
  return reason == Reason::none ? reason : broken(reason).reason;
}

void BookSync::forget() {
  whole_ = false;
  wants_ = false;
  last_ = 0;
  previous_ = -1;
  highest_ = backward_ = 0;
  kept_.restart(0);
}

// Whatever was applied is not kept: the snapshot to come must have it.
Answer BookSync::broken(Reason reason) {
  highest_ = backward_ = 0;
  whole_ = false;
  wants_ = rules_.snapshot_by_request;
  kept_.restart(last_);
  return {Action::broken, reason};
}

}  // namespace ticker::feeds
