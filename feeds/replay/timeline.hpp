// The lines of several captures in the order of their receive times, silences cut. Made once at
// start, immutable afterwards.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "feeds/capture/recording.hpp"
#include "feeds/contract/venue.hpp"
#include "feeds/replay/replay.hpp"

namespace ticker::feeds {

struct TimelineEntry {
  std::int64_t due_us;       // after the first entry
  std::int64_t received_us;  // as recorded; `RecordedLine::no_time` where the line had none
  std::uint32_t venue;       // index in `Timeline::venues`
  bool malformed;            // a line that is none; counts against its file's venue
  std::string_view frame;
  std::string_view target;  // path and query of what was asked for over REST; empty: nothing was
};

struct Timeline {
  std::vector<Recording> recordings;  // hold the frames' bytes
  std::vector<ReplayFile> files;
  std::vector<const VenueEntry*> venues;
  std::vector<TimelineEntry> entries;
};

/// Reads all files; mistakes are added to `errors`. `together`: the first lines of all venues are
/// due at once, and each goes on at its own pace; a recording's files of one venue stay in step.
[[nodiscard]] Timeline read_timeline(Venues known, const std::vector<std::string>& paths,
                                     bool together, std::vector<std::string>& errors);

}  // namespace ticker::feeds
