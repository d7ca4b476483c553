// HTTP for operations, on a port and thread of its own: /metrics /healthz /readyz /v1/status.
// Never touches the data path: metrics are read from counters, the status is asked from threads by
// posting.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "gateway/base/address.hpp"

namespace ticker {

/// What the admin room may ask; all are called on the admin thread.
struct AdminSources {
  std::function<std::string()> metrics;  // Prometheus text format 0.0.4
  std::function<std::string()> status;   // JSON object
  std::function<bool()> ready;           // an instrument is known
};

class Admin {
 public:
  /// Binds at once; throws std::system_error when the address is in use or not ours.
  Admin(const Address& address, AdminSources sources);
  ~Admin();  // stops and joins

  /// The port in use (interesting when 0 was asked for).
  [[nodiscard]] std::uint16_t port() const;
  void start();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ticker
