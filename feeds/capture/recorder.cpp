#include "feeds/capture/recorder.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>

#include "feeds/capture/recording.hpp"

namespace ticker::feeds {
namespace {

// 1628952397.523639, digit by digit.
std::string seconds_of(std::int64_t wall_us) {
  std::string digits = std::to_string(wall_us);
  if (digits.size() < 7) digits.insert(0, 7 - digits.size(), '0');
  return digits.insert(digits.size() - 6, ".");
}

// URLs are ours or the configuration's; a quote in one would end its string.
void append_string(std::string& line, std::string_view text) {
  for (const char c : text) {
    if (c != '"' && c != '\\' && static_cast<unsigned char>(c) >= ' ') line += c;
  }
}

}  // namespace

Recorder::Recorder(const std::string& path) : file_(std::fopen(path.c_str(), "wb")) {
  if (!file_) throw std::runtime_error(path + ": " + std::strerror(errno));
}

void Recorder::received(std::string_view url, std::string_view frame, const Receipt& at) {
  if (write("recv", url, {}, frame, at)) ++frames_;
}

void Recorder::sent(std::string_view url, std::string_view frame, const Receipt& at) {
  (void)write("send", url, {}, frame, at);
}

void Recorder::answered(std::string_view url, std::string_view body, const Receipt& at) {
  (void)write("http", "rest", url, body, at);
}

// {"ts":1628952397.523639,"dir":"recv","conn":"wss://…","msg":<wire text>}
// A line feed between two tokens of a frame is white space like any other; within a string JSON has
// none.
bool Recorder::write(std::string_view direction, std::string_view conn, std::string_view url,
                     std::string_view text, const Receipt& at) {
  if (full_) return false;
  line_.assign(R"({"ts":)").append(seconds_of(at.wall_us)).append(R"(,"dir":")");
  line_.append(direction).append(R"(","conn":")");
  append_string(line_, conn);
  if (!url.empty()) append_string(line_.append(R"(","url":")"), url);
  line_.append(R"(","msg":)");
  const auto begin = static_cast<std::ptrdiff_t>(line_.size());
  line_.append(text);
  std::replace_if(
      line_.begin() + begin, line_.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  line_ += '}';
  if (line_.size() > Recording::line_bytes_max) {
    ++too_long_;
    return false;
  }
  line_ += '\n';
  full_ = bytes_ + line_.size() > Recording::file_bytes_max ||
          std::fwrite(line_.data(), 1, line_.size(), file_.get()) != line_.size();
  if (!full_) bytes_ += line_.size();
  return !full_;
}

bool Recorder::flush() {
  if (std::fflush(file_.get()) != 0) full_ = true;
  return !full_;
}

}  // namespace ticker::feeds
