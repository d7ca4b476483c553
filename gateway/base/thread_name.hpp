// Names of threads, as tools for operations show them (top -H, perf). By each thread for itself.
#pragma once

#include <pthread.h>

#include <string>

namespace ticker {

/// Names the calling thread; the system keeps the first 15 characters.
inline void name_thread(std::string name) {
  constexpr std::size_t length_max = 15;
  if (name.size() > length_max) name.resize(length_max);
  ::pthread_setname_np(::pthread_self(), name.c_str());
}

}  // namespace ticker
