// Judges an outcome.
#include "bench/load/outcome.hpp"

namespace ticker::load {

namespace {

void fail_if(std::vector<std::string>& out, std::uint64_t count, const std::string& what) {
  if (count > 0) out.push_back(std::to_string(count) + ' ' + what);
}

}  // namespace

ClientCounts Outcome::client_counts(const Options& options) const {
  ClientCounts counts{.whole = totals.whole,
                      .unclean = faults().unclean,
                      .plain = options.wish.interval_ms == 0 && options.wish.fields.empty()};
  for (const Group& group : groups) counts.connects += group.wanted;
  return counts;
}

std::vector<std::string> failures(const Outcome& outcome) {
  std::vector<std::string> out;
  const Group& fast = outcome.group(GroupId::fast);
  const Group& slow = outcome.group(GroupId::slow);
  const Group& stopped = outcome.group(GroupId::stopped);
  const Faults faults = outcome.faults();
  fail_if(out, fast.wanted - fast.subscribed, "clients never subscribed");
  fail_if(out, fast.subscribed - fast.stayed - fast.left, "clients were disconnected");
  fail_if(out, slow.wanted - slow.subscribed, "slow clients never subscribed");
  fail_if(out, stopped.wanted - stopped.subscribed, "stopped clients never subscribed");
  fail_if(out, outcome.group(GroupId::churn).faults.disconnected(),
          "churning clients were disconnected");
  fail_if(out, faults.holes, "sequence holes");
  fail_if(out, faults.without_snapshot, "subscriptions without a snapshot");
  fail_if(out, faults.unexpected, "messages of symbols never asked for");
  fail_if(out, faults.unreadable, "unreadable messages");
  for (const Compared& line : outcome.ledger) {
    if (line.verdict != Compared::Verdict::differs) continue;
    out.push_back("the gateway's ledger differs: " + line.what + ' ' +
                  std::to_string(line.gateway) + " there, " + std::to_string(line.client) +
                  " here");
  }
  if (!outcome.ledger_mistake.empty()) out.push_back(outcome.ledger_mistake);
  return out;
}

}  // namespace ticker::load
