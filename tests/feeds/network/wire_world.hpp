// The feed thread's side of a test over real sockets: a context, a network, and a listener that
// writes down what it hears and takes the steps in their order.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "feeds/asio/net.hpp"
#include "feeds/base/clock.hpp"
#include "feeds/contract/adapter.hpp"
#include "feeds/network/network.hpp"
#include "tests/feeds/network/ws_server.hpp"

namespace ticker::feeds {

inline Endpoint plain(const WsServer& server) {
  return {.host = "127.0.0.1", .port = server.port(), .target = "/ws?a=b", .tls = false};
}
inline Endpoint secured(const WsServer& server, const std::string& ca_file) {
  return {.host = "127.0.0.1", .port = server.port(), .target = "/ws", .ca_file = ca_file};
}

/// Upgrades, then answers each text with itself until the client closes.
inline void echo(Peer& peer) {
  peer.upgrade();
  while (const auto frame = peer.read_frame()) {
    if (frame->opcode == close_frame) {
      peer.send_frame(close_frame, frame->payload);
      return;
    }
    if (frame->opcode == text_frame) peer.send_frame(text_frame, frame->payload);
  }
}

class WireWorld : public WireListener {
 public:
  /// Begins the way to an open connection; goes on by itself, up to and with `last`.
  void open(const Endpoint& endpoint, Step last = Step::upgrade) {
    tls_ = endpoint.tls;
    last_ = last;
    wire = network->make_wire(endpoint, *this);
    take(Step::resolve);
  }
  /// Runs handlers until `holds()`; false when the time is over.
  template <typename Condition>
  bool until(Condition holds, std::chrono::milliseconds time = std::chrono::seconds(10)) {
    const auto deadline = std::chrono::steady_clock::now() + scaled(time);
    while (!holds()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      if (context.stopped()) context.restart();
      context.run_one_for(std::chrono::milliseconds(1));
    }
    return true;
  }
  bool opens() {
    return until([this] { return is_open || ended(); }) && is_open;
  }
  /// The text of the failure that comes.
  std::string failure() {
    EXPECT_TRUE(until([this] { return ended(); }));
    return ended() ? failures[0].text : "none";
  }
  [[nodiscard]] bool ended() const { return !failures.empty(); }
  [[nodiscard]] std::size_t said() const {
    return frames.size() + pings.size() + failures.size() + steps.size();
  }

  void stepped(const Receipt& now) override {
    EXPECT_FALSE(calling_) << "answered from within the call";
    EXPECT_GT(now.steady_ns, 0);
    steps.push_back(step_);
    if (step_ == Step::upgrade) is_open = true;
    if (step_ == last_) return;
    take(step_ == Step::resolve           ? Step::connect
         : step_ == Step::connect && tls_ ? Step::secure
                                          : Step::upgrade);
  }
  void heard(std::string_view frame, const Receipt& receipt) override {
    for (std::size_t i = 0; i < Adapter::padding_bytes; ++i) EXPECT_EQ(frame.end()[i], '\0');
    frames.emplace_back(frame);
    receipts.push_back(receipt);
    heard_at.push_back(clock_now());
    if (on_heard) on_heard();
  }
  void pinged(const Receipt& now) override { pings.push_back(now); }
  void failed(const Failure& failure, const Receipt& now) override {
    EXPECT_FALSE(calling_) << "answered from within the call";
    EXPECT_GT(now.steady_ns, 0);
    failures.push_back(failure);
    if (gone_at_failure) wire.reset();
  }

  net::io_context context{1};
  std::unique_ptr<Network> network = make_network(context);
  std::unique_ptr<Wire> wire;
  std::vector<Step> steps;
  std::vector<std::string> frames;
  std::vector<Receipt> receipts;
  std::vector<Receipt> heard_at;
  std::vector<Receipt> pings;
  std::vector<Failure> failures;
  std::function<void()> on_heard;
  bool is_open = false;
  bool gone_at_failure = false;

 private:
  void take(Step step) {
    step_ = step;
    calling_ = true;
    wire->begin(step);
    calling_ = false;
  }

  Step step_ = Step::resolve;
  Step last_ = Step::upgrade;
  bool tls_ = false;
  bool calling_ = false;
};

}  // namespace ticker::feeds
