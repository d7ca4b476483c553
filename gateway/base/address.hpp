// A TCP address to listen on. A plain value.
#pragma once

#include <cstdint>
#include <string>

namespace ticker {

/// Port 0 lets the system pick.
struct Address {
  std::string host;
  std::uint16_t port = 0;
};

/// `host:port`, an IPv6 address in brackets.
[[nodiscard]] inline std::string text_of(const Address& address) {
  const bool v6 = address.host.find(':') != std::string::npos;
  return (v6 ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}

}  // namespace ticker
