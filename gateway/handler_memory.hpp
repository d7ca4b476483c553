// Memory for the pending operations of one object, part of that object: a socket that would block
// again and again, or a timer that is set anew, costs no allocation. Not thread-safe. Shape of the
// allocator: Asio's «custom allocation».
#pragma once

#include <array>
#include <cstddef>
#include <new>

namespace ticker {

/// `rooms`: how many operations may be pending at a time; what does not fit is allocated.
template <std::size_t rooms = 1>
class HandlerMemory {
 public:
  HandlerMemory() = default;
  HandlerMemory(const HandlerMemory&) = delete;
  HandlerMemory& operator=(const HandlerMemory&) = delete;

  void* take(std::size_t bytes) {
    for (Room& room : rooms_) {
      if (room.taken || bytes > room.bytes.size()) continue;
      room.taken = true;
      return room.bytes.data();
    }
    return ::operator new(bytes);
  }
  void give(void* memory) {
    for (Room& room : rooms_) {
      if (memory != room.bytes.data()) continue;
      room.taken = false;
      return;
    }
    ::operator delete(memory);
  }

 private:
  struct Room {
    alignas(std::max_align_t) std::array<std::byte, 192> bytes;
    bool taken = false;
  };
  std::array<Room, rooms> rooms_;
};

/// Hands out a `HandlerMemory`, which must outlive the operation.
template <typename T, typename Memory>
class HandlerAllocator {
 public:
  using value_type = T;
  template <typename Other>
  struct rebind {
    using other = HandlerAllocator<Other, Memory>;
  };

  explicit HandlerAllocator(Memory& memory) : memory_(&memory) {}
  template <typename Other>
  HandlerAllocator(const HandlerAllocator<Other, Memory>& other) : memory_(other.memory_) {}

  T* allocate(std::size_t count) { return static_cast<T*>(memory_->take(count * sizeof(T))); }
  void deallocate(T* memory, std::size_t) { memory_->give(memory); }
  bool operator==(const HandlerAllocator&) const = default;

 private:
  template <typename, typename>
  friend class HandlerAllocator;
  Memory* memory_;
};

template <typename Memory>
HandlerAllocator<char, Memory> allocator_of(Memory& memory) {
  return HandlerAllocator<char, Memory>(memory);
}

}  // namespace ticker
