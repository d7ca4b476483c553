// Stands before glibc's allocator; the names with two underscores are its own.
#include "tests/steady/counting_allocator.hpp"

#include <malloc.h>

#include <cerrno>
#include <cstddef>

extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);
void __libc_free(void*);

static bool counts() {
  using namespace ticker::steady;
  return is_counted && counting.load(std::memory_order_relaxed);
}
static std::int64_t cost_of(void* memory) {
  if (memory == nullptr) return 0;
  return static_cast<std::int64_t>(malloc_usable_size(memory) + sizeof(std::size_t));
}
static void* taken(void* memory) {
  using namespace ticker::steady;
  if (counts()) {
    allocations.fetch_add(1, std::memory_order_relaxed);
    held_bytes.fetch_add(cost_of(memory), std::memory_order_relaxed);
  }
  return memory;
}
static void given_back(void* memory) {
  if (counts()) ticker::steady::held_bytes.fetch_sub(cost_of(memory), std::memory_order_relaxed);
}

void* malloc(std::size_t bytes) { return taken(__libc_malloc(bytes)); }
void* calloc(std::size_t items, std::size_t bytes) { return taken(__libc_calloc(items, bytes)); }
void* realloc(void* memory, std::size_t bytes) {
  given_back(memory);
  return taken(__libc_realloc(memory, bytes));
}
void* aligned_alloc(std::size_t alignment, std::size_t bytes) {
  return taken(__libc_memalign(alignment, bytes));
}
int posix_memalign(void** memory, std::size_t alignment, std::size_t bytes) {
  *memory = taken(__libc_memalign(alignment, bytes));
  return *memory == nullptr ? ENOMEM : 0;
}
void free(void* memory) {
  given_back(memory);
  __libc_free(memory);
}
}
