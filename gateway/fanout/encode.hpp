// Event → WebSocket frame bytes, once for all clients: payload and header lie ready in a slab.
// Owned by one shard thread. The only room that writes into slabs.
#pragma once

#include <string>
#include <string_view>

#include "gateway/fanout/slab.hpp"
#include "gateway/protocol/message.hpp"

namespace ticker {

/// The low 32 bits of a steady time in microseconds, as pieces carry it.
constexpr std::uint32_t steady_us(std::int64_t steady_ns) {
  return static_cast<std::uint32_t>(steady_ns / 1'000);
}

class Encoder {
 public:
  // A trade is a frame of the ledger; whether another piece is one is set by whoever queues it.

  /// `epoch` names the market that numbers the instruments.
  Encoder(SlabPool& pool, std::string epoch, ShardCounters& counters)
      : pool_(pool), epoch_(std::move(epoch)), counters_(counters) {}

  /// `age_counts`: it was made as soon as its data came, so its age is worth measuring.
  Piece delta(std::string_view symbol, const Event& state, const DeltaHead& head, bool age_counts,
              const Receipt& now);
  Piece trade(std::string_view symbol, const Event& event, bool age_counts, const Receipt& now);
  /// As it is now, the fields of `mask`.
  Piece snapshot(std::string_view symbol, const Event& state, FieldMask mask, Resumed resumed,
                 const Receipt& now);
  Piece gap(std::string_view symbol, std::uint64_t from, std::uint64_t to, std::uint64_t lost,
            Reason reason);
  /// `Trades`: indexable past trades (Event), oldest first.
  template <typename Trades>
  Piece trades_snapshot(std::string_view symbol, std::uint64_t seq, const Trades& trades,
                        Resumed resumed, const Receipt& now) {
    const auto count = static_cast<std::uint32_t>(trades.size());
    char* const payload = begin(trades_snapshot_bytes_max(count));
    char* out = write_trades_head(payload, symbol, epoch_, seq, resumed);
    for (std::uint32_t i = 0; i < count; ++i) out = write_past_trade(out, trades[i], i == 0);
    return finish(payload, write_trades_tail(out, now.wall_us));
  }
  /// A control message, ready as text.
  Piece text(std::string_view json);
  /// Bytes that are framed already, or need no frame (what Beast writes). At most a slab.
  Piece raw(std::string_view bytes);

  [[nodiscard]] const std::string& epoch() const { return epoch_; }

 private:
  char* begin(std::uint32_t payload_bytes_max);
  Piece finish(char* payload, char* end);
  void note_age(Piece& piece, const Receipt& received, const Receipt& now);

  SlabPool& pool_;
  const std::string epoch_;
  ShardCounters& counters_;
};

}  // namespace ticker
