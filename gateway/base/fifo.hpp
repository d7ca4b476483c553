// A ring buffer that grows by doubling and keeps its room: no allocation in steady state. Not
// thread-safe.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace ticker {

template <typename T>
class Fifo {
 public:
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::size_t size() const { return size_; }
  T& operator[](std::size_t i) { return items_[(head_ + i) & (room_ - 1)]; }
  const T& operator[](std::size_t i) const { return items_[(head_ + i) & (room_ - 1)]; }
  T& front() { return (*this)[0]; }
  [[nodiscard]] const T& front() const { return (*this)[0]; }
  T& back() { return (*this)[size_ - 1]; }
  [[nodiscard]] const T& back() const { return (*this)[size_ - 1]; }
  void push_back(const T& item) {
    if (size_ == room_) grow();
    ++size_;
    back() = item;
  }
  void pop_front() {
    assert(size_ > 0);
    head_ = (head_ + 1) & (room_ - 1);
    --size_;
  }
  void pop_back() {
    assert(size_ > 0);
    --size_;
  }
  void clear() { head_ = size_ = 0; }

 private:
  static constexpr std::uint32_t first_room = 4;  // few clients ever need more

  void grow() {
    const std::uint32_t room = room_ == 0 ? first_room : room_ * 2;
    auto items = std::make_unique<T[]>(room);
    for (std::size_t i = 0; i < size_; ++i) items[i] = (*this)[i];
    items_ = std::move(items);
    room_ = room;
    head_ = 0;
  }

  std::unique_ptr<T[]> items_;
  std::uint32_t room_ = 0;
  std::uint32_t head_ = 0;
  std::uint32_t size_ = 0;
};

}  // namespace ticker
