// ticker-load: opens many WebSocket clients to a gateway on this machine, reads what it sends, and
// reports rates, latencies and holes. Exit code 0 when every client stayed and nothing
// was missing, 2 when not, 1 when it could not start.
#include <sys/resource.h>

#include <iostream>
#include <memory>
#include <system_error>
#include <vector>

#include "bench/load/answers.hpp"
#include "bench/load/conductor.hpp"
#include "bench/load/options.hpp"
#include "bench/load/outcome.hpp"

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

int run(const ticker::load::Options& options) {
  using namespace ticker::load;
  std::vector<std::string> names;
  const std::string mistake = fetch_symbols(options.target, names);
  if (!mistake.empty()) {
    std::cerr << "ticker-load: " << mistake << '\n';
    return 1;
  }
  if (options.taste.symbols_per_client > names.size()) {
    std::cerr << "ticker-load: only " << names.size() << " symbols there: every client takes all\n";
  }
  const auto outcome = conduct(options, names);
  std::cout << (options.json ? json_report(options, *outcome) : text_report(options, *outcome));
  const auto reasons = failures(*outcome);
  if (options.json) {
    for (const std::string& reason : reasons) std::cerr << "ticker-load: " << reason << '\n';
  }
  return reasons.empty() ? 0 : 2;
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
    std::cerr << "ticker-load: " << error.what() << '\n';
    return 1;
  }
}
