// A directory of recording sinks, for the tests of sources.
#pragma once

#include <map>
#include <string>

#include "tests/feeds/recording_sink.hpp"

namespace ticker::feeds {

struct RecordingDirectory final : SinkDirectory {
  std::map<std::string, RecordingSink, std::less<>> sinks;
  std::map<std::string, const Adapter*, std::less<>> adapters;

  Sink& sink(std::string_view venue, const Adapter* adapter) override {
    adapters[std::string(venue)] = adapter;
    return sinks[std::string(venue)];
  }
};

}  // namespace ticker::feeds
