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

struct Trade {
  std::uint64_t name_hash = 0;
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
inline constexpr std::uint64_t zeros = 0x3030303030303030ULL;
/// The lowest set bit is in the first byte that is not a digit.
inline std::uint64_t not_digits(std::uint64_t word) {
  constexpr std::uint64_t high = 0xF0F0F0F0F0F0F0F0ULL;
  return ((word & high) ^ zeros) | (((word + 0x0606060606060606ULL) & high) ^ zeros);
}
/// Eight digits at once: pairs, then fours, then all.
inline std::uint64_t eight_digits(std::uint64_t word) {
  word -= zeros;
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

/// Is `expected` what stands at `at`? Whole words, the last two overlapping: no call to memcmp.
template <std::size_t N>
bool stands_at(const char* at, const char (&expected)[N]) {
  constexpr std::size_t size = N - 1;
  static_assert(size >= 8);
  std::uint64_t differs = words::load(at + size - 8) ^ words::load(expected + size - 8);
  for (std::size_t i = 0; i + 8 < size; i += 8) {
    differs |= words::load(at + i) ^ words::load(expected + i);
  }
  return differs == 0;
}

/// Steps over `expected`; false when something else is there.
template <std::size_t N>
bool step_over(const char*& at, const char (&expected)[N]) {
  if (!stands_at(at, expected)) return false;
  at += N - 1;
  return true;
}

/// Reads digits until something else comes, also beyond eight of them; false when there is none.
[[nodiscard]] bool scan_long_number(const char*& at, std::uint64_t& out);
inline bool scan_number(const char*& at, std::uint64_t& out) {
  const std::uint64_t word = words::load(at);
  const std::uint64_t others = words::not_digits(word);
  if (others == 0 || (others & 0xFFU) != 0) return scan_long_number(at, out);
  const auto bits = static_cast<unsigned>(std::countr_zero(others)) & ~7U;
  // Zeros go before the digits until there are eight.
  out = words::eight_digits(word << (64U - bits) | words::zeros >> bits);
  at += bits / 8;
  return true;
}

/// Reads 16 digits: microseconds since the epoch, from 2001 to 2286.
inline bool scan_time(const char* at, std::int64_t& out) {
  const std::uint64_t high = words::load(at);
  const std::uint64_t low = words::load(at + 8);
  if ((words::not_digits(high) | words::not_digits(low)) != 0) return false;
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
  return stands_at(at, R"(,"recv_ts":)") && stands_at(at + 27, R"(,"sent_ts":)") &&
         scan_time(at + 11, recv_us) && scan_time(at + 38, sent_us);
}

/// The slow ways: keys in any order.
[[nodiscard]] Kind classify_anywhere(std::string_view message);
[[nodiscard]] bool scan_anywhere(std::string_view message, Delta& out);
[[nodiscard]] bool scan_anywhere(std::string_view message, Snapshot& out);
[[nodiscard]] bool scan_anywhere(std::string_view message, Trade& out);
/// `"merged"` of a delta, 1 when absent.
[[nodiscard]] std::uint64_t scan_merged(std::string_view message);

/// Of `snapshot` only those of the ticker channel; others are `other`.
inline Kind classify(std::string_view message) {
  if (stands_at(message.data(), R"({"type":"delta",)")) [[likely]]
    return Kind::delta;
  if (stands_at(message.data(), R"({"type":"trade",)")) return Kind::trade;
  if (stands_at(message.data(), R"({"type":"snapshot","channel":"ticker")")) return Kind::snapshot;
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

inline bool scan(std::string_view message, Trade& out) {
  const char* at = message.data();
  const char* const end = at + message.size();
  const bool fast =
      message.size() > 2 * times_bytes && step_over(at, R"({"type":"trade","symbol":")") &&
      hash_text(at, end - times_bytes, out.name_hash) && step_over(at, R"(","seq":)") &&
      scan_number(at, out.seq) && scan_times(message, out.recv_us, out.sent_us);
  return fast || scan_anywhere(message, out);
}

}  // namespace ticker::load
