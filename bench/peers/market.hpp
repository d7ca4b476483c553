// What the C++ peers have to say, so that they differ in nothing but how they deliver it: events at
// a steady rate over the gateway's simulated pairs, profile `even`, in the gateway's own words.
// Bench material, no part of the gateway; it understands what ticker-load asks and nothing else.
// One thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "feeds/simulated/random.hpp"
#include "feeds/simulated/walk.hpp"
#include "schemas/event.hpp"

namespace ticker::peers {

struct Settings {
  std::uint16_t port = 0;  // on 127.0.0.1; 0: any
  std::uint32_t symbols = 100;
  std::uint32_t rate = 1'000;  // events a second
};

/// Reads the flags. Ends the process for `--print-pairs` (JSON for the peer in Node) and mistakes.
[[nodiscard]] Settings read_settings(int argc, char** argv);

/// Says where the peer listens, in the gateway's words: the harness waits for it.
void say_listening(std::uint16_t port);

/// A request to subscribe, or a ping: its id and the symbols that exist, by number.
struct Request {
  std::string_view id = "0";
  bool ping = false;
  std::vector<std::uint32_t> symbols;
};

class Market {
 public:
  struct Told {
    std::uint32_t symbol = 0;
    std::string_view text;  // of the delta, valid until the next one
  };

  explicit Market(const Settings& settings);

  /// The next event that is due; false when there is none. Its `recv_ts` is when it was due and not
  /// when it was made: what a peer that is busy sending makes late counts as late.
  [[nodiscard]] bool next(const Receipt& now, Told& out);
  /// For who knows: until then the peer slept. What came due meanwhile was received then, as a feed
  /// thread stamps what woke it.
  void slept_until(std::int64_t steady_ns) { woke_ns_ = steady_ns; }
  /// When the next one will be due, on the steady clock.
  [[nodiscard]] std::int64_t next_ns() const { return due_ns(said_ + 1); }

  [[nodiscard]] std::string snapshot(std::uint32_t symbol, const Receipt& now) const;
  [[nodiscard]] std::string welcome() const;
  /// The ack, or the pong.
  [[nodiscard]] std::string answer(const Request& request) const;
  [[nodiscard]] Request read_request(std::string_view text) const;
  /// Body of GET /v1/symbols.
  [[nodiscard]] std::string listing() const;
  [[nodiscard]] std::size_t symbols() const { return symbols_.size(); }

 private:
  struct Symbol {
    std::string name;
    feeds::Walk walk;
    Event state;
  };

  [[nodiscard]] std::int64_t due_ns(std::uint64_t event) const;
  void change(Symbol& symbol, std::int64_t received_us);

  std::vector<Symbol> symbols_;
  feeds::Random random_{1};
  std::uint64_t rate_;
  std::int64_t start_ns_;
  std::int64_t woke_ns_ = 0;
  std::uint64_t said_ = 0;
  char text_[1'024];
};

}  // namespace ticker::peers
