// Captures played again, as if the venues spoke now. Lines of all files stand on one time line,
// merged by their receive times. Reads its files once, before it runs; runs on the feed thread,
// does no I/O there and looks at no clock. README.md in feeds/ tells the rules.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "feeds/contract/venue.hpp"
#include "feeds/replay/options.hpp"

namespace ticker::feeds {

inline constexpr std::int64_t replay_silence_max_us = 2'000'000;  // longer ones are cut to it
inline constexpr std::int64_t replay_loop_pause_us = 1'000'000;   // from the last line to the first
inline constexpr std::size_t replay_files_max = 64;

/// What was found in one file.
struct ReplayFile {
  std::string path;
  std::size_t lines = 0;
  std::size_t frames = 0;           // to be played
  std::size_t malformed = 0;        // lines that are none of a capture
  std::size_t first_malformed = 0;  // number of the first of them, from 1; 0 if there is none
  std::size_t foreign = 0;          // received from endpoints of no known venue; not played
};

/// Everything that keeps these options from being played, one sentence each: no file, a file that
/// cannot be read, no frame of a known venue in it, a speed below 0. Reads the files; for the check
/// of a config.
[[nodiscard]] std::vector<std::string> check_replay(Venues known, const ReplayOptions& options);

/// A source over the files, or null and the mistakes in `error`, one a line. `files`, if given,
/// gets what was found. `directory` must outlive the source, and the source the sinks' last use:
/// it owns the adapters.
[[nodiscard]] std::unique_ptr<Source> make_replay(Venues known, const ReplayOptions& options,
                                                  SinkDirectory& directory, std::string& error,
                                                  std::vector<ReplayFile>* files = nullptr);

}  // namespace ticker::feeds
