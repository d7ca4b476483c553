// The instruments that share one connection of a venue, and what is said of
// them. Usually one link speaks; at a planned change a successor is brought up
// beside it and takes over when it knows as much, so that no tick is missed and
// none is told twice. Asks for repairs, one instrument at a time. No I/O of its
// own, no clock. Belongs to one feed thread.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "feeds/live/link.hpp"
#include "feeds/live/watch.hpp"

namespace ticker::feeds {

/// What the groups of a venue share besides.
struct GroupParts {
  VenueParts venue;
  Wanted wanted;
  Sink& sink;   // the market's
  Pacer& rest;  // of REST requests, in weights
  Endpoint rest_endpoint;
};

class Group final : private Link::Owner {
 public:
  /// `symbols`: the venue's spelling.
  Group(const GroupParts& parts, std::vector<std::string> symbols, std::uint64_t seed);
  ~Group() override;

  void start(std::int64_t now_ns) { active_->fsm().start(now_ns); }
  void pump(const Receipt& now);
  [[nodiscard]] std::int64_t due(std::int64_t now_ns);

  [[nodiscard]] LinkState state() const;
  /// What went wrong last; empty once all is well again.
  /// What went wrong since it was asked last; empty: nothing.
  [[nodiscard]] std::string take_error();

 private:
  struct Quote {
    Decimal bid;
    Decimal ask;
  };
  // A trade that the successor told before it took over; texts are kept.
  struct KeptTrade {
    TradeUpdate update;
    std::string symbol;
    std::string trade_id;
  };

  // What the successor told of one instrument.
  struct Told {
    std::int64_t heard_ns = 0;  // its quotes, last; 0: never
    std::int64_t asked_ns = 0;  // for a new book
    Reason broken = Reason::none;
    bool again = false;   // its quotes were heard more than once
    bool passed = false;  // the market has its quote
    bool refused = false;
  };

  void begin_frame(Link& link, const Receipt& receipt) override;
  void end_frame(Link& link, Verdict verdict, std::string_view frame) override;
  void overflow() override { parts_.sink.overflow(); }
  bool heard_quote(Link& link, std::string_view symbol) override;
  void ticker(Link& link, const TickerUpdate& update) override;
  void trade(Link& link, const TradeUpdate& update) override;
  void book_status(Link& link, std::string_view symbol, Status status, Reason why) override;
  void notice(Link& link, const Notice& notice) override;
  void opened(Link& link, const Receipt& now) override;

  void note_failure();
  void lose(const Receipt& now);
  void raise_successor(const Receipt& now);
  [[nodiscard]] bool may_take_over(std::int64_t now_ns);
  [[nodiscard]] bool successor_knows(std::size_t i);
  [[nodiscard]] bool is_active_mute(std::int64_t now_ns) const;
  void take_over(const Receipt& now);
  void take_over_one(std::size_t i, bool interrupted);
  void look(const Receipt& now);
  void doubt_mute_books();
  [[nodiscard]] bool is_of_before(std::size_t i, const TradeUpdate& update);
  void ask(std::size_t i, std::int64_t now_ns, std::int64_t repairs);
  void ask_successor(std::size_t i, std::int64_t now_ns);
  [[nodiscard]] bool wants_snapshot(std::size_t i) const;
  void request_snapshot(std::size_t i, const std::string& target, std::int64_t now_ns);
  void answered(std::size_t i, const std::string& target, const Answer& answer);
  [[nodiscard]] std::string rest_url(const std::string& target) const;
  [[nodiscard]] std::unique_ptr<Link> make_link();

  const GroupParts parts_;
  const std::vector<std::string> symbols_;
  const bool by_request_;  // books' snapshots come over REST
  std::uint64_t seed_;
  Watch watch_;
  std::unique_ptr<Link> active_;
  std::unique_ptr<Link> successor_;
  std::vector<Told> told_;  // by instrument
  std::deque<KeptTrade> kept_trades_;
  bool trades_dropped_ = false;  // more than may be kept
  std::int64_t next_successor_ns_ = INT64_MIN;
  std::int64_t settled_ns_ = 0;  // since when the successor is
  bool was_open_ = false;
  std::int64_t opened_us_ = 0;           // the active link, by the wall clock
  std::vector<bool> traded_;             // since then, by instrument
  std::vector<std::int64_t> repair_ns_;  // when it was asked for last, right since then or not
  std::vector<Quote> quotes_;            // as passed on last, by instrument
  std::int64_t next_look_ns_ = INT64_MIN;
  std::string error_;             // what went wrong, until somebody takes it
  std::uint64_t noted_ = 0;       // ends of the active link's connections that are in it
  std::shared_ptr<Group*> self_;  // for answers that come after the end
};

}  // namespace ticker::feeds
