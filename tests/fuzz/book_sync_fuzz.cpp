// Numbers of updates and snapshots, near those that came before, now and then at the ends of what
// 64 bits hold. Chains and steps are checked against the rules told again in other words; ranges,
// whose updates are kept, by what must come of it: no number is missing, none is asked for without
// need.
#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "feeds/book/book_sync.hpp"
#include "tests/fuzz/bytes.hpp"
#include "tests/fuzz/expect.hpp"

namespace ticker::fuzz {
namespace {

using feeds::Book;
using feeds::BookLevel;
using feeds::BookRules;
using feeds::BookSync;
using feeds::BookUpdate;
using feeds::KeptUpdate;
using Action = BookSync::Action;
using Sequence = BookRules::Sequence;
__extension__ typedef __int128 wide;

// What was heard, as ranges of numbers; a venue without ranges has one number in each.
struct Heard {
  wide first;
  wide last;
  std::size_t levels;
};

class Run {
 public:
  explicit Run(Bytes bytes)
      : bytes_(bytes),
        rules_(read_rules()),
        updates_max_(1 + bytes_.below(6)),
        levels_max_(1 + bytes_.below(12)),
        sync_(rules_, updates_max_, levels_max_) {}

  void run() {
    while (!bytes_.empty()) {
      const unsigned what = bytes_.below(16);
      if (what == 0) {
        forget();
      } else if (what == 1) {
        find_fault();
      } else {
        hear(read_update(what < 4));
      }
      expect(sync_.whole() == whole_, "a book is whole from its snapshot until it breaks");
      expect(sync_.wants_snapshot() == (by_request() && !whole_ && (lost_ || !heard_.empty())),
             "a snapshot is asked for from the first update on until it comes");
    }
  }

 private:
  BookRules read_rules() {
    const unsigned which = bytes_.below(4);
    return {.sequence = static_cast<Sequence>(which),
            .snapshot_by_request = which == static_cast<unsigned>(Sequence::range)};
  }
  [[nodiscard]] bool by_request() const { return rules_.snapshot_by_request; }

  // Near what came last.
  std::uint64_t read_number() {
    const unsigned byte = bytes_.next();
    if (byte == 254) return UINT64_MAX;
    if (byte == 255) return 0;
    return near_ + byte % 16 - 6;
  }

  BookUpdate read_update(bool snapshot) {
    BookUpdate update;
    update.snapshot = snapshot;
    update.last = read_number();
    update.first = update.last - std::min<std::uint64_t>(update.last, bytes_.below(4));
    const unsigned previous = bytes_.next();
    update.previous = previous < 64 ? -1 : static_cast<std::int64_t>(near_ + previous % 8 - 4);
    if (previous >= 128) update.previous = static_cast<std::int64_t>(near_);
    if (previous == 0) update.last = 0;
    update.asks = std::span(levels_).first(bytes_.below(5));
    near_ = update.last;
    return update;
  }

  void hear(const BookUpdate& update) {
    const auto [action, reason] = sync_.on(update);
    expect((action == Action::broken) == (reason == Reason::sequence_gap) &&
               (action == Action::broken || reason == Reason::none),
           "what breaks by its numbers is a gap");
    const bool restart = rules_.sequence == Sequence::step && update.last == 1;
    if (update.snapshot || restart) {
      hear_snapshot(update, action);
    } else if (!whole_ && by_request()) {
      expect(action == Action::keep, "updates are kept for a snapshot that is asked for");
      heard_.push_back({update.first, update.last, update.asks.size()});
    } else if (!whole_) {
      expect(action == Action::ignore, "without a book nothing is applied, and nothing is a gap");
    } else {
      expect(action == truth(update), "an update is judged by the venue's rule");
      take(update, action);
    }
  }

  // The rules in other words.
  [[nodiscard]] Action truth(const BookUpdate& update) const {
    const wide last = update.last;
    switch (rules_.sequence) {
      case Sequence::none:
        return Action::apply;
      case Sequence::range:
        if (last <= at_) return Action::ignore;
        return update.first <= at_ + 1 ? Action::apply : Action::broken;
      case Sequence::step:
        if (last == at_) return Action::ignore;
        return last == at_ + 1 ? Action::apply : Action::broken;
      case Sequence::chain:
        break;
    }
    const bool without_numbers = update.previous == -1 && update.last == 0;
    if (without_numbers && at_ == 0) return Action::apply;
    if (update.previous != -1 && update.previous == at_) return Action::apply;
    return update.previous == before_ && last == at_ ? Action::ignore : Action::broken;
  }

  void take(const BookUpdate& update, Action action) {
    if (action == Action::apply) {
      at_ = rules_.sequence == Sequence::none ? at_ : static_cast<wide>(update.last);
      before_ = update.previous;
    } else if (action == Action::broken) {
      whole_ = false;
      lost_ = true;
      covered_ = -1;
      heard_ = {{update.first, update.last, update.asks.size()}};
    }
  }

  void hear_snapshot(const BookUpdate& update, Action action) {
    const wide number = update.last;
    if (!by_request()) {
      expect(action == Action::replace, "what the venue says by itself holds");
      start(update);
      return;
    }
    if (whole_) {
      expect(action == (number >= at_ ? Action::replace : Action::ignore),
             "an answer older than the book is ignored");
      if (action == Action::replace) start(update);
      return;
    }
    expect(action == Action::replace || action == Action::ignore, "a snapshot fits or does not");
    if (action == Action::ignore) {
      expect(!must_fit(number), "no snapshot is asked for again without need");
      return;
    }
    expect(lost_ || !heard_.empty(), "an answer that nobody asked for is ignored");
    expect(number >= covered_, "a snapshot has all that was applied already");
    wide newest = number;
    for (const Heard& heard : heard_) newest = std::max(newest, heard.last);
    expect(reach(number) == newest, "from a snapshot that fits, no number is missing");
    start(update);
    for (const KeptUpdate& kept : sync_.take_kept()) {
      const Action next = sync_.on(kept.update).action;
      expect(next == truth(kept.update), "what was kept is judged by the venue's rule");
      expect(next == Action::apply || next == Action::ignore, "what was kept leads on");
      take(kept.update, next);
    }
    expect(at_ == newest, "all that was heard is in the book");
  }

  // How far the updates heard lead from a number.
  [[nodiscard]] wide reach(wide number) const {
    for (bool moved = true; std::exchange(moved, false);) {
      for (const Heard& heard : heard_) {
        if (heard.first > number + 1 || heard.last <= number) continue;
        number = heard.last;
        moved = true;
      }
    }
    return number;
  }

  // Updates that came in their order, and so few that all were kept.
  [[nodiscard]] bool must_fit(wide number) const {
    if (heard_.empty()) return lost_ && number >= covered_;
    std::size_t levels = 0;
    for (std::size_t i = 0; i < heard_.size(); ++i) {
      levels += heard_[i].levels;
      const wide before = i == 0 ? covered_ : heard_[i - 1].last;
      if (heard_[i].last <= before || (i > 0 && heard_[i].first > before + 1)) return false;
    }
    return heard_.size() <= updates_max_ && levels <= levels_max_ && number >= covered_ &&
           number >= heard_.front().first - 1;
  }

  void start(const BookUpdate& update) {
    whole_ = true;
    lost_ = false;
    heard_.clear();
    covered_ = -1;
    at_ = update.last;
    before_ = update.previous;
    if (!by_request()) expect(sync_.take_kept().empty(), "nothing is kept without need");
  }

  void find_fault() {
    if (!whole_) return;
    Book book(rules_);
    expect(sync_.check(book, Book::Result::ok, {}) == Reason::none, "an empty book is sound");
    expect(sync_.check(book, Book::Result::short_book, {}) == Reason::short_book,
           "a book that is short is broken");
    whole_ = false;
    lost_ = true;
    covered_ = at_;
    heard_.clear();
  }

  void forget() {
    sync_.forget();
    whole_ = false;
    lost_ = false;
    covered_ = -1;
    heard_.clear();
    at_ = 0;
    before_ = -1;
  }

  Bytes bytes_;
  const BookRules rules_;
  const std::size_t updates_max_;
  const std::size_t levels_max_;
  BookSync sync_;
  std::uint64_t near_ = 100;
  const std::vector<BookLevel> levels_{5, BookLevel{{1, 0}, {1, 0}}};

  bool whole_ = false;
  bool lost_ = false;         // it was whole once, since it was forgotten
  wide at_ = 0;               // of the book
  std::int64_t before_ = -1;  // of the update before
  wide covered_ = -1;         // applied already when the book was lost
  std::vector<Heard> heard_;  // since it was lost
};

}  // namespace
}  // namespace ticker::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ticker::fuzz::Run(ticker::fuzz::Bytes(data, size)).run();
  return 0;
}
