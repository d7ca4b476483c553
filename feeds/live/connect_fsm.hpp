// The life of one connection to a venue: connect step by step, subscribe in the venue's pace, ping,
// notice silence, give way to a successor in time, fail, back off, come again. A state machine: it
// is told what happened, and asked what to do now and when to be asked again. No I/O, no clock of
// its own, seeded chance. Belongs to one feed thread.
#pragma once

#include <cstdint>

#include "feeds/contract/dialect.hpp"
#include "feeds/contract/limits.hpp"
#include "feeds/contract/wire.hpp"
#include "feeds/live/backoff.hpp"
#include "feeds/live/pacer.hpp"

namespace ticker::feeds {

class ConnectFsm {
 public:
  enum class State : std::uint8_t {
    idle,       // not started
    waiting,    // backs off
    resolving,  // the four steps
    connecting,
    securing,
    upgrading,
    subscribing,  // open; messages are still to be sent
    live,         // open; all is said
    silent,       // as live, but nothing was heard for too long
  };

  /// What to do now.
  enum class Action : std::uint8_t {
    none,     // nothing until `due`
    dial,     // make a wire and begin `resolve`
    connect,  // begin this step
    secure,
    upgrade,
    open,  // the connection is open: queue what is to be said (`queued`)
    send,  // send the first of the queued messages
    ping,
    replace,  // bring a successor up beside this connection
    close,    // destroy the wire; the reason is `error`
  };

  /// What a message proves.
  enum class Proof : std::uint8_t {
    data,  // prices, or the venue's own heartbeat
    pong,  // the connection: an answer to a ping, or a ping of the venue
  };

  /// `connects`: the pace of new connections, shared by all of a venue.
  ConnectFsm(const Talk& talk, const FeedLimits& limits, bool tls, Pacer& connects,
             std::uint64_t seed);

  void start(std::int64_t now_ns);
  void stepped(std::int64_t now_ns);
  /// The step failed or the connection ended. The wire is gone.
  void failed(const Failure& failure, std::int64_t now_ns);
  void heard(Proof proof, std::int64_t now_ns);
  /// So many messages wait to be sent.
  void queued(std::size_t messages) { queued_ = messages; }
  /// The venue says that it will close this connection.
  void leaving() { leaving_ = true; }
  /// The successor is gone for good or was never made: another one may be asked for.
  void replace_again(std::int64_t now_ns);

  [[nodiscard]] Action act(std::int64_t now_ns);
  /// Steady time (ns) of the next `act`, if nothing happens before.
  [[nodiscard]] std::int64_t due(std::int64_t now_ns);

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] bool is_open() const { return state_ >= State::subscribing; }
  /// All is said, and something was heard since.
  [[nodiscard]] bool is_settled() const { return state_ == State::live && heard_since_open_; }
  /// When data was heard last, of this connection.
  [[nodiscard]] std::int64_t data_ns() const { return data_ns_; }
  /// Why it failed last; empty while nothing did.
  [[nodiscard]] const std::string& error() const { return error_; }
  /// Times that it failed, before or after it was open.
  [[nodiscard]] std::uint64_t ends() const { return ends_; }
  [[nodiscard]] std::uint32_t failures() const { return backoff_.failures(); }

 private:
  [[nodiscard]] Action act_open(std::int64_t now_ns);
  [[nodiscard]] std::int64_t silent_ns() const;
  [[nodiscard]] std::int64_t dead_ns() const;
  [[nodiscard]] std::int64_t ping_due(std::int64_t now_ns);
  void enter(State state, std::int64_t now_ns);
  void wait(std::int64_t now_ns, std::int64_t retry_after_ms);
  [[nodiscard]] bool wants_replacement(std::int64_t now_ns) const;
  [[nodiscard]] std::int64_t replacement_due() const;

  const Talk& talk_;
  const FeedLimits& limits_;
  const bool tls_;
  Pacer& connects_;
  Pacer messages_;
  Backoff backoff_;

  State state_ = State::idle;
  Action step_ = Action::none;    // to be begun
  std::int64_t deadline_ns_ = 0;  // of the step, or of the wait
  std::size_t queued_ = 0;
  bool leaving_ = false;
  bool replacing_ = false;
  bool heard_since_open_ = false;
  std::int64_t opened_ns_ = 0;
  std::int64_t life_ns_ = 0;     // last proof of life
  std::int64_t data_ns_ = 0;     // last data
  std::int64_t flowing_ns_ = 0;  // since when data flows
  std::int64_t pinged_ns_ = 0;
  std::int64_t no_replacement_before_ns_ = 0;
  std::string error_;
  std::uint64_t ends_ = 0;
};

}  // namespace ticker::feeds
