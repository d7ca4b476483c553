// A client whose socket is none: takes as many bytes as it was told to, then blocks. Tests of the
// shard core; one thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>

#include "gateway/fanout/shard_core.hpp"

namespace ticker {

class FakeClient final : public ClientHandle {
 public:
  static constexpr std::uint64_t endless = std::numeric_limits<std::uint64_t>::max();

  FakeClient(SlabPool& pool, const Limits& limits,
             const Framing& framing = formats().front().framing)
      : outbox_(pool, limits, framing) {}

  Outbox& outbox() override { return outbox_; }

  void flush() override {
    ++flushes;
    if (on_flush) on_flush();
    while (!outbox_.empty() && room > 0) {
      const std::string_view bytes = outbox_.bytes_at(0);
      const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(room, bytes.size()));
      taken_bytes += count;
      if (keep) received.append(bytes.substr(0, count));
      last_bytes = bytes.data();
      outbox_.consume(count);
      if (room != endless) room -= count;
    }
    if (!outbox_.empty()) outbox_.set_blocked(true);
  }

  void close(CloseReason reason) override { closed = reason; }

  std::uint64_t room = endless;  // bytes that it takes before it blocks
  bool keep = true;              // what it took
  std::string received;          // not looked at yet
  std::uint64_t taken_bytes = 0;
  std::uint64_t flushes = 0;
  std::function<void()> on_flush;
  const char* last_bytes = nullptr;  // where the last piece lay: shared pieces lie at one place
  std::optional<CloseReason> closed;

 private:
  Outbox outbox_;
};

}  // namespace ticker
