// What a client can subscribe to of an instrument: a channel. Here is what requests need to know of
// each; how its messages are made stands with the fan-out. Plain values.
#pragma once

#include <cstdint>
#include <string_view>

namespace ticker {

/// A place in the table of channels that a shard serves.
using ChannelId = std::uint8_t;

/// What becomes of a frame for which a client has no room. `merge`: it is owed a snapshot instead.
/// `lose`: the frame is lost, and its number announced by a gap.
enum class OnFull : std::uint8_t { merge, lose };

struct ChannelTraits {
  std::string_view name;
  OnFull on_full = OnFull::merge;
  bool paced = false;       // an interval may be asked for; else every change comes at once
  bool has_fields = false;  // a list of fields may be asked for; else messages are always whole
  bool resumes = false;     // a client that comes back can go on where it was
};

}  // namespace ticker
