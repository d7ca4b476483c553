// Captures written for a test, and a replay of them over a fake clock.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "feeds/registry.hpp"
#include "feeds/replay/replay.hpp"
#include "tests/feeds/sink_directory.hpp"

namespace ticker::feeds {

inline constexpr std::int64_t ms = 1'000'000;
inline constexpr std::string_view com = "wss://stream.binance.com:9443/stream";
inline constexpr std::string_view us = "wss://stream.binance.us:9443/stream";

inline std::string line(const std::string& ts, std::string_view endpoint, const std::string& frame,
                        const std::string& direction = "recv") {
  return R"({"ts":)" + ts + R"(,"dir":")" + direction + R"(","conn":")" + std::string(endpoint) +
         R"(","msg":)" + frame + "}\n";
}

inline std::string quote(int u, const std::string& symbol = "BTCUSDT") {
  return R"({"u":)" + std::to_string(u) + R"(,"s":")" + symbol +
         R"(","b":"1.0","B":"1","a":"2.0","A":"1"})";
}

inline std::string trade(int id, const std::string& time_ms) {
  return R"({"e":"aggTrade","s":"BTCUSDT","a":)" + std::to_string(id) +
         R"(,"p":"1.5","q":"1","T":)" + time_ms + R"(,"m":true})";
}

class Replay : public testing::Test {
 protected:
  Replay() { std::filesystem::create_directories(folder_); }
  ~Replay() override { std::filesystem::remove_all(folder_); }

  std::string file(const std::string& name, const std::string& text) {
    const std::string path = folder_ + "/" + name;
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }

  bool open(const ReplayOptions& options) {
    source = make_replay(venues(), options, directory, error, &files);
    return source != nullptr;
  }

  void turn(std::size_t events_max = 1'000) { next_ns = source->run(now, events_max); }
  // Jumps to the next turn.
  void step(std::size_t events_max = 1'000) {
    if (next_ns > now.steady_ns) {
      now.wall_us += (next_ns - now.steady_ns) / 1'000;
      now.steady_ns = next_ns;
    }
    turn(events_max);
  }
  void run_to_end() {
    turn();
    for (int i = 0; i < 100'000 && next_ns != Source::never; ++i) step();
    ASSERT_EQ(next_ns, Source::never);
  }
  RecordingSink& binance() { return directory.sinks["binance"]; }
  std::vector<std::uint64_t> orders() {
    std::vector<std::uint64_t> all;
    for (const HeardTicker& heard : binance().tickers) all.push_back(heard.update.order);
    return all;
  }

  RecordingDirectory directory;
  std::unique_ptr<Source> source;
  std::vector<ReplayFile> files;
  std::string error;
  Receipt now{1'700'000'000'000'000, 1'000 * ms};
  std::int64_t next_ns = 0;

 private:
  const std::string folder_ = testing::TempDir() + "replay_" + std::to_string(getpid());
};

using Orders = std::vector<std::uint64_t>;

}  // namespace ticker::feeds
