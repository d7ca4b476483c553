// Threads, phases and gathering.
#include "bench/load/conductor.hpp"

#include <sys/resource.h>

#include <thread>

#include "bench/load/clocks.hpp"
#include "bench/load/loop.hpp"
#include "bench/load/plan.hpp"
#include "bench/load/progress.hpp"

namespace ticker::load {

namespace {

constexpr std::chrono::milliseconds patience{20};
constexpr std::int64_t ahead_ns = second_ns / 20;              // what is planned lies ahead so much
constexpr std::int64_t subscribe_timeout_ns = 30 * second_ns;  // after the last connect

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

class Conductor {
 public:
  Conductor(const Options& options, const std::vector<std::string>& names, ServerWatch& watch)
      : options_(options),
        watch_(watch),
        plan_(steady_ns()),
        collector_(options.threads),
        series_(plan_.started_ns(), options.threads),
        progress_(options.progress) {
    for (std::uint32_t i = 0; i < options.threads; ++i) {
      loops_.push_back(std::make_unique<Loop>(options, names, plan_, collector_, i));
    }
  }

  std::unique_ptr<Outcome> run() {
    plan_.running = options_.threads;
    {
      std::vector<std::jthread> threads;
      for (const auto& loop : loops_) {
        threads.emplace_back([this, &loop] {
          loop->run();
          --plan_.running;
        });
      }
      while (plan_.running > 0) {
        look();
        gather();
      }
    }
    look();  // the threads may have been faster
    while (gather()) {
    }
    return result();
  }

 private:
  /// Is it time to say when counting begins, or that it began or ended?
  void look();
  bool gather();
  void take_usage(double sign);
  std::unique_ptr<Outcome> result();

  const Options& options_;
  ServerWatch& watch_;
  Plan plan_;
  Collector collector_;
  Series series_;
  Progress progress_;
  std::vector<std::unique_ptr<Loop>> loops_;
  std::unique_ptr<Outcome> outcome_ = std::make_unique<Outcome>();
  bool cut_short_ = false;
  bool began_ = false;
  bool ended_ = false;
};

void Conductor::look() {
  const std::int64_t now_ns = steady_ns();
  const bool known = plan_.from_ns() != Plan::unknown;
  if (!known) {
    const double connecting_s =
        static_cast<double>(options_.crowd.settled()) / options_.connect_rate;
    const std::int64_t give_up_ns = plan_.started_ns() + ns_of(connecting_s) + subscribe_timeout_ns;
    if (plan_.unsettled > 0 && now_ns < give_up_ns) return;
    if (plan_.unsettled == 0) {
      outcome_->subscribed_s = static_cast<double>(now_ns - plan_.started_ns()) / second_ns;
    }
    const std::int64_t from_ns = now_ns + ahead_ns + ns_of(options_.warmup);
    plan_.count(now_ns, from_ns, from_ns + ns_of(options_.seconds));
    series_.count(plan_.from_ns(), plan_.to_ns());
    return;
  }
  // Nobody is left to wait for.
  if (!began_ && !cut_short_ && plan_.alive == 0 && options_.crowd.churn_slots == 0) {
    cut_short_ = true;
    plan_.count(plan_.warm_ns(), now_ns + ahead_ns, now_ns + 2 * ahead_ns);
    series_.count(plan_.from_ns(), plan_.to_ns());
  }
  if (!began_ && now_ns >= plan_.from_ns()) {
    began_ = true;
    outcome_->counted_from_us = wall_us();
    take_usage(-1);
    watch_.counting_begins();
  }
  if (began_ && !ended_ && now_ns >= plan_.to_ns()) {
    ended_ = true;
    outcome_->counted_to_us = wall_us();
    take_usage(1);
    watch_.counting_ended();
  }
}

bool Conductor::gather() {
  const auto slices = collector_.take(plan_.running > 0 ? patience : std::chrono::milliseconds{0});
  if (slices.empty()) return false;
  Second& second = series_.add(slices);
  watch_.sample(second);
  progress_.tell(second);
  return true;
}

void Conductor::take_usage(double sign) {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  outcome_->cpu_user_s += sign * seconds_of(usage.ru_utime);
  outcome_->cpu_system_s += sign * seconds_of(usage.ru_stime);
}

std::unique_ptr<Outcome> Conductor::result() {
  progress_.end();
  for (const auto& loop : loops_) {
    for (std::size_t i = 0; i < group_count; ++i) outcome_->groups[i].add(loop->groups()[i]);
  }
  if (!outcome_->all_subscribed()) outcome_->subscribed_s.reset();
  outcome_->totals = *series_.totals();
  outcome_->series = series_.seconds();
  watch_.end();
  outcome_->server_cpu_share = watch_.counted_cpu_share();
  outcome_->ledger_mistake = watch_.mistake();
  outcome_->book = watch_.book();
  if (outcome_->book) {
    outcome_->ledger = compare(*outcome_->book, outcome_->client_counts(options_));
  }
  return std::move(outcome_);
}

}  // namespace

std::unique_ptr<Outcome> conduct(const Options& options, const std::vector<std::string>& names,
                                 ServerWatch& watch) {
  return Conductor(options, names, watch).run();
}

}  // namespace ticker::load
