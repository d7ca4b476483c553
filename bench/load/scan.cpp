// The slow ways of scan.hpp: keys in any order, white space after colons allowed.
#include "bench/load/scan.hpp"

#include <algorithm>
#include <string>

#include "bench/load/frame_stream.hpp"

namespace ticker::load {

namespace {

/// The text behind `"key":`, white space skipped; empty when the key is not there.
std::string_view value_of(std::string_view message, std::string_view quoted_key) {
  for (std::size_t at = 0; (at = message.find(quoted_key, at)) != std::string_view::npos;) {
    at += quoted_key.size();
    std::string_view rest = message.substr(at);
    const auto skip_space = [&rest] {
      rest.remove_prefix(std::min(rest.find_first_not_of(" \t\r\n"), rest.size()));
    };
    skip_space();
    if (!rest.starts_with(':')) continue;  // the same word as a value
    rest.remove_prefix(1);
    skip_space();
    return rest;
  }
  return {};
}

bool number_of(std::string_view message, std::string_view quoted_key, std::uint64_t& out) {
  const std::string_view value = value_of(message, quoted_key);
  const char* at = value.data();
  return !value.empty() && scan_number(at, out);
}

bool hash_of(std::string_view message, std::string_view quoted_key, std::uint64_t& out) {
  std::string_view value = value_of(message, quoted_key);
  if (!value.starts_with('"')) return false;
  const char* at = value.data() + 1;
  return hash_text(at, value.data() + value.size(), out);
}

std::int64_t time_of(std::string_view message, std::string_view quoted_key) {
  std::uint64_t value = 0;
  return number_of(message, quoted_key, value) ? static_cast<std::int64_t>(value) : 0;
}

}  // namespace

bool scan_long_number(const char*& at, std::uint64_t& out) {
  const char* const begin = at;
  std::uint64_t value = 0;
  for (unsigned digit = 0; (digit = static_cast<unsigned char>(*at) - unsigned{'0'}) <= 9; ++at) {
    value = value * 10 + digit;
  }
  out = value;
  return at != begin;
}

std::uint64_t hash_name(std::string_view name) {
  std::string padded(name);
  padded += '"';
  const std::size_t size = padded.size();
  padded.append(padding_bytes, '\0');
  const char* at = padded.data();
  std::uint64_t hash = 0;
  [[maybe_unused]] const bool closed = hash_text(at, at + size, hash);
  return hash;
}

Kind classify_anywhere(std::string_view message) {
  const std::string_view type = value_of(message, R"("type")");
  if (type.starts_with(R"("delta")")) return Kind::delta;
  if (type.starts_with(R"("trade")")) return Kind::trade;
  if (type.starts_with(R"("snapshot")") &&
      value_of(message, R"("channel")").starts_with(R"("ticker")")) {
    return Kind::snapshot;
  }
  return Kind::other;
}

bool scan_anywhere(std::string_view message, Delta& out) {
  out.recv_us = time_of(message, R"("recv_ts")");
  out.sent_us = time_of(message, R"("sent_ts")");
  out.merged = scan_merged(message);
  return hash_of(message, R"("symbol")", out.name_hash) &&
         number_of(message, R"("seq")", out.seq) && number_of(message, R"("prev")", out.prev);
}

bool scan_anywhere(std::string_view message, Snapshot& out) {
  out.recv_us = time_of(message, R"("recv_ts")");
  out.sent_us = time_of(message, R"("sent_ts")");
  out.epoch_hash = 0;
  static_cast<void>(hash_of(message, R"("epoch")", out.epoch_hash));
  return hash_of(message, R"("symbol")", out.name_hash) && number_of(message, R"("seq")", out.seq);
}

bool scan_anywhere(std::string_view message, Trade& out) {
  out.recv_us = time_of(message, R"("recv_ts")");
  out.sent_us = time_of(message, R"("sent_ts")");
  return hash_of(message, R"("symbol")", out.name_hash) && number_of(message, R"("seq")", out.seq);
}

std::uint64_t scan_merged(std::string_view message) {
  std::uint64_t merged = 1;
  return number_of(message, R"("merged")", merged) && merged > 0 ? merged : 1;
}

}  // namespace ticker::load
