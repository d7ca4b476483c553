// The routes for operations: /metrics /healthz /readyz /v1/status. Run on the admin thread and
// never touch the data path: metrics are read from counters, the status is asked from threads by
// posting.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "gateway/http/routes.hpp"

namespace ticker {

/// What the admin routes may ask; all are called on the admin thread.
struct AdminSources {
  std::function<std::string()> metrics;  // Prometheus text format 0.0.4
  std::function<std::string()> status;   // JSON object
  std::function<bool()> ready;           // an instrument is known
};

[[nodiscard]] Routes admin_routes(AdminSources sources);

/// Headers of every answer on the admin port.
[[nodiscard]] std::span<const HttpHeader> admin_headers();

}  // namespace ticker
