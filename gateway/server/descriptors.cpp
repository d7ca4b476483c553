#include "gateway/server/descriptors.hpp"

#include <sys/resource.h>

#include <algorithm>

namespace ticker {

std::uint32_t allow_connections(std::uint32_t connections_max) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return connections_max;
  const rlim_t wanted = rlim_t{connections_max} + descriptors_reserved;
  if (limit.rlim_cur < wanted) {
    limit.rlim_cur = std::min(wanted, limit.rlim_max);
    ::setrlimit(RLIMIT_NOFILE, &limit);
    ::getrlimit(RLIMIT_NOFILE, &limit);
  }
  if (limit.rlim_cur >= wanted) return connections_max;
  const rlim_t room =
      limit.rlim_cur > descriptors_reserved ? limit.rlim_cur - descriptors_reserved : 1;
  return static_cast<std::uint32_t>(room);
}

}  // namespace ticker
