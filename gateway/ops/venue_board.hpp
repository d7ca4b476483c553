// The venue board: what is known of each venue and its connection, for people. Written by the feed
// thread, when a connection changes its state; read by any thread that is asked. Counters are only
// read when somebody asks, so nothing here costs the data path anything.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "feeds/contract/adapter.hpp"
#include "gateway/base/counters.hpp"
#include "schemas/event.hpp"

namespace ticker {

class VenueBoard {
 public:
  /// Whether a feed keeps a connection to its venue, or makes what it says here: simulated, replay.
  enum class Kind : std::uint8_t { local, connected };

  /// `now`: passed in by tests.
  explicit VenueBoard(std::function<Receipt()> now);

  /// `counters` outlive the board. Once a venue.
  void add(std::string_view venue, const FeedCounters& counters, Kind kind);
  /// As `Market::LinkHook`; of a venue that was added.
  void linked(std::string_view venue, feeds::LinkState state, std::string_view error,
              std::int64_t wall_us);

  /// [{"venue",…}]: in the order of adding, as `venues` in schemas/http.schema.json. From any
  /// thread.
  [[nodiscard]] std::string venues_json();

 private:
  struct Venue {
    std::string name;
    const FeedCounters& counters;
    Kind kind;
    feeds::LinkState state = feeds::LinkState::idle;
    std::int64_t since_us;
    std::string error;  // the last one, fit for JSON; empty: none yet
    std::int64_t error_us = 0;
    // What it had told when its rate was taken last, and that rate, in tenths a second.
    std::uint64_t messages = 0;
    std::int64_t asked_ns;
    std::uint64_t tenths_per_s = 0;
  };

  static std::uint64_t messages_of(const FeedCounters& counters);
  static void take_rate(Venue& venue, std::uint64_t messages, std::int64_t now_ns);
  static std::string json_of(const Venue& venue);
  std::vector<Venue> look();

  const std::function<Receipt()> now_;
  std::mutex mutex_;
  std::deque<Venue> venues_;
};

}  // namespace ticker
