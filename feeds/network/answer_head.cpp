#include "feeds/network/answer_head.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

namespace ticker::feeds {
namespace {

constexpr std::size_t printable_bytes_max = 120;
constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

bool read_number(std::string_view text, std::int64_t& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc{} && end == text.data() + text.size() && out >= 0;
}

// Wed, 21 Oct 2015 07:28:00 GMT: the one form that senders must use (RFC 9110, 5.6.7).
bool read_date(std::string_view text, std::int64_t& seconds) {
  if (text.size() != 29 || text.substr(25) != " GMT" || text[3] != ',') return false;
  const auto month = std::ranges::find(months, text.substr(8, 3));
  std::int64_t day = 0, year = 0, hour = 0, minute = 0, second = 0;
  if (month == months.end() || !read_number(text.substr(5, 2), day) ||
      !read_number(text.substr(12, 4), year) || !read_number(text.substr(17, 2), hour) ||
      !read_number(text.substr(20, 2), minute) || !read_number(text.substr(23, 2), second)) {
    return false;
  }
  const std::chrono::year_month_day date{
      std::chrono::year(static_cast<int>(year)),
      std::chrono::month(static_cast<unsigned>(month - months.begin() + 1)),
      std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return false;
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  seconds = ((days * 24 + hour) * 60 + minute) * 60 + second;
  return true;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string line(text.substr(0, printable_bytes_max));
  for (char& c : line) {
    if (c < ' ' || c > '~') c = '?';
  }
  if (text.size() > printable_bytes_max) line += "...";
  return line;
}

std::int64_t read_retry_after(std::string_view value, std::int64_t now_us) {
  std::int64_t seconds = 0;
  if (read_number(value, seconds)) {
    return std::min(seconds, retry_after_max_ms / 1'000) * 1'000;
  }
  if (!read_date(value, seconds)) return 0;
  return std::clamp<std::int64_t>(seconds * 1'000 - now_us / 1'000, 0, retry_after_max_ms);
}

Failure failure_of(std::string_view step, int status, std::string_view retry_after,
                   std::int64_t now_us) {
  Failure failure;
  failure.text = std::string(step) + ": HTTP " + std::to_string(status);
  failure.http_status = status;
  if (status == 418 || status == 429 || status == 503) {
    failure.retry_after_ms = read_retry_after(retry_after, now_us);
  }
  return failure;
}

}  // namespace ticker::feeds
