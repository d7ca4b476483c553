// Faults that can be planted in the gateway, to prove that the simulation (tests/sim) finds each of
// them. Only the simulation's own build has them; in every other build `planted` is constant, and
// costs nothing.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace ticker {

enum class Bug : std::uint8_t {
  none,
  delta_dropped,
  wrong_prev,
  mark_skipped,
  mark_kept,
  debts_out_of_turn,
  gap_forgotten,
  gap_overtaken,
  gap_miscounted,
  lap_not_seen,
  lap_without_repair,
  repair_without_prices,
  hard_limit_ignored,
  slab_leaked,
  spill_misplaced,
  frame_cut,
  old_snapshot,
  slow_for_ever,
  lost_not_settled,
  half_applied,
  snapshot_before_ack,
  wildcard_not_again,
};
inline constexpr std::array<std::string_view, 22> bug_names = {"none",
                                                               "delta_dropped",
                                                               "wrong_prev",
                                                               "mark_skipped",
                                                               "mark_kept",
                                                               "debts_out_of_turn",
                                                               "gap_forgotten",
                                                               "gap_overtaken",
                                                               "gap_miscounted",
                                                               "lap_not_seen",
                                                               "lap_without_repair",
                                                               "repair_without_prices",
                                                               "hard_limit_ignored",
                                                               "slab_leaked",
                                                               "spill_misplaced",
                                                               "frame_cut",
                                                               "old_snapshot",
                                                               "slow_for_ever",
                                                               "lost_not_settled",
                                                               "half_applied",
                                                               "snapshot_before_ack",
                                                               "wildcard_not_again"};

#ifdef TICKER_PLANTED_BUGS
inline Bug planted_bug = Bug::none;
inline bool planted(Bug bug) { return planted_bug == bug; }
#else
constexpr bool planted(Bug) { return false; }
#endif

}  // namespace ticker
