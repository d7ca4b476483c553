#include "tests/fuzz/placed_frame.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>

#include "feeds/contract/adapter.hpp"
#include "tests/fuzz/expect.hpp"

namespace ticker::fuzz {
namespace {

constexpr std::size_t padding_bytes = feeds::Adapter::padding_bytes;

// Each could go on where a frame was cut: a string, a number, a container, a word.
constexpr std::string_view fillers[] = {
    "\"}]}",  "\"\"\"\"",      "0123456789.e-+", "}}}}]]]]",
    "{[{[\"", ",\"s\":\"X\"}", "true,null",      std::string_view("\0 \n\t\\\xff\xf0", 7)};

void fill(char* out, std::string_view frame, Padding padding) {
  std::uint64_t hash = 14695981039346656037U;  // FNV-1a
  for (const char c : frame) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  const std::string_view filler = fillers[(hash >> 32) % std::size(fillers)];
  for (std::size_t i = 0; i < padding_bytes; ++i) {
    const char byte = filler[(i + hash) % filler.size()];
    // `}` for `"`, `z` for `{`: whatever it is, it is another one.
    out[i] = padding == Padding::one ? byte : (byte == '}' ? '"' : '}');
  }
}

}  // namespace

HeapFrame::HeapFrame(std::string_view frame, Padding padding)
    : size_(frame.size()), bytes_(new char[frame.size() + padding_bytes]) {
  frame.copy(bytes_.get(), frame.size());
  fill(bytes_.get() + frame.size(), frame, padding);
}

GuardedFrame::~GuardedFrame() { release(); }

void GuardedFrame::release() {
  if (map_ != nullptr) ::munmap(map_, room_bytes_ + static_cast<std::size_t>(::getpagesize()));
  map_ = nullptr;
}

std::string_view GuardedFrame::place(std::string_view frame, Padding padding) {
  const auto page_bytes = static_cast<std::size_t>(::getpagesize());
  const std::size_t needed_bytes = frame.size() + padding_bytes;
  if (map_ == nullptr || needed_bytes > room_bytes_) {
    release();
    room_bytes_ = (needed_bytes / page_bytes + 1) * page_bytes * 2;
    void* const map = ::mmap(nullptr, room_bytes_ + page_bytes, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    expect(map != MAP_FAILED, "there is memory for a frame");
    map_ = static_cast<char*>(map);
    expect(::mprotect(map_ + room_bytes_, page_bytes, PROT_NONE) == 0, "a page can be closed");
  }
  char* const begin = map_ + room_bytes_ - needed_bytes;
  frame.copy(begin, frame.size());
  fill(begin + frame.size(), frame, padding);
  return {begin, frame.size()};
}

}  // namespace ticker::fuzz
