// ticker-sim: runs seeds of the simulation, one after another; tells of the first that fails and
// how to see it again.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <iostream>

#include "gateway/base/planted.hpp"
#include "tests/sim/simulation.hpp"

namespace ticker::sim {
namespace {

const std::vector<std::string> bug_names = {
#include "bug_names.inc"  // in the order of `Bug`
};

// What runs now, for the case that an assertion ends the process.
std::string replay_now;
bool must_fail = false;
const Simulation* simulation_now = nullptr;

std::string replay(std::uint64_t seed, std::uint64_t steps, const std::string& bug) {
  return "again: make sim SEED=" + std::to_string(seed) + " STEPS=" + std::to_string(steps) +
         (bug.empty() ? "" : " BUG=" + bug);
}

// An assertion of the gateway is a finding as well.
void aborted(int) {
  if (simulation_now == nullptr) return;
  std::cout << "aborted at step " << simulation_now->steps() << "\nlast actions:\n"
            << simulation_now->story() << replay_now << std::endl;
  if (must_fail) std::_Exit(0);
}

struct Totals : Simulation::Totals {
  void add(const Simulation::Totals& one) {
    messages += one.messages;
    sent += one.sent;
    merged += one.merged;
    lost += one.lost;
    laps += one.laps;
    restarts += one.restarts;
    resumed += one.resumed;
  }
};

// False if something broke; told on stdout.
bool run(std::uint64_t seed, std::uint64_t steps, const std::string& bug, Totals& totals) {
  Simulation simulation(seed);
  replay_now = replay(seed, steps, bug);
  simulation_now = &simulation;
  bool good = true;
  try {
    for (std::uint64_t i = 0; i < steps; ++i) simulation.step();
    simulation.finish();
  } catch (const Broken& broken) {
    std::cout << "seed " << seed << ", step " << simulation.steps() << ": " << broken.what()
              << "\nlast actions:\n"
              << simulation.story() << replay_now << std::endl;
    good = false;
  }
  totals.add(simulation.totals());
  simulation_now = nullptr;
  return good;
}

}  // namespace
}  // namespace ticker::sim

int main(int argc, char** argv) {
  using namespace ticker;
  CLI::App app{"Seeded simulation of the gateway: every client's view, after every step"};
  std::uint64_t seed = 1, steps = 1'000, seeds = 1;
  std::string bug;
  bool trace = false;
  app.add_option("--seed", seed, "the first seed");
  app.add_option("--steps", steps, "steps a seed");
  app.add_option("--seeds", seeds, "how many seeds");
  app.add_option("--bug", bug, "a fault planted in the gateway")
      ->check(CLI::IsMember(
          std::vector<std::string>(sim::bug_names.begin() + 1, sim::bug_names.end())));
  app.add_flag("--must-fail", sim::must_fail, "succeed when a seed fails");
  app.add_flag("--trace", trace, "tell of each seed when it begins");
  CLI11_PARSE(app, argc, argv);
  const auto known = std::ranges::find(sim::bug_names, bug);
  if (known != sim::bug_names.end()) {
    planted_bug = static_cast<Bug>(known - sim::bug_names.begin());
  }
  std::signal(SIGABRT, sim::aborted);
  sim::Totals totals;
  for (std::uint64_t i = 0; i < seeds; ++i) {
    if (trace) std::cout << "seed " << seed + i << std::endl;
    if (sim::run(seed + i, steps, bug, totals)) continue;
    std::cout << "found after " << i + 1 << " of " << seeds << " seeds\n";
    return sim::must_fail ? 0 : 1;
  }
  std::cout << seeds << " seeds of " << steps << " steps: " << totals.messages << " messages, "
            << totals.sent << " frames sent, " << totals.merged << " merged, " << totals.lost
            << " lost, " << totals.laps << " laps, " << totals.resumed << " resumed, "
            << totals.restarts << " restarts\n";
  return sim::must_fail ? 1 : 0;
}
