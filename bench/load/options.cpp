// Flags.
#include "bench/load/options.hpp"

#include <CLI/CLI.hpp>
#include <iostream>

namespace ticker::load {

namespace {

const CLI::Range count_range(0U, 1'000'000U);
const CLI::Range some_range(1U, 1'000'000U);

void add_clients(CLI::App& app, Options& out) {
  app.add_option("--url", out.url, "WebSocket address of the gateway")->capture_default_str();
  app.add_option("--clients", out.clients, "Clients that read as fast as they can")
      ->check(count_range)
      ->capture_default_str();
  app.add_option("--connect-rate", out.connect_rate, "New connections a second")
      ->check(some_range)
      ->capture_default_str();
  app.add_option("--slow", out.slow, "Further clients that read slowly, reported apart")
      ->check(count_range)
      ->capture_default_str();
  app.add_option("--slow-bytes-per-second", out.slow_bytes_per_second, "What each of those reads")
      ->check(CLI::Range(1U, 1'000'000'000U))
      ->capture_default_str();
}

void add_wish(CLI::App& app, Options& out, std::string& channel) {
  app.add_option("--channel", channel, "ticker, trades or both")
      ->check(CLI::IsMember({"ticker", "trades", "both"}))
      ->capture_default_str();
  app.add_option("--interval-ms", out.wish.interval_ms, "Interval of the ticker")
      ->check(CLI::Range(0U, 1'000'000U))
      ->capture_default_str();
  app.add_option("--fields", out.wish.fields, "Fields of the ticker, separated by commas")
      ->delimiter(',');
  app.add_option("--symbols-per-client", out.taste.symbols_per_client, "Symbols of each client")
      ->check(some_range)
      ->capture_default_str();
  app.add_flag("--same-symbols", out.taste.same, "All clients take the same symbols");
  app.add_option("--zipf", out.taste.zipf, "Exponent of the choice of symbols; 0: uniform")
      ->check(CLI::Range(0.0, 10.0))
      ->capture_default_str();
  app.add_option("--seed", out.taste.seed, "Seed of the choice of symbols")->capture_default_str();
}

void add_run(CLI::App& app, Options& out) {
  app.add_option("--seconds", out.seconds, "Seconds that are counted")
      ->check(CLI::Range(0.1, 1e6))
      ->capture_default_str();
  app.add_option("--warmup", out.warmup, "Seconds before that, once all have subscribed")
      ->check(CLI::Range(0.0, 1e6))
      ->capture_default_str();
  app.add_flag("--json", out.json, "Print one JSON object instead of text");
}

/// What the flags mean together; answers what is wrong, empty when all is well.
std::string settle(Options& out, const std::string& channel) {
  out.wish.ticker = channel != "trades";
  out.wish.trades = channel != "ticker";
  for (const std::string& field : out.wish.fields) {
    if (field.find_first_of("\"\\") != std::string::npos) return "a field is a plain word";
  }
  if (out.clients + out.slow == 0) return "no clients asked for";
  return parse_target(out.url, out.target);
}

}  // namespace

bool read_options(int argc, const char* const* argv, Options& out, int& exit_code) {
  CLI::App app("Open-loop load client for the ticker gateway; loopback targets only",
               "ticker-load");
  std::string channel = "ticker";
  add_clients(app, out);
  add_wish(app, out, channel);
  add_run(app, out);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    exit_code = app.exit(error) == 0 ? 0 : 1;
    return false;
  }
  const std::string mistake = settle(out, channel);
  if (mistake.empty()) return true;
  std::cerr << "ticker-load: " << mistake << '\n';
  exit_code = 1;
  return false;
}

}  // namespace ticker::load
