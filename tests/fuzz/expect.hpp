// What a fuzz target does with a broken promise: it says which, and ends the process, which is how
// a fuzzer learns of it. One thread; never returns from a failure.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace ticker::fuzz {

/// Aborts unless `holds`; `promise` is the sentence that was broken.
inline void expect(bool holds, const char* promise) {
  if (holds) return;
  std::fprintf(stderr, "broken promise: %s\n", promise);
  std::abort();
}

}  // namespace ticker::fuzz
