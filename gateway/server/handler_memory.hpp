// Memory for pending operations that come again and again: a socket that would block, a timer that
// is set anew. Blocks that come back are kept for the next one, so there is no allocation once as
// many exist as are ever pending at a time, and none lies with a socket that waits for nothing. Not
// thread-safe. Shape of the allocator: Asio's «custom allocation».
#pragma once

#include <cstddef>
#include <new>
#include <utility>

namespace ticker {

/// Must outlive the operations that it is used for.
class HandlerMemory {
 public:
  static constexpr std::size_t block_bytes = 192;  // larger ones are allocated each time

  HandlerMemory() = default;
  HandlerMemory(const HandlerMemory&) = delete;
  HandlerMemory& operator=(const HandlerMemory&) = delete;
  ~HandlerMemory() {
    while (free_ != nullptr) ::operator delete(std::exchange(free_, free_->next));
  }

  void* take(std::size_t bytes) {
    if (bytes > block_bytes) return ::operator new(bytes);
    if (free_ == nullptr) return ::operator new(block_bytes);
    return std::exchange(free_, free_->next);
  }
  void give(void* memory, std::size_t bytes) {
    if (bytes > block_bytes) return ::operator delete(memory);
    free_ = ::new (memory) Block{free_};
  }

 private:
  struct Block {
    Block* next;
  };
  Block* free_ = nullptr;
};

/// Hands out a `HandlerMemory`.
template <typename T>
class HandlerAllocator {
 public:
  using value_type = T;

  explicit HandlerAllocator(HandlerMemory& memory) : memory_(&memory) {}
  template <typename Other>
  HandlerAllocator(const HandlerAllocator<Other>& other) : memory_(other.memory_) {}

  T* allocate(std::size_t count) { return static_cast<T*>(memory_->take(count * sizeof(T))); }
  void deallocate(T* memory, std::size_t count) { memory_->give(memory, count * sizeof(T)); }
  bool operator==(const HandlerAllocator&) const = default;

 private:
  template <typename>
  friend class HandlerAllocator;
  HandlerMemory* memory_;
};

inline HandlerAllocator<char> allocator_of(HandlerMemory& memory) {
  return HandlerAllocator<char>(memory);
}

}  // namespace ticker
