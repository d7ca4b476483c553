// Event → frame bytes, once for all clients of a format: payload and framing lie ready in a slab.
// Owned by one shard thread. The only room that writes into slabs.
#pragma once

#include <string>
#include <string_view>

#include "gateway/fanout/slab.hpp"
#include "gateway/protocol/format.hpp"

namespace ticker {

/// The low 32 bits of a steady time in microseconds, as pieces carry it.
constexpr std::uint32_t steady_us(std::int64_t steady_ns) {
  return static_cast<std::uint32_t>(steady_ns / 1'000);
}

class Encoder {
 public:
  // An entry is a frame of the ledger; whether another piece is one is set by whoever queues it.

  /// `epoch` names the market that numbers the instruments.
  Encoder(SlabPool& pool, std::string epoch, ShardCounters& counters)
      : pool_(pool), epoch_(std::move(epoch)), counters_(counters) {}

  /// A frame of what `write` writes, at most `bytes_max`: char* write(char* out), which returns its
  /// end.
  template <typename Write>
  Piece frame(const Format& format, std::uint32_t bytes_max, Write write) {
    char* const payload = begin(format, bytes_max);
    return finish(format, payload, write(payload));
  }
  /// A control message, ready as text.
  Piece text(const Format& format, std::string_view text);
  /// Bytes that are framed already, or need no frame (what Beast writes). At most a slab.
  Piece raw(std::string_view bytes);

  /// The piece was made as soon as its data came, so its age is worth measuring.
  void note_age(Piece& piece, const Receipt& received, const Receipt& now) {
    piece.received_us = steady_us(received.steady_ns);
    counters_.received_to_encoded.observe_ns(now.steady_ns - received.steady_ns);
  }

  [[nodiscard]] const std::string& epoch() const { return epoch_; }

 private:
  char* begin(const Format& format, std::uint32_t payload_bytes_max) {
    const Framing& framing = format.framing;
    return pool_.reserve(payload_bytes_max + framing.bytes_max()) + framing.before();
  }
  Piece finish(const Format& format, char* payload, const char* end) {
    const auto size = static_cast<std::uint32_t>(end - payload);
    counters_.encoded_frames.add();
    return pool_.commit(format.framing.enclose(payload - format.framing.before(), size));
  }

  SlabPool& pool_;
  const std::string epoch_;
  ShardCounters& counters_;
};

}  // namespace ticker
