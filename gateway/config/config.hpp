// The process's configuration: defaults here, a TOML file over them, flags over the file.
// Read once at start, immutable afterwards.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "feeds/registry.hpp"
#include "feeds/replay/options.hpp"
#include "feeds/simulated/options.hpp"
#include "gateway/base/address.hpp"
#include "gateway/base/limits.hpp"

namespace ticker {

struct Config {
  Address listen{"127.0.0.1", 8080};
  Address admin{"127.0.0.1", 9100};
  std::uint32_t shards = 0;  // 0: cores minus the feed thread, at least 1
  bool share_port = false;
  bool spin = false;
  std::string log_level = "info";
  std::vector<std::string> feeds{"simulated"};
  feeds::SimulatedOptions simulated;
  feeds::ReplayOptions replay;
  std::vector<feeds::VenueOptions> venues = feeds::default_options();  // as in the registry
  Limits limits;
};

/// One mistake in a config: where, what, and what is allowed.
struct ConfigError {
  std::string where;  // `file.toml:12` or `--flag`
  std::string what;
};

/// What the command line asked for.
struct CommandLine {
  /// `check_config` and `exit`: all is said and done, leave with `exit_code`.
  enum class Action { run, record, check_config, exit } action = Action::run;
  int exit_code = 0;
  std::string record_file;           // of `record`
  std::uint32_t record_seconds = 0;  // 0: until a signal
  Config config;
  std::vector<ConfigError> errors;  // all of them; the config must not be used unless empty
};

/// Reads flags (CLI11) and the config file they name (toml++). Prints by itself whatever is to be
/// printed: help, version, the verdict of --check-config, every mistake on a line of its own.
[[nodiscard]] CommandLine read_command_line(int argc, const char* const* argv);

/// Which place set a key: `limits.ring_slots` → `file.toml:12`, `listen` → `--listen`.
using Origins = std::map<std::string, std::string, std::less<>>;

/// Applies a TOML text over `config`; relative paths in it are resolved against `directory`.
/// Returns every mistake. Notes in `origins`, if given, the line of every key that it set.
[[nodiscard]] std::vector<ConfigError> apply_toml(std::string_view text,
                                                  const std::string& file_name,
                                                  const std::string& directory, Config& config,
                                                  Origins* origins = nullptr);

/// Relations between values, checked after file and flags: ring size, soft below hard and so on.
/// `where` is the key to change.
[[nodiscard]] std::vector<ConfigError> check_relations(const Config& config);

/// Shards that will run: `config.shards`, or cores minus the feed thread, at least 1.
[[nodiscard]] std::uint32_t shard_count(const Config& config);

}  // namespace ticker
