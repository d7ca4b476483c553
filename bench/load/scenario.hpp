// What happens during a run: a scenario is a row of parameters over one mechanism, and flags change
// single ones. `Timetable` tells when each thing is due, at absolute times, so that what was late
// is caught up and never moves what follows. Pure arithmetic, no clock.
#pragma once

#include <cstdint>
#include <limits>
#include <string_view>

#include "bench/load/requests.hpp"

namespace ticker::load {

struct Scenario {
  double ramp_from = 1;        // share of the fast clients that are there when counting begins
  double ramp_to = 1;          // and when it ends
  double slow_share = 0;       // of the clients: those that read slowly
  double stopped_share = 0;    // those that read nothing once they have subscribed
  double churn_rate = 0;       // clients a second that come and go beside the others
  double churn_stay_s = 2;     // how long each stays
  double round_every_s = 0;    // rounds of requests: time between two; 0: none
  double round_share = 0;      // of the fast clients that take part
  bool round_toggles = false;  // they give up and come back in turn, else they subscribe again
};

/// The row of this name: steady, ramp, churn, slow, bursts or storm; false when there is none.
[[nodiscard]] bool scenario_named(std::string_view name, Scenario& out);
/// All names, for help.
[[nodiscard]] std::string_view scenario_names();

/// How many clients of each kind a run has, the slow and the stopped ones first.
struct Crowd {
  std::uint32_t slow = 0;
  std::uint32_t stopped = 0;
  std::uint32_t fast = 0;         // at most, with a ramp
  std::uint32_t churn_slots = 0;  // places that churning clients take in turn
  [[nodiscard]] std::uint32_t settled() const { return slow + stopped + fast; }
};

/// `clients` are divided by the shares; `slow` and `stopped` come in addition.
[[nodiscard]] Crowd crowd_of(const Scenario& scenario, std::uint32_t clients, std::uint32_t slow,
                             std::uint32_t stopped);

class Timetable {
 public:
  static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

  Timetable(const Scenario& scenario, const Crowd& crowd, std::uint32_t connect_rate,
            std::int64_t started_ns);

  /// The warm-up begins at `warm_ns`, and what is counted is known. A ramp takes nine tenths of it,
  /// so that the last ones have time to subscribe.
  void count(std::int64_t warm_ns, std::int64_t from_ns, std::int64_t to_ns);

  /// Clients (slow, stopped and fast) that come before counting begins.
  [[nodiscard]] std::uint32_t first_crowd() const { return first_; }
  /// When this client connects and when it leaves; `never` before counting is known.
  [[nodiscard]] std::int64_t connect_ns(std::uint32_t client) const;
  [[nodiscard]] std::int64_t leave_ns(std::uint32_t client) const;
  /// Number `n` of the clients that come and go.
  [[nodiscard]] std::int64_t churn_connect_ns(std::uint64_t n) const;
  [[nodiscard]] std::int64_t churn_leave_ns(std::uint64_t n) const;
  /// Round `n` of requests, and what it asks.
  [[nodiscard]] std::int64_t round_ns(std::uint64_t n) const;
  [[nodiscard]] Op round_op(std::uint64_t n) const;

 private:
  Scenario scenario_;
  std::uint32_t connect_rate_;
  std::uint32_t first_;
  std::uint32_t last_;
  std::int64_t started_ns_;
  std::int64_t warm_ns_ = never;
  std::int64_t from_ns_ = never;
  std::int64_t to_ns_ = never;
};

}  // namespace ticker::load
