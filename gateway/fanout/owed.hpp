// What a client is owed of one subscription, until there is room to send it. A plain value.
#pragma once

#include <cstdint>

namespace ticker {

struct Owed {
  enum class Kind : std::uint8_t {
    nothing,
    first_snapshot,   // its first data: a snapshot; counts nowhere
    failed_resume,    // the same, and the client asked to resume, in vain
    resume,           // its first data: what came after `after`; counts nowhere
    merged_snapshot,  // frames were merged: a snapshot as of its turn, counted as one frame queued
    gap,              // an announcement of what was lost here
  };

  Kind kind = Kind::nothing;
  std::uint64_t after = 0;  // of `resume`: the seq that the client has

  [[nodiscard]] static Owed resume(std::uint64_t after) { return {Kind::resume, after}; }

  /// Frames are offered only after its first data, which will hold what they say.
  [[nodiscard]] bool first_data() const {
    return kind == Kind::first_snapshot || kind == Kind::failed_resume || kind == Kind::resume;
  }
  [[nodiscard]] bool nothing() const { return kind == Kind::nothing; }
};

}  // namespace ticker
