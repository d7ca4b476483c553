// Reads what the load client needs from a message without parsing it: kind, symbol, numbers, times.
// The fast way expects the keys in the order in which the gateway writes them; anything else takes
// the slow way, which finds keys anywhere, so a different server is measured too, only slower.
// Pure functions; `padding_bytes` behind a message must be readable.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace ticker::load {

static_assert(std::endian::native == std::endian::little, "words are read as text");

enum class Kind : std::uint8_t { delta, snapshot, trade, other };

struct Delta {
  std::uint64_t name_hash = 0;
  std::uint64_t seq = 0;
  std::uint64_t prev = 0;
  std::uint64_t merged = 1;  // changes that the frame folds
  std::int64_t recv_us = 0;  // 0: not told
  std::int64_t sent_us = 0;
};

struct Snapshot {
  std::uint64_t name_hash = 0;
  std::uint64_t epoch_hash = 0;
  std::uint64_t seq = 0;
  std::int64_t recv_us = 0;  // 0: not told
  std::int64_t sent_us = 0;
};

namespace words {

inline std::uint64_t load(const char* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  return word;
}
/// The lowest set bit is that of the first quote among the eight bytes.
inline std::uint64_t quotes(std::uint64_t word) {
  const std::uint64_t x = word ^ 0x2222222222222222ULL;
  return (x - 0x0101010101010101ULL) & ~x & 0x8080808080808080ULL;
}
inline std::uint64_t mix(std::uint64_t hash, std::uint64_t word) {
  const std::uint64_t product = (hash ^ word) * 0x9E3779B97F4A7C15ULL;
  return product ^ product >> 32U;
}
inline bool all_digits(std::uint64_t word) {
  constexpr std::uint64_t high = 0xF0F0F0F0F0F0F0F0ULL;
  constexpr std::uint64_t zeros = 0x3030303030303030ULL;
  return (word & high) == zeros && ((word + 0x0606060606060606ULL) & high) == zeros;
}
/// Eight digits at once: pairs, then fours, then all.
inline std::uint64_t eight_digits(std::uint64_t word) {
  word -= 0x3030303030303030ULL;
  word = word * 10 + (word >> 8U);
  return ((word & 0x000000FF000000FFULL) * 0x000F424000000064ULL +
          (word >> 16U & 0x000000FF000000FFULL) * 0x0000271000000001ULL) >>
         32U;
}

}  // namespace words

/// Hashes the text from `at` up to its closing quote and leaves `at` on that quote; false when
/// there is none before `end`.
inline bool hash_text(const char*& at, const char* end, std::uint64_t& hash) {
  hash = 0x243F6A8885A308D3ULL;
  for (; at < end; at += 8) {
    const std::uint64_t word = words::load(at);
    const std::uint64_t found = words::quotes(word);
    if (found != 0) {
      const auto bits = static_cast<unsigned>(std::countr_zero(found)) & ~7U;
      at += bits / 8;
      hash = words::mix(words::mix(hash, word & ((std::uint64_t{1} << bits) - 1)), bits);
      return at < end;
    }
    hash = words::mix(hash, word);
  }
  return false;
}

/// The hash that `hash_text` gives a symbol in a message.
[[nodiscard]] std::uint64_t hash_name(std::string_view name);

/// Steps over `expected`; false when something else is there.
template <std::size_t N>
bool step_over(const char*& at, const char (&expected)[N]) {
  if (std::memcmp(at, expected, N - 1) != 0) return false;
  at += N - 1;
  return true;
}

/// Reads digits until something else comes; false when there is none.
inline bool scan_number(const char*& at, std::uint64_t& out) {
  const char* const begin = at;
  std::uint64_t value = 0;
  for (unsigned digit = 0; (digit = static_cast<unsigned char>(*at) - unsigned{'0'}) <= 9; ++at) {
    value = value * 10 + digit;
  }
  out = value;
  return at != begin;
}

/// Reads 16 digits: microseconds since the epoch, from 2001 to 2286.
inline bool scan_time(const char* at, std::int64_t& out) {
  const std::uint64_t high = words::load(at);
  const std::uint64_t low = words::load(at + 8);
  if (!words::all_digits(high) || !words::all_digits(low)) return false;
  out =
      static_cast<std::int64_t>(words::eight_digits(high) * 100'000'000 + words::eight_digits(low));
  return true;
}

/// Length of `,"recv_ts":<16>,"sent_ts":<16>}`, the end of every message that carries data.
inline constexpr std::size_t times_bytes = 55;

/// Reads both times from the end of a message, scanning from its last byte.
inline bool scan_times(std::string_view message, std::int64_t& recv_us, std::int64_t& sent_us) {
  if (message.size() < times_bytes || message.back() != '}') return false;
  const char* const at = message.data() + message.size() - times_bytes;
  return std::memcmp(at, ",\"recv_ts\":", 11) == 0 &&
         std::memcmp(at + 27, ",\"sent_ts\":", 11) == 0 && scan_time(at + 11, recv_us) &&
         scan_time(at + 38, sent_us);
}

/// The slow ways: keys in any order.
[[nodiscard]] Kind classify_anywhere(std::string_view message);
[[nodiscard]] bool scan_anywhere(std::string_view message, Delta& out);
[[nodiscard]] bool scan_anywhere(std::string_view message, Snapshot& out);
/// `"merged"` of a delta, 1 when absent.
[[nodiscard]] std::uint64_t scan_merged(std::string_view message);

/// Of `snapshot` only those of the ticker channel; others are `other`.
inline Kind classify(std::string_view message) {
  constexpr std::string_view delta = R"({"type":"delta",)";
  if (message.substr(0, delta.size()) == delta) [[likely]]
    return Kind::delta;
  return classify_anywhere(message);
}

inline bool scan(std::string_view message, Delta& out) {
  const char* at = message.data();
  const char* const end = at + message.size();
  const bool fast =
      message.size() > 2 * times_bytes && step_over(at, R"({"type":"delta","symbol":")") &&
      hash_text(at, end - times_bytes, out.name_hash) && step_over(at, R"(","seq":)") &&
      scan_number(at, out.seq) && step_over(at, R"(,"prev":)") && scan_number(at, out.prev) &&
      scan_times(message, out.recv_us, out.sent_us);
  if (!fast) [[unlikely]]
    return scan_anywhere(message, out);
  // A frame that steps by one folds nothing: no need to look.
  out.merged = out.seq - out.prev == 1 ? 1 : scan_merged(message);
  return true;
}

inline bool scan(std::string_view message, Snapshot& out) {
  const char* at = message.data();
  const char* const end = at + message.size();
  const bool fast =
      message.size() > 2 * times_bytes &&
      step_over(at, R"({"type":"snapshot","channel":"ticker","symbol":")") &&
      hash_text(at, end - times_bytes, out.name_hash) && step_over(at, R"(","epoch":")") &&
      hash_text(at, end - times_bytes, out.epoch_hash) && step_over(at, R"(","seq":)") &&
      scan_number(at, out.seq) && scan_times(message, out.recv_us, out.sent_us);
  return fast || scan_anywhere(message, out);
}

}  // namespace ticker::load
