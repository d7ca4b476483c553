// Stands between an adapter and whoever hears it: takes the venue's books, keeps each one right by
// the venue's rules, and says in their place what the best bid and offer are, or that they are not
// known. Everything else passes untouched. One a venue, on one feed thread. Never says a price of a
// book that is not whole.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "feeds/book/book.hpp"
#include "feeds/book/book_sync.hpp"
#include "feeds/contract/adapter.hpp"
#include "feeds/contract/limits.hpp"

namespace ticker::feeds {

class Books final : public Sink {
 public:
  /// Hears that a snapshot of this symbol's book has to be asked for: at its first update, when it
  /// broke, and when the snapshot that came does not fit. Only of books whose snapshots are the
  /// answers to requests. Called from within `book`; must not call back.
  using Wanted = std::function<void(std::string_view symbol)>;

  /// `stream`: the one stream whose books are kept, by its number; none: those of any.
  Books(const BookRules& rules, std::optional<std::uint8_t> stream, Sink& next,
        std::size_t books_max = FeedLimits{}.feed_symbols_max)
      : rules_(rules), stream_(stream), next_(next), books_max_(books_max) {}

  void on_wanted(Wanted wanted) { wanted_ = std::move(wanted); }

  /// After a disconnection, before anything new: nothing of the old book is left, and nothing is
  /// said of it until its next snapshot. A book that was told to be `resyncing` still is.
  void forget(std::string_view symbol);
  void forget_all();

  /// True from the first update without a book until a snapshot came that fits, where snapshots
  /// have to be asked for.
  [[nodiscard]] bool wants_snapshot(std::string_view symbol) const;
  /// Says the best bid and offer of every whole book, as they are.
  void tell_all();
  [[nodiscard]] std::size_t size() const { return books_.size(); }
  /// True if the symbol's book is whole: its best prices are those of the venue.
  [[nodiscard]] bool whole(std::string_view symbol) const;
  /// How many updates came for books beyond `books_max`, and were dropped.
  [[nodiscard]] std::uint64_t refused() const { return refused_; }

  void book(const BookUpdate& update) override;
  void interrupted() override;
  void interrupted_one(std::string_view symbol, bool trades_lost) override;

  void received(const Receipt& receipt) override { next_.received(receipt); }
  void ticker(const TickerUpdate& update) override { next_.ticker(update); }
  void trade(const TradeUpdate& update) override { next_.trade(update); }
  void overflow() override { next_.overflow(); }
  void frame(Verdict verdict, std::string_view text) override { next_.frame(verdict, text); }
  void status(Status status, Reason reason) override { next_.status(status, reason); }
  void introduce(std::string_view symbol, std::string_view name) override {
    next_.introduce(symbol, name);
  }
  void status_of(std::string_view symbol, Status status, Reason reason) override {
    next_.status_of(symbol, status, reason);
  }
  void notice(const Notice& notice) override { next_.notice(notice); }
  void link(LinkState state, std::string_view error) override { next_.link(state, error); }

 private:
  struct Kept {
    explicit Kept(const BookRules& rules) : sync(rules), book(rules) {}
    BookSync sync;
    Book book;
    BookLevel bid;  // as told last
    BookLevel ask;
    bool told = false;
    bool resyncing = false;  // so told
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  using Map = std::unordered_map<std::string, Kept, Hash, std::equal_to<>>;

  [[nodiscard]] Map::value_type* find_or_add(std::string_view symbol);
  [[nodiscard]] bool place(Map::value_type& entry, const BookUpdate& update);
  void broke(Map::value_type& entry, Reason reason);
  void tell(Map::value_type& entry, const BookUpdate& update);
  void say(const Map::value_type& entry, std::uint8_t stream, std::int64_t exchange_us);
  void want(const Map::value_type& entry);

  const BookRules rules_;
  const std::optional<std::uint8_t> stream_;
  Sink& next_;
  const std::size_t books_max_;
  Wanted wanted_;
  Map books_;
  std::uint64_t refused_ = 0;
};

}  // namespace ticker::feeds
