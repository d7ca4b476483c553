// ticker-load: opens many WebSocket clients to a gateway on this machine, reads what it sends, and
// reports rates, latencies and holes. Exit code 0 when every client stayed, nothing
// was missing and the gateway counted the same; 2 when not; 3 when a condition of --fail-if is met;
// 1 when it could not start.
#include <sys/resource.h>

#include <fstream>
#include <iostream>
#include <memory>
#include <system_error>
#include <vector>

#include "bench/load/conductor.hpp"
#include "bench/load/fail_if.hpp"
#include "bench/load/http_get.hpp"
#include "bench/load/options.hpp"
#include "bench/load/outcome.hpp"
#include "bench/load/server_watch.hpp"

namespace {

/// Takes all descriptors that the system grants; false when they are too few.
bool enough_descriptors(std::uint64_t clients) {
  constexpr std::uint64_t others = 16;
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_max >= clients + others) return true;
  std::cerr << "ticker-load: " << clients << " clients need more than the " << limit.rlim_max
            << " descriptors of this process (ulimit -n)\n";
  return false;
}

int complain(const std::string& what) {
  std::cerr << "ticker-load: " << what << '\n';
  return 1;
}

/// The exit code; in words too, where the report is for programs.
int verdict(const ticker::load::Options& options, const ticker::load::Outcome& outcome) {
  const auto reasons = failures(outcome);
  if (options.json) {
    for (const std::string& reason : reasons) complain(reason);
    for (const std::string& reason : outcome.failed_by) complain("failed by --fail-if: " + reason);
  }
  if (!reasons.empty()) return 2;
  return outcome.failed_by.empty() ? 0 : 3;
}

int run(const ticker::load::Options& options) {
  using namespace ticker::load;
  std::vector<std::string> names;
  std::string mistake = fetch_symbols(options.target, names);
  if (!mistake.empty()) return complain(mistake);
  if (options.taste.symbols_per_client > names.size()) {
    std::cerr << "ticker-load: only " << names.size() << " symbols there: every client takes all\n";
  }
  ServerWatch watch(options);
  mistake = watch.begin();
  if (!mistake.empty()) return complain(mistake);
  std::ofstream report;
  if (!options.report.empty()) report.open(options.report);
  if (!report) return complain("cannot write " + options.report);
  std::vector<Condition> conditions;
  static_cast<void>(parse_conditions(options.fail_if, conditions));

  const auto outcome = conduct(options, names, watch);
  outcome->failed_by = met(conditions, *outcome);
  std::cout << (options.json ? json_report(options, *outcome) : text_report(options, *outcome))
            << std::flush;
  if (report.is_open() && !(report << html_report(options, *outcome)).flush()) {
    return complain("cannot write " + options.report);
  }
  return verdict(options, *outcome);
}

}  // namespace

int main(int argc, char** argv) {
  ticker::load::Options options;
  int exit_code = 0;
  if (!ticker::load::read_options(argc, argv, options, exit_code)) return exit_code;
  if (!enough_descriptors(std::uint64_t{options.crowd.settled()} + options.crowd.churn_slots))
    return 1;
  try {
    return run(options);
  } catch (const std::system_error& error) {
    return complain(error.what());
  }
}
