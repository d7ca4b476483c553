// One client: upgrade, subscribe, then count what comes. Knows the protocol and its socket, not the
// loop: that tells it when to read or write and asks what it waits for. One thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bench/load/answers.hpp"
#include "bench/load/frame_stream.hpp"
#include "bench/load/requests.hpp"
#include "bench/load/sequence.hpp"
#include "bench/load/tally.hpp"
#include "bench/load/target.hpp"

namespace ticker::load {

class Client {
 public:
  enum class State : std::uint8_t {
    idle,
    connecting,
    upgrading,
    awaiting_welcome,
    subscribing,
    subscribed,
    leaving,  // said goodbye; reads on until the server says it, too
    gone,
  };

  /// `group` counts for it and must outlive it, as must the wish and the names.
  Client(Group& group, const Wish& wish, std::vector<std::string_view> symbols, std::uint64_t seed);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// How a client comes.
  struct Door {
    const Target& target;
    const sockaddr_storage* source = nullptr;  // the address it comes from; null: any
    std::uint32_t receive_buffer_bytes = 0;    // 0: the system's
  };
  /// Begins to connect. The client is gone at once when not even a socket can be had. One that is
  /// gone may connect again, as a new client.
  void connect(const Door& door);

  /// Reads once, at most `bytes_max`; answers how many bytes came.
  std::size_t on_readable(ReceiveBuffer& buffer, std::size_t bytes_max);
  void on_writable();
  /// Asks for all its symbols again, or gives them all up; false when it is not the time, as the
  /// last round is not answered or there is nothing to give up.
  bool ask(Op op);
  /// Says goodbye (1000) and reads on until the server has done so: what was sent to it is counted.
  void leave();
  /// Closes without another word.
  void drop();

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] bool wants_to_write() const {
    return state_ == State::connecting || !unsent_.empty();
  }
  /// Sends a ping. Its answer keeps its place among the data, so whoever has it has read all that
  /// was queued before, notices of conflation included; and the kernel tells of free room with it.
  void ask_whether_behind();
  /// That answer has not come, or the server still merges for this client.
  [[nodiscard]] bool behind() const {
    return (awaits_pong_ || conflating_) && state_ == State::subscribed;
  }
  /// Subscriptions that were confirmed a second ago or more and have no snapshot yet.
  [[nodiscard]] std::size_t without_snapshot(std::int64_t now_us) const;

 private:
  // Data: client_data.cpp.
  std::size_t consume(const char* data, std::size_t size, std::int64_t now_us);
  void on_frame(const Frame& frame, std::int64_t now_us);
  void on_fragment(const Frame& frame, std::int64_t now_us);
  void on_text(std::string_view message, std::int64_t now_us);
  void on_delta(std::string_view message, std::int64_t now_us);
  void on_snapshot(std::string_view message, std::int64_t now_us);
  void on_trade(std::string_view message, std::int64_t now_us);
  void count_step(SequenceTable::Step step);

  // Requests and their answers: client_requests.cpp.
  void on_answer(std::string_view message);
  void on_ack(const Answer& answer);
  void on_gap(const Answer& answer);
  void on_trades_snapshot(const Answer& answer);
  void begin_requests(Op op);
  void ask_next();
  void finish_requests();

  // The socket: client.cpp.
  void forget();
  bool prepare_socket(const Door& door);
  std::size_t read_upgrade(std::string_view data);
  void on_close(std::string_view payload);
  void send(std::string_view bytes);
  void end(const std::string& how, bool clean = false);
  void close_socket();
  std::uint32_t next_mask();

  Group& group_;
  const Wish& wish_;
  const Target* target_ = nullptr;
  int fd_ = -1;
  State state_ = State::idle;
  std::uint64_t random_;
  FrameStream stream_;
  SequenceTable tickers_;
  SequenceTable trades_;
  std::vector<std::string_view> symbols_;
  std::vector<Request> requests_;  // of the round under way, the first one asked
  std::size_t requests_done_ = 0;
  std::uint64_t next_id_ = 1;
  std::int64_t asked_us_ = 0;     // when the round began
  std::int64_t answered_us_ = 0;  // when the last one ended
  bool holds_ = false;            // its symbols are subscribed, as far as answers tell
  bool conflating_ = false;       // as the server last told
  bool awaits_pong_ = false;
  std::string unsent_;
  std::string fragments_;  // of one message; rare
};

}  // namespace ticker::load
