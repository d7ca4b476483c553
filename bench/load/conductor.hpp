// Conducts a run: starts the threads, says when counting begins and ends, gathers what they hand
// over, tells how it goes. On the main thread; never touches a client or its socket.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "bench/load/options.hpp"
#include "bench/load/outcome.hpp"
#include "bench/load/server_watch.hpp"

namespace ticker::load {

/// Runs it all, between `watch.begin()` and `watch.end()`. Throws std::system_error when the system
/// grants no epoll or thread.
[[nodiscard]] std::unique_ptr<Outcome> conduct(const Options& options,
                                               const std::vector<std::string>& names,
                                               ServerWatch& watch);

}  // namespace ticker::load
