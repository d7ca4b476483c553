// A live venue without a socket: time passes when the test says so, and every step that is begun
// succeeds.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "feeds/live/live.hpp"
#include "feeds/registry.hpp"
#include "tests/feeds/live/fake_network.hpp"
#include "tests/feeds/recording_sink.hpp"
#include "tests/feeds/sink_directory.hpp"

namespace ticker::feeds {

inline const VenueEntry& entry_of(std::string_view venue) {
  return *std::ranges::find(venues(), venue, &VenueEntry::venue);
}

inline const std::string okx_list =
    R"({"code":"0","data":[{"instId":"BTC-USDT","baseCcy":"BTC","quoteCcy":"USDT","state":"live"},)"
    R"({"instId":"ETH-USDT","baseCcy":"ETH","quoteCcy":"USDT","state":"live"},)"
    R"({"instId":"OLD-USDT","baseCcy":"OLD","quoteCcy":"USDT","state":"suspend"}]})";

class LiveTest : public testing::Test {
 protected:
  void make(std::string_view of, VenueOptions options, FirstListing first = {}) {
    venue = of;
    source = make_live({.entry = entry_of(of),
                        .options = std::move(options),
                        .limits = limits,
                        .network = network,
                        .directory = directory,
                        .seed = 7},
                       std::move(first));
  }
  RecordingSink& heard() { return directory.sinks[venue]; }
  [[nodiscard]] Receipt now() const {
    return {1'700'000'000'000'000 + now_ms * 1'000, now_ms * ms};
  }
  // One turn, and what becomes due at once.
  void turn() {
    for (int i = 0; i < 50; ++i) {
      due_ns = source->run(now(), 1'000);
      if (due_ns > now().steady_ns && !step_all()) return;
    }
  }
  bool step_all() {
    bool any = false;
    for (std::size_t i = 0; i < network.connections.size(); ++i) {
      const auto& connection = network.connections[i];
      if (held.contains(i) || connection->gone ||
          connection->steps.size() == stepped[connection.get()])
        continue;
      stepped[connection.get()] = connection->steps.size();
      connection->listener->stepped(now());
      any = true;
    }
    return any;
  }
  void pass(std::int64_t wait_ms) {
    for (const std::int64_t end = now_ms + wait_ms; now_ms < end;) {
      now_ms = std::min(end, std::max(now_ms + 1, due_ns / ms + (due_ns % ms != 0 ? 1 : 0)));
      turn();
    }
  }
  void hear(std::size_t connection, const std::string& frame) {
    network.hear(connection, frame, now());
    turn();
  }
  // The statuses told of one symbol, with their reasons.
  std::vector<std::string> told(std::string_view symbol) {
    std::vector<std::string> all;
    for (const HeardStatus& heard : heard().statuses_of) {
      if (heard.symbol != symbol) continue;
      all.emplace_back(status_names[static_cast<std::size_t>(heard.status)]);
      if (heard.reason == Reason::none) continue;
      all.back().append(" ").append(reason_names[static_cast<std::size_t>(heard.reason)]);
    }
    return all;
  }

  static constexpr std::int64_t ms = 1'000'000;
  std::string venue;
  std::set<std::size_t> held;  // connections whose steps do not end
  FeedLimits limits;
  FakeNetwork network;
  RecordingDirectory directory;
  std::unique_ptr<Source> source;
  std::map<FakeNetwork::Connection*, std::size_t> stepped;
  std::int64_t now_ms = 1'000;
  std::int64_t due_ns = 0;
};

inline VenueOptions okx(std::string quotes) {
  VenueOptions options;
  options.symbols = {"BTC-USDT", "ETH-USDT"};
  options.quotes = std::move(quotes);
  return options;
}

inline std::string bbo(const std::string& symbol, const std::string& bid, const std::string& ask,
                       int ts) {
  return R"({"arg":{"channel":"bbo-tbt","instId":")" + symbol + R"("},"data":[{"asks":[[")" + ask +
         R"(","1","0","1"]],"bids":[[")" + bid + R"(","1","0","1"]],"ts":"1700000000)" +
         std::to_string(100 + ts) + R"(","seqId":)" + std::to_string(ts) + "}]}";
}

inline std::string book(const std::string& symbol, const char* action, const std::string& bids,
                        const std::string& asks, int previous, int seq) {
  return R"({"arg":{"channel":"books","instId":")" + symbol + R"("},"action":")" + action +
         R"(","data":[{"asks":[)" + asks + R"(],"bids":[)" + bids +
         R"(],"ts":"1700000000100","checksum":0,"prevSeqId":)" + std::to_string(previous) +
         R"(,"seqId":)" + std::to_string(seq) + "}]}";
}

inline std::string trade(const std::string& symbol, int id) {
  return R"({"arg":{"channel":"trades","instId":")" + symbol + R"("},"data":[{"instId":")" +
         symbol + R"(","tradeId":")" + std::to_string(id) +
         R"(","px":"100","sz":"1","side":"buy","ts":"1700000001000","count":"1"}]})";
}

}  // namespace ticker::feeds
