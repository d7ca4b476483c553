// Names to addresses. The system's resolver blocks, for half a minute if it must, so each lookup
// has a thread of its own: a name server that is mute delays nobody else and no end of the process.
// Called on the feed thread; that thread alone sees the result.
#pragma once

#include <string>
#include <vector>

#include "feeds/asio/net.hpp"

namespace ticker::feeds {

inline constexpr int lookups_max = 32;  // under way in the process

struct Addresses {
  std::vector<tcp::endpoint> found;
  std::string error;  // where nothing was found
};

/// `host` may be an address, `port` is a number.
[[nodiscard]] Awaitable<Addresses> look_up(Executor executor, std::string host, std::string port);

}  // namespace ticker::feeds
