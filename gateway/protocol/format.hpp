// A format: the language of messages and the frames they go in, under the name by which clients ask
// for it. Values; a new format is a row of this table and what it is made of.
#pragma once

#include <span>
#include <string_view>

#include "gateway/protocol/framing.hpp"
#include "gateway/protocol/messages.hpp"

namespace ticker {

struct Format {
  std::string_view name;  // subprotocol of the WebSocket
  const Messages& messages;
  const Framing& framing;
};

using Formats = std::span<const Format>;

/// Those of the product; the first is what a client gets that does not choose.
[[nodiscard]] Formats formats();

}  // namespace ticker
