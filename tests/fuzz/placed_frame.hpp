// A frame as hostile memory presents it: nothing readable behind its padding, and the padding full
// of bytes that would pass for more of the frame. One thread.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

namespace ticker::fuzz {

/// What lies in the padding; two kinds never agree in any byte.
enum class Padding { one, other };

/// On the heap, in a block that ends with the padding: AddressSanitizer sees every byte beyond.
class HeapFrame {
 public:
  HeapFrame(std::string_view frame, Padding padding);
  [[nodiscard]] std::string_view view() const { return {bytes_.get(), size_}; }

 private:
  const std::size_t size_;
  const std::unique_ptr<char[]> bytes_;
};

/// Before a page that nobody may touch: the processor sees every byte beyond, also where a library
/// without instrumentation reads it. The memory is kept from frame to frame.
class GuardedFrame {
 public:
  GuardedFrame() = default;
  ~GuardedFrame();
  GuardedFrame(const GuardedFrame&) = delete;
  GuardedFrame& operator=(const GuardedFrame&) = delete;

  /// A view that is good until the next call.
  [[nodiscard]] std::string_view place(std::string_view frame, Padding padding);

 private:
  void release();
  char* map_ = nullptr;
  std::size_t room_bytes_ = 0;  // before the guard
};

}  // namespace ticker::fuzz
