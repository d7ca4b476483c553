// What may be believed of each instrument of one connection: decides its status
// from what was heard of it and of the connection, and tells it on. A price is
// live only while its stream is known to be whole. No I/O, no clock of its own.
// Belongs to one feed thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "feeds/contract/adapter.hpp"
#include "feeds/contract/dialect.hpp"
#include "feeds/contract/limits.hpp"

namespace ticker::feeds {

/// What the configuration wants of a venue.
struct Wanted {
  bool ticker = true;
  bool trades = true;
};

class Watch {
 public:
  /// Statuses go to `sink`, which must have heard `received` before any call
  /// here.
  Watch(const Talk& talk, const FeedLimits& limits, Wanted wanted, Sink& sink);

  /// `symbol` is kept. Its status is `pending` from now on.
  std::size_t add(const std::string& symbol);
  [[nodiscard]] std::optional<std::size_t> find(std::string_view symbol);
  [[nodiscard]] std::size_t size() const { return instruments_.size(); }
  [[nodiscard]] const std::string& symbol(std::size_t i) const { return instruments_[i].symbol; }

  // Of the connection.
  void opened(std::int64_t now_ns);
  void lost();
  void silent(bool yes);
  void maintenance(bool yes);

  // Of one instrument. `alive`: the venue's heartbeat of it; `heard`: its stream of quotes said
  // something, changed or not; `quoted`: its quote was passed on and is right as of now.
  void alive(std::size_t i, std::int64_t now_ns) { instruments_[i].alive_ns = now_ns; }
  void heard(std::size_t i, std::int64_t now_ns) {
    instruments_[i].heard_ns = instruments_[i].alive_ns = now_ns;
  }
  /// Another connection heard it, maybe earlier.
  void heard_beside(std::size_t i, std::int64_t then_ns) {
    Instrument& one = instruments_[i];
    one.heard_ns = std::max(one.heard_ns, then_ns);
    one.alive_ns = std::max(one.alive_ns, then_ns);
  }
  void quoted(std::size_t i);
  /// `beyond`: at a price that its last quote does not allow.
  void traded(std::size_t i, bool beyond, std::int64_t now_ns);
  void broken(std::size_t i, Reason reason);
  void refused(std::size_t i, bool yes = true);
  /// Its quote is not known to be right, though nothing is broken.
  void unquoted(std::size_t i);

  /// Looks for instruments that are silent; now and then.
  void look(std::int64_t now_ns);

  [[nodiscard]] bool is_open() const { return open_; }
  [[nodiscard]] bool is_refused(std::size_t i) const { return instruments_[i].refused; }
  [[nodiscard]] bool is_quoted(std::size_t i) const { return instruments_[i].quoted; }
  [[nodiscard]] bool is_broken(std::size_t i) const {
    return instruments_[i].broken != Reason::none;
  }
  [[nodiscard]] bool is_mute(std::size_t i) const { return instruments_[i].mute; }
  /// Was it asked for to be told afresh, and when? 0: not since it was right.
  [[nodiscard]] std::int64_t& asked_ns(std::size_t i) { return instruments_[i].asked_ns; }

 private:
  struct Instrument {
    std::string symbol;
    std::int64_t heard_ns = 0;    // quotes
    std::int64_t alive_ns = 0;    // quotes, or the instrument's heartbeat
    std::int64_t doubted_ns = 0;  // the first trade that moved no quote
    std::int64_t asked_ns = 0;
    Reason broken = Reason::none;
    bool quoted = false;
    bool ever_quoted = false;
    bool refused = false;
    bool mute = false;
    Status status = Status::pending;  // as told
    Reason reason = Reason::none;
  };

  [[nodiscard]] std::pair<Status, Reason> judge(const Instrument& one) const;
  [[nodiscard]] bool is_silent(const Instrument& one, std::int64_t now_ns) const;
  void tell(Instrument& one);
  void tell_all();

  const Talk& talk_;
  const Wanted wanted_;
  const std::int64_t doubt_ns_;    // from a trade that moved no quote
  const std::int64_t silence_ns_;  // what the venue promises, three times
  const std::int64_t slack_ns_;    // a quote may come before the trade that moved it
  Sink& sink_;
  std::vector<Instrument> instruments_;
  std::unordered_map<std::string, std::size_t, StringHash, std::equal_to<>> index_;
  std::size_t last_found_ = 0;
  bool open_ = false;
  bool ever_lost_ = false;
  bool silent_ = false;
  bool maintenance_ = false;
};

}  // namespace ticker::feeds
