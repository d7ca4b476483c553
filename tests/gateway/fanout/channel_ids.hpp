// The channels of the product by their places in the table, for tests.
#pragma once

#include "gateway/fanout/channel.hpp"

namespace ticker {

inline constexpr ChannelId ticker_id = 0;
inline constexpr ChannelId trades_id = 1;

/// As the parser of requests is given them.
inline std::vector<ChannelTraits> traits_of_all() {
  std::vector<ChannelTraits> all;
  for (const Channel* channel : channels()) all.push_back(channel->traits());
  return all;
}

}  // namespace ticker
