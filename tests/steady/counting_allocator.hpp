// Counts allocations of threads that ask for it, whoever makes them: operator new, Asio, the C
// library.
#pragma once

#include <atomic>
#include <cstdint>

namespace ticker::steady {

inline thread_local bool is_counted = false;  // this thread's allocations count
inline std::atomic<bool> counting{false};     // they do now
inline std::atomic<std::uint64_t> allocations{0};
inline std::atomic<std::int64_t> held_bytes{0};  // not given back

}  // namespace ticker::steady
