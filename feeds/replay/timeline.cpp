#include "feeds/replay/timeline.hpp"

#include <algorithm>
#include <utility>

namespace ticker::feeds {
namespace {

std::uint32_t index_of(std::vector<const VenueEntry*>& venues, const VenueEntry* entry) {
  const auto known = std::ranges::find(venues, entry);
  const auto index = static_cast<std::uint32_t>(known - venues.begin());
  if (known == venues.end()) venues.push_back(entry);
  return index;
}

// Path and query of a URL.
std::string_view target_of(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  const auto slash = url.find('/');
  return slash == std::string_view::npos ? "/" : url.substr(slash);
}

// Adds the lines of one file that are to be played. `due_us` is the receive time until silences are
// cut; a line without one gets that of the line before it, or of the first that has one.
void add_lines(Venues known, const Recording& recording, ReplayFile& file, Timeline& timeline) {
  const std::size_t first = timeline.entries.size();
  std::int64_t time_us = RecordedLine::no_time;
  std::uint32_t venue = UINT32_MAX;
  for (const RecordedLine& line : recording.lines()) {
    const bool malformed = line.kind == RecordedLine::Kind::malformed;
    if (line.received_us != RecordedLine::no_time) time_us = line.received_us;
    if (line.kind == RecordedLine::Kind::other) continue;
    const bool answered = line.kind == RecordedLine::Kind::answered;
    if (!malformed) {
      const VenueEntry* const entry = find_by_endpoint(known, answered ? line.url : line.endpoint);
      if (entry == nullptr) {
        ++file.foreign;
        continue;
      }
      venue = index_of(timeline.venues, entry);
      ++file.frames;
    }
    const std::string_view target = answered ? target_of(line.url) : std::string_view{};
    timeline.entries.push_back({time_us, line.received_us, venue, malformed, line.frame, target});
  }
  // What stood before the first known time and venue joins them.
  std::int64_t later_us = 0;
  for (std::size_t i = timeline.entries.size(); i > first; --i) {
    TimelineEntry& entry = timeline.entries[i - 1];
    if (entry.venue == UINT32_MAX) entry.venue = venue;
    if (entry.due_us == RecordedLine::no_time) entry.due_us = later_us;
    venue = entry.venue;
    later_us = entry.due_us;
  }
}

// From receive times to times after the first line. Together, every venue has a time of its own.
void cut_silences(std::vector<TimelineEntry>& entries, bool together, std::size_t venues) {
  struct Lane {
    std::int64_t due_us = 0;
    std::int64_t before_us = RecordedLine::no_time;
  };
  std::vector<Lane> lanes(together ? venues : 1);
  for (TimelineEntry& entry : entries) {
    Lane& lane = lanes[together ? entry.venue : 0];
    if (lane.before_us == RecordedLine::no_time) lane.before_us = entry.due_us;
    lane.due_us += std::min(entry.due_us - lane.before_us, replay_silence_max_us);
    lane.before_us = std::exchange(entry.due_us, lane.due_us);
  }
}

}  // namespace

Timeline read_timeline(Venues known, const std::vector<std::string>& paths, bool together,
                       std::vector<std::string>& errors) {
  Timeline timeline;
  if (paths.empty()) errors.emplace_back("no file to play");
  if (paths.size() > replay_files_max) {
    errors.push_back("more than " + std::to_string(replay_files_max) + " files");
    return timeline;
  }
  for (const std::string& path : paths) {
    std::string error;
    std::optional<Recording> recording = Recording::load(path, error);
    if (!recording) {
      errors.push_back(std::move(error));
      continue;
    }
    ReplayFile file{
        path, recording->lines().size(), 0, recording->malformed(), recording->first_malformed(),
        0};
    const std::size_t before = timeline.entries.size();
    add_lines(known, *recording, file, timeline);
    if (file.frames == 0) {
      errors.push_back(path + ": no frame received from a known venue");
      timeline.entries.resize(before);  // malformed lines, of no venue
    }
    timeline.recordings.push_back(std::move(*recording));
    timeline.files.push_back(std::move(file));
  }
  std::ranges::stable_sort(timeline.entries, {}, &TimelineEntry::due_us);
  cut_silences(timeline.entries, together, timeline.venues.size());
  if (together) std::ranges::stable_sort(timeline.entries, {}, &TimelineEntry::due_us);
  return timeline;
}

}  // namespace ticker::feeds
