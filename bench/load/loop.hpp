// The load client's only thread: epoll, pacing of connections, phases of the run, rations of slow
// clients. It never waits for an answer before it reads on and never asks for data: open loop.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "bench/load/client.hpp"
#include "bench/load/outcome.hpp"

namespace ticker::load {

class Loop {
 public:
  /// `names` are the symbols to choose from; both must outlive the loop. Throws std::system_error
  /// when the system grants no epoll.
  Loop(const Options& options, const std::vector<std::string>& names, Outcome& outcome);
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  /// Connects, subscribes, warms up, counts; leaves its result in the outcome.
  void run();

 private:
  enum class Phase : std::uint8_t { connecting, warming_up, first_half, second_half, done };

  void add_clients(const std::vector<std::string>& names);
  void connect_due(std::int64_t now_ns);
  void read_slow(std::int64_t now_ns);
  void advance(std::int64_t now_ns);
  void begin_counting(std::int64_t now_ns);
  void end_counting(std::int64_t now_ns);
  void wait_and_handle(std::int64_t now_ns);
  [[nodiscard]] int wait_ms(std::int64_t now_ns) const;
  void handle(std::size_t index, std::uint32_t events);
  void after(std::size_t index, Client::State before);
  void watch(std::size_t index);

  const Options& options_;
  Outcome& outcome_;
  int epoll_;
  ReceiveBuffer buffer_;
  std::deque<Client> clients_;           // the slow ones last
  std::vector<std::uint32_t> interest_;  // epoll events asked for, by client
  std::vector<double> rations_;          // bytes that a slow client may read now
  Phase phase_ = Phase::connecting;
  std::size_t connected_next_ = 0;
  std::size_t unsettled_;  // clients neither subscribed nor gone
  std::size_t alive_;
  std::int64_t started_ns_ = 0;
  std::int64_t phase_end_ns_ = 0;
  std::int64_t counted_from_ns_ = 0;
  std::int64_t slow_last_ns_ = 0;
  std::int64_t waited_ns_ = 0;  // in epoll_wait, since counting began
};

}  // namespace ticker::load
