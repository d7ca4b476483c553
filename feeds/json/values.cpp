#include "feeds/json/values.hpp"

#include <charconv>
#include <chrono>

namespace ticker::feeds {
namespace {

constexpr std::uint64_t milliseconds_max = 100'000'000'000'000;

std::int64_t sane(std::int64_t time_us) { return is_time(time_us) ? time_us : 0; }

void set(TickerUpdate& update, Field field, Decimal value) {
  update.fields.set(field, value);
  update.mask = static_cast<FieldMask>(update.mask | bit(field));
}

constexpr Field size_of(Field price) { return static_cast<Field>(static_cast<int>(price) + 1); }
static_assert(size_of(Field::bid) == Field::bid_size && size_of(Field::ask) == Field::ask_size);
static_assert(size_of(Field::last) == Field::last_size);

// All of `text`; no sign, no blank.
bool read_digits(std::string_view text, std::uint64_t& out) {
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc{} && stop == text.data() + text.size();
}

// Takes `count` digits from the front of `text`.
bool take(std::string_view& text, std::size_t count, int& out) {
  if (text.size() < count) return false;
  out = 0;
  for (const char c : text.substr(0, count)) {
    if (c < '0' || c > '9') return false;
    out = out * 10 + (c - '0');
  }
  text.remove_prefix(count);
  return true;
}

bool take(std::string_view& text, char expected) {
  if (!text.starts_with(expected)) return false;
  text.remove_prefix(1);
  return true;
}

// `.122581`: microseconds; further digits are checked and cut.
bool take_fraction(std::string_view& text, int& out_us) {
  out_us = 0;
  if (!take(text, '.')) return true;
  constexpr std::size_t digits_max = 9;
  std::size_t digits = 0;
  for (; digits < digits_max && !text.empty() && text[0] >= '0' && text[0] <= '9'; ++digits) {
    if (digits < 6) out_us = out_us * 10 + (text[0] - '0');
    text.remove_prefix(1);
  }
  for (std::size_t i = digits; i < 6; ++i) out_us *= 10;
  return digits > 0;
}

}  // namespace

bool read_symbol(const Value& value, std::string_view& out) {
  out = value.text();
  return value.type == Value::Type::string && !out.empty();
}

bool read_id(const Value& value, std::uint64_t& out) {
  return value.type == Value::Type::number && read_digits(value.text(), out);
}

bool read_loose_id(const Value& value, std::uint64_t& out) {
  return (value.type == Value::Type::number || value.type == Value::Type::string) &&
         read_digits(value.text(), out);
}

bool read_epoch_time(const Value& value, std::int64_t& out_us) {
  return value.type == Value::Type::number && read_loose_time(value, out_us);
}

bool read_loose_time(const Value& value, std::int64_t& out_us) {
  std::uint64_t time = 0;
  if (!read_loose_id(value, time) || time > INT64_MAX) return false;
  out_us = sane(static_cast<std::int64_t>(time > milliseconds_max ? time : time * 1'000));
  return true;
}

bool read_text_time(const Value& value, std::int64_t& out_us) {
  using namespace std::chrono;
  if (value.type != Value::Type::string) return false;
  std::string_view text = value.text();
  int y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0, us = 0;
  if (!take(text, 4, y) || !take(text, '-') || !take(text, 2, mo) || !take(text, '-') ||
      !take(text, 2, d) || !take(text, 'T') || !take(text, 2, h) || !take(text, ':') ||
      !take(text, 2, mi) || !take(text, ':') || !take(text, 2, s) || !take_fraction(text, us) ||
      text != "Z") {
    return false;
  }
  const year_month_day date{year{y}, month{static_cast<unsigned>(mo)},
                            day{static_cast<unsigned>(d)}};
  if (!date.ok() || h > 23 || mi > 59 || s > 60) return false;  // 60: a leap second
  const auto since = sys_days{date}.time_since_epoch() + hours{h} + minutes{mi} + seconds{s};
  out_us = sane(duration_cast<microseconds>(since).count() + us);
  return true;
}

bool read_side(const Value& value, Side& out) {
  out = value.is("buy") ? Side::buy : Side::sell;
  return out == Side::buy || value.is("sell");
}

bool NumberReader::read(const Value& value, Decimal& out) {
  const std::string_view text = value.text();
  if (value.type != type_ || text.starts_with('-')) return false;
  if (empty_is_none_ && text.empty()) {
    out = {};
    return true;
  }
  const Decimal::Parse result = Decimal::parse(text, out);
  if (result == Decimal::Parse::overflow) ++overflows_;
  return result != Decimal::Parse::malformed;
}

bool NumberReader::read_price(const Value& value, Decimal& out) {
  if (!read(value, out)) return false;
  if (out.mantissa == 0) out = {};
  return true;
}

bool NumberReader::read_traded(const Value& value, Decimal& out) {
  return read(value, out) && (out.is_null() || out.mantissa != 0);
}

bool NumberReader::add(const Value& value, Field field, bool is_price, TickerUpdate& update) {
  if (value.type == Value::Type::absent) return true;
  Decimal number;
  if (!(is_price ? read_price(value, number) : read(value, number))) return false;
  set(update, field, number);
  return true;
}

bool NumberReader::add_quote(const Value& price, const Value& size, Field price_field,
                             TickerUpdate& update) {
  Decimal number;
  Decimal amount;
  if (!read_price(price, number)) return false;
  if (size.type != Value::Type::absent && !read(size, amount)) return false;
  if (number.is_null()) amount = {};
  set(update, price_field, number);
  set(update, size_of(price_field), amount);
  return true;
}

bool NumberReader::add_best(std::span<const Cells> rows, Field price_field, TickerUpdate& update) {
  if (rows.empty()) {
    set(update, price_field, {});
    set(update, size_of(price_field), {});
    return true;
  }
  const Value& size = rows[0][1];
  return rows.size() == 1 && size.type != Value::Type::absent &&
         add_quote(rows[0][0], size, price_field, update);
}

void NumberReader::tell(Sink& sink) const {
  for (int i = 0; i < overflows_; ++i) sink.overflow();
}

TickerUpdate last_of(const TradeUpdate& trade) {
  TickerUpdate last;
  last.symbol = trade.symbol;
  last.stream = trade.stream;
  last.order = trade.order;
  last.exchange_us = trade.exchange_us;
  set(last, Field::last, trade.price);
  set(last, Field::last_size, trade.size);
  return last;
}

}  // namespace ticker::feeds
