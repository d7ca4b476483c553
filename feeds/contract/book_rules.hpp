// How a venue's books are kept right: which numbers and sums its updates carry. Told by its
// adapter, followed by book_sync. Plain values.
#pragma once

#include <cstddef>
#include <cstdint>

namespace ticker::feeds {

struct BookRules {
  /// What the numbers of updates say.
  /// `none`: there are none. `range`: an update covers `first`..`last`, each follows on the one
  /// before; a snapshot has `last` (Binance). `chain`: an update names the one before it,
  /// `previous`; numbers may jump, and go back after a restart (OKX). `step`: `last` rises by 1 an
  /// update; 1 stands for a restart (Bybit).
  enum class Sequence : std::uint8_t { none, range, chain, step };
  /// `kraken`: CRC32 over the digits of the ten best prices. `okx`: CRC32 over the 25 best.
  enum class Checksum : std::uint8_t { none, kraken, okx };

  Sequence sequence = Sequence::none;
  Checksum checksum = Checksum::none;
  // Prices a side that the venue itself keeps: what lies beyond after an update is gone, and told
  // again if it comes back. 0: the venue keeps all.
  std::size_t depth = 0;
  // The snapshot is the answer to a request (REST): updates are kept until it comes.
  bool snapshot_by_request = false;
};

}  // namespace ticker::feeds
