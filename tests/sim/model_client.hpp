// A model client: applies the rules of the protocol (README.md) to the server's bytes and nothing
// else. It outlives its connections: what it knew is what it resumes with. The first broken rule is
// kept in `violation`. Shares no code with the gateway but the names of fields.
#pragma once

#include <simdjson.h>

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/event.hpp"

namespace ticker::sim {

inline constexpr FieldMask every_value = (1U << field_count) - 1;

/// A place in the numbers of a stream: where a client says that it stopped listening.
struct ResumeAt {
  std::string epoch;
  std::uint64_t seq = 0;
  bool reached = false;  // the shard that was asked had come so far
};

/// A request, as its client understands it.
struct Ask {
  enum class Op : std::uint8_t { subscribe, unsubscribe, ping, wrong };
  Op op = Op::ping;
  std::optional<std::uint64_t> id;
  bool trades = false;
  bool partial = false;
  std::vector<std::string> symbols = {};
  std::uint32_t interval_ms = 0;
  FieldMask fields = every_value;            // of the filter, without the status
  std::vector<std::string> field_list = {};  // as written; empty: not written
  std::map<std::string, ResumeAt, std::less<>> resume = {};
  std::string_view error = {};  // that a wrong one must get
};

/// What is known of one stream; `entry` says under which acknowledgement it began, 0: under none.
struct TickerView {
  std::string epoch;
  std::uint64_t seq = 0;
  std::uint64_t entry = 0;
  FieldMask fields = 0;
  std::uint32_t interval_ms = 0;
  std::array<std::string, field_count> values;
  std::string status, reason;
  std::int64_t since_us = 0;
  std::int64_t last_sent_us = 0;  // of its last delta without a status; 0: none yet
};
struct TradesView {
  std::string epoch;
  std::uint64_t seq = 0;
  std::uint64_t entry = 0;
  bool goes_on = false;  // subscribed without a break since it began in this connection
};

struct TickerFrame {
  bool snapshot = false, ignored = false;
  std::optional<bool> resumed;
  std::uint64_t seq = 0, prev = 0, merged = 1;
  FieldMask carried = 0;  // which values, and the status
  std::array<std::string_view, field_count> values;
  std::string_view epoch, status, reason;
  std::int64_t since_us = 0, exchange_us = 0, recv_us = -1, sent_us = 0;
  std::int64_t before_us =
      0;  // when the delta without a status before it was sent; 0: there is none
};
struct TradeFrame {
  std::uint64_t seq = 0;
  std::string_view price, size, side, id;
  std::int64_t exchange_us = 0;
};
struct GapFrame {
  std::uint64_t from = 0, to = 0;
  bool upstream = false;
};

/// Hears what a client understood; compares it with what is true.
class Witness {
 public:
  virtual ~Witness() = default;
  virtual void ticker(std::string_view symbol, const TickerFrame& frame,
                      const TickerView& view) = 0;
  virtual void trade(std::string_view symbol, const TradeFrame& trade) = 0;
  virtual void gap(std::string_view symbol, const GapFrame& gap) = 0;
};

class ModelClient {
 public:
  explicit ModelClient(Witness& witness) : witness_(witness) {}

  void connected();
  void asked(const Ask& ask) { pending_.push_back(ask); }
  /// A request whose answer has not come: the last one, the one before, …
  Ask& unanswered(std::size_t back) { return pending_[pending_.size() - 1 - back]; }
  /// Bytes of the server, cut anywhere.
  void feed(std::string_view bytes);

  [[nodiscard]] bool subscribed(bool of_trades, std::string_view symbol) const {
    return rule(of_trades, symbol) != nullptr;
  }
  /// The view of a ticker that began under the entry that rules now; null: it has not.
  [[nodiscard]] const TickerView* current(std::string_view symbol) const;
  /// The number up to which trades are known; nothing: its beginning has not come.
  [[nodiscard]] std::optional<std::uint64_t> trade_seq(std::string_view symbol) const;
  [[nodiscard]] bool has_entry(bool of_trades, std::string_view pattern) const {
    return entries_[of_trades ? 1 : 0].contains(pattern);
  }

  // Its picture, and what it counts. Of this connection but for the first two.
  std::map<std::string, TickerView, std::less<>> tickers;
  std::map<std::string, TradesView, std::less<>> trades;
  std::string epoch;                             // that its server told
  std::uint64_t counted = 0;                     // frames of the ledger
  std::uint64_t lost = 0;                        // trades that gaps without a reason named
  std::uint64_t messages = 0, resumes_done = 0;  // in all
  bool conflating = false;
  std::uint32_t widened_ms = 0;
  bool closed = false;  // a close frame came

  [[nodiscard]] bool waits_for_answer() const { return !pending_.empty(); }
  [[nodiscard]] std::vector<std::string> patterns(bool of_trades) const;
  void add_filters(std::set<FieldMask>& filters) const;
  std::string violation;
  /// Is anything under way that may change its subscriptions to a channel?
  [[nodiscard]] bool has_asked(bool of_trades) const;

 private:
  using Object = simdjson::dom::object;
  using Value = simdjson::dom::element;
  struct Entry {
    std::uint64_t number = 0;
    std::uint32_t interval_ms = 0;
    FieldMask fields = every_value;
    std::map<std::string, ResumeAt, std::less<>> resume;
  };

  bool broken(std::string_view rule);
  bool require(bool holds, std::string_view rule) { return holds || broken(rule); }
  void frame(unsigned char head, std::string_view payload);
  void hear();
  void welcome();
  void acknowledged(bool begins);
  void check_options(const Ask& ask);
  void begin_entries(const Ask& ask, const std::vector<std::string_view>& accepted);
  void begin_silent_resumes();
  void end_entries(const Ask& ask, const std::vector<std::string_view>& accepted);
  void refused();
  void slow();
  void ticker_message(bool snapshot);
  bool read_ticker(TickerFrame& frame);
  bool begin_ticker(std::string_view symbol, const Entry& entry, TickerFrame& frame);
  void check_delta(const TickerView& view, const TickerFrame& frame);
  void check_pace(TickerView& view, TickerFrame& frame);
  static void take(TickerView& view, const TickerFrame& frame);
  void trades_snapshot();
  void trade_message();
  void gap_message();
  TradesView* go_on(std::string_view symbol, bool gap);
  void began(bool of_trades, std::string_view symbol);
  const Entry* rule(bool of_trades, std::string_view symbol) const;

  // Of the message at hand; what is missing or of another type is a violation.
  bool find(std::string_view key, Value& value) const;
  std::string_view text(std::string_view key);
  std::uint64_t number(std::string_view key);
  bool read_trade(const Object& object, TradeFrame& trade);

  Witness& witness_;
  simdjson::dom::parser parser_;
  std::string rest_;  // the beginning of a frame
  std::string_view message_;
  Object object_;
  std::deque<Ask> pending_;
  std::map<std::string, Entry, std::less<>> entries_[2];  // by name or wildcard; ticker, trades
  std::uint64_t entry_number_ = 0;
  bool welcomed_ = false;
  // What was acknowledged by name begins in that order; looked at until something ends or begins
  // again in this connection, which may keep its old turn.
  struct Awaited {
    bool trades;
    std::string symbol;
  };
  bool in_order_ = true;
  std::deque<Awaited> awaited_;
};

}  // namespace ticker::sim
