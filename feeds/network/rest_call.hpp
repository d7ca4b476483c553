// One REST request over a line of its own. Internal to `network`.
#pragma once

#include <functional>
#include <memory>

#include "feeds/contract/wire.hpp"
#include "feeds/network/line.hpp"

namespace ticker::feeds {

class RestCall {
 public:
  virtual ~RestCall() = default;
  /// Closes it; nobody is told.
  virtual void abandon() = 0;
};

/// Begins it; its pending operations keep it alive.
[[nodiscard]] std::weak_ptr<RestCall> start_rest_call(Executor executor,
                                                      std::shared_ptr<Trust> trust,
                                                      const Endpoint& endpoint,
                                                      std::chrono::milliseconds timeout,
                                                      std::function<void(const Answer&)> done);

}  // namespace ticker::feeds
