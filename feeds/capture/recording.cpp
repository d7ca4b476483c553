#include "feeds/capture/recording.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "feeds/contract/adapter.hpp"

namespace ticker::feeds {
namespace {

constexpr std::string_view space = " \t\r";

bool skip(std::string_view& text, std::string_view expected) {
  if (!text.starts_with(expected)) return false;
  text.remove_prefix(expected.size());
  text.remove_prefix(std::min(text.find_first_not_of(space), text.size()));
  return true;
}

// `"key":` and white space behind it.
bool skip_key(std::string_view& text, std::string_view key) {
  return skip(text, "\"") && skip(text, key) && skip(text, "\"") && skip(text, ":");
}

// A string without escapes: endpoints and directions have none.
bool read_string(std::string_view& text, std::string_view& out) {
  if (!text.starts_with('"')) return false;
  const auto end = text.find('"', 1);
  if (end == std::string_view::npos) return false;
  out = text.substr(1, end - 1);
  text.remove_prefix(end);
  return skip(text, "\"") && out.find('\\') == std::string_view::npos;
}

// Unix seconds with a fraction, to the nearest microsecond, digit by digit: a double would do for
// today's times, but the recorder's doubles left a seventh digit already.
bool read_seconds(std::string_view text_part, std::int64_t& out_us) {
  constexpr std::size_t whole_digits_max = 12;
  const auto point = text_part.find('.');
  const std::string_view whole = text_part.substr(0, point);
  const std::string_view fraction =
      point == std::string_view::npos ? std::string_view{} : text_part.substr(point + 1);
  const auto only_digits = [](std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
  };
  if (!only_digits(whole) || whole.size() > whole_digits_max) return false;
  if (point != std::string_view::npos && !only_digits(fraction)) return false;
  std::int64_t value = 0;
  for (const char c : whole) value = value * 10 + (c - '0');
  for (std::size_t i = 0; i < 6; ++i) {
    value = value * 10 + (i < fraction.size() ? fraction[i] - '0' : 0);
  }
  if (fraction.size() > 6 && fraction[6] >= '5') ++value;
  out_us = value;
  return true;
}

bool read_time(std::string_view& text, std::int64_t& out_us) {
  if (skip(text, "null")) {
    out_us = RecordedLine::no_time;
    return true;
  }
  const std::string_view text_part = text.substr(0, text.find_first_of(", \t"));
  if (!read_seconds(text_part, out_us)) return false;
  return skip(text, text_part);
}

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

}  // namespace

// {"ts":1628952397.523639,"dir":"recv","conn":"wss://…","msg":<wire text>}
// {"ts":null,"dir":"http","conn":"rest","url":"https://…","msg":<wire text>}
RecordedLine read_line(std::string_view line) {
  if (line.size() > Recording::line_bytes_max) return {};
  RecordedLine read;
  std::string_view direction;
  std::string_view text = line.substr(0, line.find_last_not_of(space) + 1);
  if (!skip(text, "{") || !skip_key(text, "ts") || !read_time(text, read.received_us)) return {};
  if (!skip(text, ",") || !skip_key(text, "dir") || !read_string(text, direction)) return {};
  if (!skip(text, ",") || !skip_key(text, "conn") || !read_string(text, read.endpoint)) return {};
  if (!skip(text, ",")) return {};
  if (text.starts_with("\"url\"")) {
    if (!skip_key(text, "url") || !read_string(text, read.url) || !skip(text, ",")) return {};
  }
  if (!skip_key(text, "msg") || !text.ends_with('}')) return {};
  read.frame = text.substr(0, text.size() - 1);
  if (direction == "recv") {
    read.kind = RecordedLine::Kind::received;
  } else if (direction == "http" && !read.url.empty()) {
    read.kind = RecordedLine::Kind::answered;
  } else if (direction == "send" || direction == "http") {
    read.kind = RecordedLine::Kind::other;
  } else {
    return {};
  }
  return read;
}

std::optional<Recording> Recording::load(const std::string& path, std::string& error) {
  const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "rb"));
  if (!file) {
    error = path + ": " + std::strerror(errno);
    return std::nullopt;
  }
  constexpr std::size_t chunk_bytes = 256 * 1024;
  Recording recording;
  std::vector<char>& bytes = recording.bytes_;
  for (std::size_t size = 0;;) {
    bytes.resize(size + chunk_bytes);
    const std::size_t got = std::fread(bytes.data() + size, 1, chunk_bytes, file.get());
    size += got;
    if (std::ferror(file.get()) != 0) {
      error = path + ": " + std::strerror(errno);  // a directory opens, but does not read
      return std::nullopt;
    }
    if (size > file_bytes_max) {
      error = path + ": larger than " + std::to_string(file_bytes_max) + " bytes";
      return std::nullopt;
    }
    if (got == chunk_bytes) continue;
    bytes.resize(size);
    bytes.resize(size + Adapter::padding_bytes);  // zeros
    recording.read_lines({bytes.data(), size});
    return recording;
  }
}

void Recording::read_lines(std::string_view text) {
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    lines_.push_back(read_line(text.substr(0, end)));
    if (lines_.back().kind == RecordedLine::Kind::malformed) {
      ++malformed_;
      if (first_malformed_ == 0) first_malformed_ = lines_.size();
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

}  // namespace ticker::feeds
