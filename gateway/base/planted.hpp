// Faults that can be planted in the gateway, to prove that the simulation (tests/sim) finds each of
// them. Only the simulation's own build has them; in every other build `planted` is constant, and
// costs nothing.
#pragma once

#include <cstdint>

namespace ticker {

enum class Bug : std::uint8_t {
  none,

  // What is said on a stream
  delta_dropped,
  wrong_prev,
  chain_broken,
  merged_miscounted,
  pending_forgotten,
  status_waits,
  filter_leaks,
  snapshot_of_other_filter,
  old_snapshot,
  tick_too_soon,

  // What a slow client is owed
  mark_skipped,
  mark_kept,
  paid_out_of_turn,
  gap_forgotten,
  gap_overtaken,
  gap_miscounted,
  gap_told_twice,
  slow_for_ever,
  queue_not_moved,
  subscription_remembers_gap,

  // How clients begin
  half_applied,
  snapshot_before_ack,
  wildcard_not_again,
  newcomer_not_heard,
  resume_of_any_epoch,
  resume_forgets_field,
  resume_hides_gap,

  // A shard that was lapped, or has too much to do
  lap_not_seen,
  lap_without_repair,
  repair_without_prices,
  widened_for_ever,
  widened_in_vain,
  widened_untold,

  // Bounds and ledgers
  hard_limit_ignored,
  slab_leaked,
  spill_misplaced,
  frame_cut,
  lost_not_settled,
  first_counted,
  filter_kept,
  stream_kept,
};

#ifdef TICKER_PLANTED_BUGS
inline Bug planted_bug = Bug::none;
inline bool planted(Bug bug) { return planted_bug == bug; }
#else
constexpr bool planted(Bug) { return false; }
#endif

}  // namespace ticker
