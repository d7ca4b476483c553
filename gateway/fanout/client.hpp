// One client of a shard, as the fan-out knows it. Plain data; lives in `Clients`.
#pragma once

#include <cstdint>
#include <string>

#include "gateway/base/close_reason.hpp"
#include "gateway/fanout/outbox.hpp"
#include "gateway/protocol/format.hpp"
#include "gateway/protocol/shape.hpp"

namespace ticker {

/// A client's way to its socket, as the core sees it.
class ClientHandle {
 public:
  virtual ~ClientHandle() = default;
  virtual Outbox& outbox() = 0;
  /// Offers the queue to the socket once: consumes what it takes; marks the outbox blocked if that
  /// was not all.
  virtual void flush() = 0;
  /// Ends the client. Not called again; `remove_client` follows, at once or later.
  virtual void close(CloseReason reason) = 0;
};

/// Names a client; the generation tells a new client from an old one in the same slot.
struct ClientId {
  std::uint32_t slot = 0;
  std::uint32_t generation = 0;
};

struct Client {
  ClientHandle* handle = nullptr;  // null: the slot is free
  Outbox* outbox = nullptr;
  bool told_conflating = false;
  bool told_widened = false;
  bool closing = false;
  bool watched = false;  // stands in the list of those that are looked after
  FormatId format = 0;
  std::uint32_t generation = 0;
  std::uint32_t subscriptions = 0;
  Ledger settled;  // what the shard's ledger knows of already
  std::uint64_t progress_bytes = 0;
  std::int64_t progress_ns = 0;
  std::string connection;  // its name, for logs
};

// Ten thousand of them are walked each turn.
static_assert(sizeof(Client) <= 128);

}  // namespace ticker
