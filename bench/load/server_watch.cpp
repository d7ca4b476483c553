// Asking the gateway and /proc.
#include "bench/load/server_watch.hpp"

#include <chrono>
#include <thread>

#include "bench/load/clocks.hpp"
#include "bench/load/http_get.hpp"

namespace ticker::load {

namespace {

constexpr std::int64_t quiet_timeout_ns = 10 * second_ns;
constexpr std::chrono::milliseconds quiet_period{50};

}  // namespace

std::string ServerWatch::begin() {
  if (options_.pid > 0 && !sample_process(options_.pid, last_)) {
    return "there is no process " + std::to_string(options_.pid);
  }
  if (!options_.admin) return {};
  book_.emplace();
  read(book_->begin);
  return mistake_;
}

void ServerWatch::counting_begins() {
  if (options_.pid > 0) static_cast<void>(sample_process(options_.pid, counted_from_));
  if (book_) read(book_->from);
}

void ServerWatch::counting_ended() {
  ProcessSample now;
  if (options_.pid > 0 && sample_process(options_.pid, now)) {
    counted_cpu_share_ = cpu_share(counted_from_, now);
  }
  if (book_) read(book_->to);
}

void ServerWatch::sample(Second& second) {
  ProcessSample now;
  if (options_.pid == 0 || !sample_process(options_.pid, now)) return;
  second.server_cpu_share = cpu_share(last_, now);
  second.server_rss_bytes = rss_bytes(now);
  last_ = now;
}

void ServerWatch::end() {
  const std::int64_t until_ns = steady_ns() + quiet_timeout_ns;
  while (book_) {
    read(book_->end);
    if (!book_) return;
    book_->quiet =
        book_->end.clients <= book_->begin.clients && book_->end.queued <= book_->begin.queued;
    if (book_->quiet || steady_ns() > until_ns) return;
    std::this_thread::sleep_for(quiet_period);
  }
}

void ServerWatch::read(GatewayCounters& out) {
  std::string body;
  mistake_ = http_get(*options_.admin, "/metrics", body);
  if (mistake_.empty() && !read_counters(body, out)) {
    mistake_ = "/metrics of " + options_.admin->host + " lacks the gateway's ledger";
  }
  if (!mistake_.empty()) book_.reset();
}

}  // namespace ticker::load
