// The command line: flags over the config file over the defaults. The only file that knows CLI11.
// Collects every mistake of flags and file before it says a word; runs at start only.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "feeds/replay/replay.hpp"
#include "gateway/config/config.hpp"
#include "gateway/config/config_table.hpp"
#include "gateway/config/config_text.hpp"

namespace ticker {
namespace {

using Action = CommandLine::Action;

/// Flags as they were written, before anyone judges them.
struct Flags {
  std::string config;
  std::vector<std::string> feeds;
  bool share_port = false;
  bool spin = false;
  bool check_config = false;
  bool version = false;
  CLI::App* record = nullptr;  // the subcommand
  std::string record_file;
  std::string record_seconds;
  // Flags that set one key, by key.
  std::map<std::string, std::string, std::less<>> scalars;
};

std::string names_of_venues() {
  std::string names;
  for (const feeds::VenueEntry& entry : feeds::venues()) {
    names.append(names.empty() ? "" : ", ").append(entry.venue);
  }
  return names;
}

void declare(CLI::App& app, Flags& flags) {
  // A flag without its value takes the empty text, to be refused together with all other mistakes.
  const auto one = [&](const char* flag, std::string& target, const char* type, const char* help) {
    app.add_option(flag, target, help)
        ->type_name(type)
        ->expected(0, 1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  };
  const auto key = [&](const char* flag, const char* name, const char* type, const char* help) {
    one(flag, flags.scalars[name], type, help);
  };
  app.allow_extras();
  one("--config", flags.config, "FILE", "Config file (TOML); flags override it");
  key("--listen", "listen", "ADDR:PORT", "Where clients connect (default 127.0.0.1:8080)");
  key("--admin", "admin", "ADDR:PORT", "Metrics, health and status (default 127.0.0.1:9100)");
  key("--shards", "shards", "N", "Threads that serve clients; 0: cores minus one (default)");
  app.add_option("--feed", flags.feeds,
                 "Feed to run, may be repeated: simulated, replay, or a venue, which must have its "
                 "symbols in the config file: " +
                     names_of_venues())
      ->type_name("NAME")
      ->expected(0, 1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->allow_extra_args(false);
  app.add_flag("--share-port", flags.share_port,
               "Let several processes listen on the same address");
  app.add_flag("--spin", flags.spin,
               "Never sleep: a core for each thread, for the last microseconds");
  key("--log-level", "log_level", "LEVEL", "debug, info (default), warn, error or off");
  app.add_flag("--check-config", flags.check_config, "Check flags and config file, then leave");
  app.add_flag("--version", flags.version, "Print the version, then leave");
  flags.record = app.add_subcommand(
      "record", "Write all that live venues send into a capture, which a replay plays");
  flags.record->fallthrough();
  flags.record->add_option("--out", flags.record_file, "File to write; begun anew")
      ->type_name("FILE");
  flags.record->add_option("--seconds", flags.record_seconds, "End after so long; else by Ctrl-C")
      ->type_name("N");
}

std::string flag_of(std::string_view key) {
  auto flag = "--" + std::string(key);
  std::replace(flag.begin(), flag.end(), '_', '-');
  return flag;
}

/// A flag's text as the scalar that its key takes; a text that is no number stays a text and is
/// refused with the words of the table.
Scalar scalar_of(const std::string& text) {
  std::int64_t number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed == std::errc{} && end == text.data() + text.size()) return number;
  return text;
}

void apply_file(const std::string& file, Origins& origins, CommandLine& result) {
  std::error_code failed;
  std::ifstream input(file, std::ios::binary);
  if (!input || std::filesystem::is_directory(file, failed)) {
    result.errors.push_back({"--config", "cannot read \"" + file + "\"; allowed: a readable file"});
    return;
  }
  const std::string text{std::istreambuf_iterator<char>(input), {}};
  const auto directory = std::filesystem::path(file).parent_path().string();
  result.errors = apply_toml(text, file, directory, result.config, &origins);
}

void apply_flags(const CLI::App& app, const Flags& flags, Origins& origins, CommandLine& result) {
  for (const auto& [key, text] : flags.scalars) {
    if (app.count(flag_of(key)) == 0) continue;
    origins[key] = flag_of(key);
    if (const auto wrong = assign(*find_setting(key), scalar_of(text), result.config)) {
      result.errors.push_back({flag_of(key), *wrong});
    }
  }
  if (flags.share_port) {
    result.config.share_port = true;
    origins["share_port"] = "--share-port";
  }
  if (flags.spin) {
    result.config.spin = true;
    origins["spin"] = "--spin";
  }
  if (app.count("--feed") == 0) return;
  origins["feed"] = "--feed";
  std::vector<std::string> feeds;
  for (const auto& feed : flags.feeds) {
    if (const auto wrong = append(*find_setting("feed"), feed, feeds)) {
      result.errors.push_back({"--feed", *wrong});
    }
  }
  result.config.feeds = std::move(feeds);
}

void report_unknown(const CLI::App& app, CommandLine& result) {
  std::vector<std::string> names;
  for (const auto* option : app.get_options()) names.push_back("--" + option->get_single_name());
  const std::vector<std::string_view> known(names.begin(), names.end());
  for (const auto& word : app.remaining()) {
    const auto name = word.substr(0, word.find('='));
    const auto near = nearest(name, known);
    auto what = std::string(word.starts_with('-') ? "unknown flag" : "stands alone");
    what += near.empty() ? "; allowed: the flags of --help"
                         : "; did you mean " + std::string(near) + "?";
    result.errors.push_back({word, what});
  }
}

/// True if the value of `key` was refused already: its relations would only repeat that.
bool refused(const std::string& key, const std::vector<ConfigError>& errors) {
  return std::any_of(errors.begin(), errors.end(), [&](const ConfigError& error) {
    return error.where == flag_of(key) || error.what.starts_with(key + ' ');
  });
}

/// Relations are told with the place that set the key, where there is one.
void add_relations(const Origins& origins, CommandLine& result) {
  const auto own_mistakes = result.errors;
  for (auto& broken : check_relations(result.config)) {
    if (refused(broken.where, own_mistakes)) continue;
    const auto origin = origins.find(broken.where);
    broken.where = origin == origins.end() ? "config" : origin->second;
    result.errors.push_back(std::move(broken));
  }
}

/// Captures are read here once, so that a file that cannot be played is a mistake of the config,
/// too.
void add_replay(const Origins& origins, CommandLine& result) {
  const auto& feeds = result.config.feeds;
  if (std::find(feeds.begin(), feeds.end(), "replay") == feeds.end()) return;
  const auto origin = origins.find("feeds.replay.files");
  const std::string where = origin == origins.end() ? "config" : origin->second;
  for (const std::string& mistake : feeds::check_replay(feeds::venues(), result.config.replay)) {
    result.errors.push_back({where, "feeds.replay: " + mistake});
  }
}

/// What `record` needs besides: live venues and a file.
void add_record(const Flags& flags, CommandLine& result) {
  result.action = Action::record;
  result.record_file = flags.record_file;
  if (flags.record_file.empty()) {
    result.errors.push_back({"record", "has no --out; allowed: --out FILE"});
  }
  for (const auto& feed : result.config.feeds) {
    if (feed != "simulated" && feed != "replay") continue;
    result.errors.push_back({"record", "cannot record the feed " + feed +
                                           "; allowed: --feed with " + names_of_venues()});
  }
  const auto& text = flags.record_seconds;
  if (text.empty()) return;
  const auto [end, failed] =
      std::from_chars(text.data(), text.data() + text.size(), result.record_seconds);
  if (failed != std::errc{} || end != text.data() + text.size() || result.record_seconds == 0) {
    result.errors.push_back({"--seconds", "is \"" + text + "\"; allowed: a whole number from 1"});
  }
}

CommandLine leave(CommandLine result, Action action, int exit_code) {
  result.action = action;
  result.exit_code = exit_code;
  return result;
}

CommandLine leave_with_errors(CommandLine result) {
  for (const auto& [where, what] : result.errors) std::cerr << where << ": " << what << '\n';
  return leave(std::move(result), Action::exit, 1);
}

}  // namespace

CommandLine read_command_line(int argc, const char* const* argv) {
  CommandLine result;
  Flags flags;
  CLI::App app("Live market data: one upstream connection, thousands of WebSocket clients.",
               "ticker-gateway");
  declare(app, flags);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    std::cout << app.help();
    return leave(std::move(result), Action::exit, 0);
  } catch (const CLI::ParseError& error) {
    result.errors.push_back({"command line", std::string(error.what()) + "; see --help"});
    return leave_with_errors(std::move(result));
  }
  if (flags.version) {
    std::cout << "ticker-gateway " TICKER_VERSION "\n";
    return leave(std::move(result), Action::exit, 0);
  }

  Origins origins;
  if (app.count("--config") != 0) apply_file(flags.config, origins, result);
  apply_flags(app, flags, origins, result);
  report_unknown(app, result);
  if (flags.record->parsed()) add_record(flags, result);
  add_relations(origins, result);
  if (!result.errors.empty()) return leave_with_errors(std::move(result));
  add_replay(origins, result);
  if (!result.errors.empty()) return leave_with_errors(std::move(result));
  if (!flags.check_config) return result;
  std::cout << "config ok\n";
  return leave(std::move(result), Action::check_config, 0);
}

}  // namespace ticker
