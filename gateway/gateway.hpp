// The process put together: table of contents, start order, stop order. Lives on the main thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "gateway/config/config.hpp"

namespace ticker {

class Gateway {
 public:
  /// Binds all ports and makes all rooms; throws std::exception with one line for people if it
  /// cannot.
  explicit Gateway(const Config& config);
  ~Gateway();

  /// Starts the threads: shards, then admin, then feeds.
  void start();
  /// Says goodbye to clients and joins all threads, in well under a second.
  void stop();

  [[nodiscard]] std::string client_address() const;
  [[nodiscard]] std::string admin_address() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ticker
