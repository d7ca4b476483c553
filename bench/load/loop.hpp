// One thread of the load client: its share of the clients, epoll, and what the timetable has due.
// It never waits for an answer before it reads on and never asks for data: open loop. Everything in
// it belongs to its thread; slices are handed over through the collector.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bench/load/client.hpp"
#include "bench/load/options.hpp"
#include "bench/load/plan.hpp"
#include "bench/load/ration.hpp"
#include "bench/load/scenario.hpp"

namespace ticker::load {

class Loop {
 public:
  /// Thread `index` of `options.threads`; `names` are the symbols to choose from. All must outlive
  /// the loop. Throws std::system_error when the system grants no epoll.
  Loop(const Options& options, const std::vector<std::string>& names, Plan& plan,
       Collector& collector, std::uint32_t index);
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  /// Connects, subscribes, counts when the plan says so, says goodbye.
  void run();
  /// After `run`.
  [[nodiscard]] const std::array<Group, group_count>& groups() const { return groups_; }

 private:
  /// Slow clients read up to the present before all leave, so that what was merged and lost for
  /// them is told.
  enum class Stage : std::uint8_t { running, catching_up, leaving };

  /// A client's place: which group it belongs to, and its number among all threads' clients.
  struct Place {
    GroupId group = GroupId::fast;
    std::uint32_t number = 0;
    std::uint32_t interest = 0;  // epoll events asked for
    bool counted = false;        // in the plan's gauges
  };

  void add_clients(const std::vector<std::string>& names);
  void add_client(std::uint32_t number, std::vector<std::string_view> symbols);
  void tell_gauges(std::uint32_t clients);
  void cut_due(std::int64_t now_ns);
  void begin_slice(std::int64_t begin_ns, std::int64_t now_ns);
  void end_slice(std::int64_t end_ns, std::int64_t now_ns);
  [[nodiscard]] std::uint32_t count_subscribed() const;
  void end_counting(std::int64_t now_ns);
  void catch_up(std::int64_t now_ns);
  [[nodiscard]] bool caught_up(std::int64_t now_ns);
  void say_goodbye(std::int64_t now_ns);
  [[nodiscard]] bool all_gone() const;
  void wait_and_handle(std::int64_t now_ns, std::int64_t due_ns);
  void handle(std::size_t index, std::uint32_t events);
  void after(std::size_t index, Client::State before);
  void watch(std::size_t index);

  // What is due: loop_pace.cpp. Each answers when it wants to be called again.
  std::int64_t keep_pace(std::int64_t now_ns);
  std::int64_t connect_due(std::int64_t now_ns);
  std::int64_t leave_due(std::int64_t now_ns);
  std::int64_t churn_due(std::int64_t now_ns);
  std::int64_t rounds_due(std::int64_t now_ns);
  std::int64_t read_slow(std::int64_t now_ns);
  void begin_round(std::int64_t now_ns);
  void connect(std::size_t index);
  void leave(std::size_t index, bool at_once = false);
  void note_late(std::int64_t due_ns, std::int64_t now_ns);

  const Options& options_;
  Plan& plan_;
  Collector& collector_;
  const std::uint32_t index_;
  Timetable timetable_;
  int epoll_;
  ReceiveBuffer buffer_;
  std::array<Group, group_count> groups_;
  std::unique_ptr<Slice> slice_;
  std::deque<Client> clients_;  // those of the crowd, then places for the churning ones
  std::vector<Place> places_;
  std::vector<Ration> rations_;  // of slow clients, who have the first places
  std::size_t crowd_ = 0;        // own clients that are not churning
  std::size_t fast_from_ = 0;    // the first fast one
  bool timed_ = false;           // the timetable knows when counting begins
  Stage stage_ = Stage::running;
  std::int64_t stage_ends_ns_ = 0;  // of catching up or leaving, at the latest
  bool asked_whether_behind_ = false;
  std::int64_t caught_up_look_ns_ = 0;
  std::size_t connected_next_ = 0;
  std::size_t left_next_ = 0;         // counted from the last one backwards
  std::uint64_t churn_connects_ = 0;  // own ones so far
  std::uint64_t churn_leaves_ = 0;
  std::uint64_t rounds_ = 0;
  Op round_op_ = Op::subscribe;
  std::size_t round_at_ = 0;  // fast clients that the round under way has still to ask: from, to
  std::size_t round_to_ = 0;
  std::int64_t slow_last_ns_ = 0;
  std::int64_t returned_ns_ = 0;  // from epoll_wait
};

}  // namespace ticker::load
