// Rows of scenarios and the arithmetic of due times.
#include "bench/load/scenario.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "bench/load/clocks.hpp"

namespace ticker::load {

namespace {

struct Row {
  std::string_view name;
  Scenario scenario;
};

const std::array<Row, 6> rows{{
    {"steady", {}},
    {"ramp", {.ramp_from = 0.1}},
    {"churn", {.churn_rate = 50}},
    {"slow", {.slow_share = 0.1, .stopped_share = 0.1}},
    {"bursts", {.round_every_s = 1, .round_share = 0.2, .round_toggles = true}},
    {"storm", {.round_every_s = 5, .round_share = 1}},
}};

std::uint32_t share_of(std::uint32_t count, double share) {
  return static_cast<std::uint32_t>(std::lround(count * share));
}

}  // namespace

bool scenario_named(std::string_view name, Scenario& out) {
  const auto found =
      std::find_if(rows.begin(), rows.end(), [name](const Row& row) { return row.name == name; });
  if (found == rows.end()) return false;
  out = found->scenario;
  return true;
}

std::string_view scenario_names() { return "steady, ramp, churn, slow, bursts, storm"; }

Crowd crowd_of(const Scenario& scenario, std::uint32_t clients, std::uint32_t slow,
               std::uint32_t stopped) {
  Crowd crowd;
  const std::uint32_t slow_part = std::min(share_of(clients, scenario.slow_share), clients);
  const std::uint32_t stopped_part =
      std::min(share_of(clients, scenario.stopped_share), clients - slow_part);
  crowd.slow = slow + slow_part;
  crowd.stopped = stopped + stopped_part;
  crowd.fast = clients - slow_part - stopped_part;
  // A second more than each stays: time for its goodbye before the place is taken again.
  const double slots = scenario.churn_rate * (scenario.churn_stay_s + 1);
  if (slots > 0) crowd.churn_slots = static_cast<std::uint32_t>(std::ceil(slots)) + 1;
  return crowd;
}

Timetable::Timetable(const Scenario& scenario, const Crowd& crowd, std::uint32_t connect_rate,
                     std::int64_t started_ns)
    : scenario_(scenario),
      connect_rate_(connect_rate),
      first_(crowd.slow + crowd.stopped + share_of(crowd.fast, scenario.ramp_from)),
      last_(crowd.slow + crowd.stopped + share_of(crowd.fast, scenario.ramp_to)),
      started_ns_(started_ns) {}

void Timetable::count(std::int64_t warm_ns, std::int64_t from_ns, std::int64_t to_ns) {
  warm_ns_ = warm_ns;
  from_ns_ = from_ns;
  to_ns_ = to_ns;
}

std::int64_t Timetable::connect_ns(std::uint32_t client) const {
  if (client < first_) return started_ns_ + client * second_ns / connect_rate_;
  if (client >= last_ || from_ns_ == never) return never;
  const std::int64_t span_ns = (to_ns_ - from_ns_) / 10 * 9;
  return from_ns_ + span_ns / (last_ - first_) * (client - first_);
}

std::int64_t Timetable::leave_ns(std::uint32_t client) const {
  if (client >= first_ || client < last_ || from_ns_ == never) return never;
  const std::int64_t span_ns = (to_ns_ - from_ns_) / 10 * 9;
  return from_ns_ + span_ns / (first_ - last_) * (first_ - 1 - client);
}

std::int64_t Timetable::churn_connect_ns(std::uint64_t n) const {
  if (scenario_.churn_rate <= 0 || warm_ns_ == never) return never;
  return warm_ns_ + ns_of(static_cast<double>(n) / scenario_.churn_rate);
}

std::int64_t Timetable::churn_leave_ns(std::uint64_t n) const {
  const std::int64_t begin_ns = churn_connect_ns(n);
  return begin_ns == never ? never : begin_ns + ns_of(scenario_.churn_stay_s);
}

std::int64_t Timetable::round_ns(std::uint64_t n) const {
  if (scenario_.round_every_s <= 0 || warm_ns_ == never) return never;
  return warm_ns_ + ns_of(static_cast<double>(n + 1) * scenario_.round_every_s);
}

Op Timetable::round_op(std::uint64_t n) const {
  return scenario_.round_toggles && n % 2 == 0 ? Op::unsubscribe : Op::subscribe;
}

}  // namespace ticker::load
