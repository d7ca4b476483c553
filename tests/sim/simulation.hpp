// The simulation: a gateway, its upstream and its clients, moved step by step by seeded chance. One
// thread, no I/O, no clock but its own. After each step everything that must hold is looked at; the
// first thing that does not is thrown as a `Broken`.
#pragma once

#include <deque>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/sim/chance.hpp"
#include "tests/sim/judge.hpp"
#include "tests/sim/process.hpp"

namespace ticker::sim {

/// Something that must hold does not.
struct Broken : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A client: what it knows survives its connections.
struct SimClient {
  SimClient(Witness& witness, std::size_t number)
      : name("client " + std::to_string(number)), model(witness) {}
  const std::string name;
  ModelClient model;
  std::unique_ptr<Connection> connection;
  std::size_t shard = 0;
  std::uint64_t speed = 0;   // bytes that it reads a step at most
  bool always_read = false;  // all that there was, in this connection
  std::uint64_t next_id = 1;
};

class Simulation {
 public:
  explicit Simulation(std::uint64_t seed);
  ~Simulation();

  /// One action of chance, a turn of everybody, a look at everything.
  void step();
  /// Everybody reads, nothing happens: all views must become the truth.
  void calm_down();
  /// Everybody leaves: nothing may be left behind.
  void finish();

  [[nodiscard]] std::uint64_t steps() const { return step_; }
  /// The last actions, for people.
  [[nodiscard]] std::string story() const;
  struct Totals {
    std::uint64_t messages = 0, sent = 0, merged = 0, lost = 0, laps = 0, slow = 0, restarts = 0;
    std::uint64_t resumed = 0;
  };
  [[nodiscard]] const Totals& totals() const { return totals_; }

 private:
  // Actions (actions.cpp, feed.cpp, requests.cpp)
  struct Action;
  void note(std::string text);
  void change_mood();
  SimClient* connected();
  void connect();
  void leave();
  void change_speed();
  void sleep_shard();
  void lag();
  void pass_time();
  void advance_ms(std::int64_t ms);
  Receipt look_at_clock();
  void restart();
  void start_process();
  void disconnect(SimClient& client, CloseReason reason);

  std::size_t some_instrument();
  void introduce();
  void say_price(std::size_t instrument);
  void say_trade(std::size_t instrument);
  void one_price();
  void burst();
  void some_trades();
  void interrupt();
  void say_status();
  void heard(std::size_t venue);

  SimClient* asking();
  void subscribe();
  void unsubscribe();
  void odd_request();
  void send(SimClient& client, const Ask& ask);
  void choose_symbols(Ask& ask);
  void choose_shape(Ask& ask);
  void choose_resume(const SimClient& client, Ask& ask);
  void add_point(Ask& ask, std::string_view symbol, const std::string& epoch, std::uint64_t seq);
  void subscribe_again(SimClient& client);

  // Turns (turns.cpp)
  void feed_turn();
  void shard_turn(Shard& shard);
  void flush(Shard& shard);
  void client_turn(SimClient& client);
  void read(SimClient& client);
  void serve(SimClient& client);
  static void tell_reached(const Shard& shard, Ask& ask);

  // What must hold (invariants.cpp)
  void look();
  void look_at(SimClient& client);
  void look_at(Shard& shard);
  void look_at_view(SimClient& client, bool final);
  void look_at_streams(Shard& shard);
  void look_at_slowness(const SimClient& client);
  [[nodiscard]] std::uint64_t said_to(const Shard& shard, const TickerView& view,
                                      std::size_t instrument) const;
  void require(bool holds, const std::string& what) const;

  Chance chance_;
  Limits limits_;
  Receipt now_{1'700'000'000'000'000, 1'000'000'000'000};  // 5 s divides what is between them
  Truth truth_;
  Judge judge_{truth_, now_};
  std::unique_ptr<Process> process_;
  std::deque<SimClient> clients_;
  std::uint64_t step_ = 0;
  std::uint64_t mood_ends_ = 0;
  std::vector<std::uint16_t> weights_;
  bool lazy_ = false;          // shards are not always flushed at once
  bool slow_machine_ = false;  // time goes on while they work
  std::int64_t slow_ns_ = 0;   // when it did last
  std::uint64_t epochs_ = 0;
  std::uint64_t trade_ids_ = 0;
  std::deque<std::string> story_;
  Totals totals_;
};

}  // namespace ticker::sim
