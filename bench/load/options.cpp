// Flags.
#include "bench/load/options.hpp"

#include <CLI/CLI.hpp>
#include <iostream>
#include <optional>

#include "bench/load/fail_if.hpp"

namespace ticker::load {

namespace {

const CLI::Range count_range(0U, 1'000'000U);
const CLI::Range some_range(1U, 1'000'000U);
const CLI::Range share_range(0.0, 1.0);

/// What is read first and understood when all flags are there.
struct Raw {
  std::string channel = "ticker";
  std::string sources;
  std::string admin;
  // Single parameters of the scenario, where they are to differ from its row.
  std::optional<std::uint32_t> ramp_from, ramp_to;
  std::optional<double> slow_share, stopped_share, churn_rate, churn_stay, burst_every, burst_share,
      storm_every;
};

void add_clients(CLI::App& app, Options& out, Raw& raw) {
  app.add_option("--url", out.url, "WebSocket address of the gateway")->capture_default_str();
  app.add_option("--clients", out.clients, "Clients, beside --slow and --stopped")
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
  app.add_option("--slow-receive-buffer", out.slow_receive_buffer,
                 "Bytes of receive buffer of slow and stopped ones; 0: the system's")
      ->check(CLI::Range(0U, 1U << 30U))
      ->capture_default_str();
  app.add_option("--stopped", out.stopped, "Further clients that stop reading once subscribed")
      ->check(count_range)
      ->capture_default_str();
  app.add_option("--threads", out.threads, "Threads that share the clients")
      ->check(CLI::Range(1U, 64U))
      ->capture_default_str();
  app.add_option("--sources", raw.sources,
                 "Addresses that clients come from, in turn: 127.0.0.2-127.0.0.9");
}

void add_wish(CLI::App& app, Options& out, Raw& raw) {
  app.add_option("--channel", raw.channel, "ticker, trades or both")
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

void add_scenario(CLI::App& app, Options& out, Raw& raw) {
  app.add_option("--scenario", out.scenario_name, std::string(scenario_names()))
      ->capture_default_str();
  app.add_option("--ramp-from", raw.ramp_from, "Fast clients when counting begins")
      ->check(count_range);
  app.add_option("--ramp-to", raw.ramp_to, "Fast clients when it ends")->check(count_range);
  app.add_option("--slow-share", raw.slow_share, "Share of the clients that reads slowly")
      ->check(share_range);
  app.add_option("--stopped-share", raw.stopped_share, "Share that stops reading")
      ->check(share_range);
  app.add_option("--churn-rate", raw.churn_rate, "Clients a second that come, and leave again")
      ->check(CLI::Range(0.0, 1e5));
  app.add_option("--churn-stay", raw.churn_stay, "Seconds that each of them stays")
      ->check(CLI::Range(0.0, 1e4));
  app.add_option("--burst-every", raw.burst_every, "Seconds between giving up and coming back")
      ->check(CLI::Range(0.01, 1e6));
  app.add_option("--burst-share", raw.burst_share, "Share of the fast clients that does so")
      ->check(share_range);
  app.add_option("--storm-every", raw.storm_every, "All subscribe again every so many seconds")
      ->check(CLI::Range(0.01, 1e6));
}

void add_run(CLI::App& app, Options& out, Raw& raw) {
  app.add_option("--seconds", out.seconds, "Seconds that are counted")
      ->check(CLI::Range(0.1, 1e6))
      ->capture_default_str();
  app.add_option("--warmup", out.warmup, "Seconds before that, once all have subscribed")
      ->check(CLI::Range(0.0, 1e6))
      ->capture_default_str();
  app.add_flag("--progress", out.progress,
               "A line a second on stderr, also where it is no terminal");
  app.add_flag("--json", out.json, "Print one JSON object instead of text");
  app.add_option("--report", out.report, "Write an HTML report to this file");
  app.add_option("--fail-if", out.fail_if, "Exit with 3 if one is met: 'p99_ms>50,holes>0'")
      ->check([](const std::string& text) {  // of an unset variable, say: it would never fail
        return std::string(text.empty() ? "there is no condition in it" : "");
      });
  app.add_option("--admin", raw.admin, "Admin address of the gateway: compare its ledger");
  app.add_option("--pid", out.pid, "Process of the gateway: watch its CPU and memory")
      ->check(CLI::Range(1, 1 << 22));
}

/// The row that was named, with the parameters that were given; answers what is wrong.
std::string settle_scenario(Options& out, const Raw& raw) {
  Scenario& scenario = out.scenario;
  if (!scenario_named(out.scenario_name, scenario)) {
    return "no scenario '" + out.scenario_name + "'; there are " + std::string(scenario_names());
  }
  if ((raw.burst_every || raw.burst_share) && raw.storm_every) return "bursts or storm, not both";
  scenario.slow_share = raw.slow_share.value_or(scenario.slow_share);
  scenario.stopped_share = raw.stopped_share.value_or(scenario.stopped_share);
  if (scenario.slow_share + scenario.stopped_share > 1) return "the shares exceed 1";
  scenario.churn_rate = raw.churn_rate.value_or(scenario.churn_rate);
  scenario.churn_stay_s = raw.churn_stay.value_or(scenario.churn_stay_s);
  if (raw.burst_every || raw.burst_share) {
    Scenario bursts;
    static_cast<void>(scenario_named("bursts", bursts));
    scenario.round_every_s = raw.burst_every.value_or(bursts.round_every_s);
    scenario.round_share = raw.burst_share.value_or(bursts.round_share);
    scenario.round_toggles = true;
  } else if (raw.storm_every) {
    scenario.round_every_s = *raw.storm_every;
    scenario.round_share = 1;
    scenario.round_toggles = false;
  }
  if (raw.ramp_to) out.clients = std::max(*raw.ramp_to, raw.ramp_from.value_or(0));
  out.crowd = crowd_of(scenario, out.clients, out.slow, out.stopped);
  const double fast = std::max(out.crowd.fast, 1U);
  if (raw.ramp_from) scenario.ramp_from = std::min(*raw.ramp_from / fast, 1.0);
  if (raw.ramp_to) scenario.ramp_to = std::min(*raw.ramp_to / fast, 1.0);
  return {};
}

std::string figure_names() {
  std::string out = "Figures of --fail-if:";
  for (const Figure& figure : figures()) {
    out.append("\n  ").append(figure.name);
    out.append(figure.name.size() < 20 ? 20 - figure.name.size() : 1, ' ');
    out.append(figure.meaning);
  }
  return out;
}

/// What the flags mean together; answers what is wrong, empty when all is well.
std::string settle(Options& out, const Raw& raw) {
  out.wish.ticker = raw.channel != "trades";
  out.wish.trades = raw.channel != "ticker";
  for (const std::string& field : out.wish.fields) {
    if (field.find_first_of("\"\\") != std::string::npos) return "a field is a plain word";
  }
  std::string mistake = settle_scenario(out, raw);
  if (mistake.empty()) mistake = parse_target(out.url, out.target);
  if (mistake.empty()) mistake = parse_sources(raw.sources, out.sources);
  if (mistake.empty() && !raw.admin.empty()) {
    mistake = parse_target(raw.admin, out.admin.emplace(), "http://");
  }
  std::vector<Condition> conditions;
  if (mistake.empty()) mistake = parse_conditions(out.fail_if, conditions);
  if (!mistake.empty()) return mistake;
  if (!out.sources.empty() && out.target.address.ss_family != AF_INET) {
    return "--sources needs a target of 127.x.y.z";
  }
  return out.crowd.settled() + out.crowd.churn_slots == 0 ? "no clients asked for" : "";
}

}  // namespace

bool read_options(int argc, const char* const* argv, Options& out, int& exit_code) {
  CLI::App app("Open-loop load client for the ticker gateway; loopback targets only",
               "ticker-load");
  Raw raw;
  add_clients(app, out, raw);
  add_wish(app, out, raw);
  add_scenario(app, out, raw);
  add_run(app, out, raw);
  app.footer(figure_names());
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    exit_code = app.exit(error) == 0 ? 0 : 1;
    return false;
  }
  for (int i = 0; i < argc; ++i) out.command.append(i > 0 ? " " : "").append(argv[i]);
  const std::string mistake = settle(out, raw);
  if (mistake.empty()) return true;
  std::cerr << "ticker-load: " << mistake << '\n';
  exit_code = 1;
  return false;
}

}  // namespace ticker::load
