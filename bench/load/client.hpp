// One client: upgrade, subscribe, then count what comes. Knows the protocol and its socket, not the
// loop: that tells it when to read or write and asks what it waits for. One thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bench/load/frame_stream.hpp"
#include "bench/load/options.hpp"
#include "bench/load/sequence.hpp"
#include "bench/load/tally.hpp"

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
    gone,
  };

  /// `group` counts for it and must outlive it, as must the names.
  Client(Group& group, std::vector<std::string_view> symbols, std::uint64_t seed);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// Begins to connect; false when not even a socket could be had (the client is gone then).
  bool connect(const Target& target);

  /// Reads once, at most `bytes_max`; answers how many bytes came.
  std::size_t on_readable(ReceiveBuffer& buffer, std::size_t bytes_max);
  void on_writable();
  /// Says goodbye (1000) and closes; not counted as a disconnect.
  void leave();

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] bool wants_to_write() const {
    return state_ == State::connecting || !unsent_.empty();
  }

 private:
  std::size_t consume(const char* data, std::size_t size, std::int64_t now_us);
  std::size_t read_upgrade(std::string_view data);
  void on_frame(const Frame& frame, std::int64_t now_us);
  void on_fragment(const Frame& frame, std::int64_t now_us);
  void on_text(std::string_view message, std::int64_t now_us);
  void on_delta(std::string_view message, std::int64_t now_us);
  void on_snapshot(std::string_view message, std::int64_t now_us);
  void on_answer(std::string_view message);
  void on_close(std::string_view payload);
  void subscribe_next();
  void count_step(SequenceTable::Step step);

  void send(std::string_view bytes);
  void end(const std::string& how);
  std::uint32_t next_mask();

  Group& group_;
  const Target* target_ = nullptr;
  int fd_ = -1;
  State state_ = State::idle;
  std::uint64_t random_;
  FrameStream stream_;
  SequenceTable sequences_;
  std::vector<std::string_view> symbols_;  // until the requests are made
  std::vector<std::string> requests_;
  std::size_t requests_sent_ = 0;
  std::string unsent_;
  std::string fragments_;  // of one message; rare
};

}  // namespace ticker::load
