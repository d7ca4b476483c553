#include "feeds/simulated/walk.hpp"

#include <algorithm>

#include "feeds/simulated/random.hpp"

namespace ticker::feeds {
namespace {

std::uint32_t clamped(std::int64_t value, std::int64_t low) {
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(value, low, 65'536));
}

}  // namespace

Walk::Walk(const Pair& pair, std::uint64_t seed)
    : lowest_(pair.price / 2),
      highest_(pair.price * 2),
      tick_(pair.tick),
      step_max_(clamped(pair.price / 20'000, 1)),   // half a basis point
      spread_max_(clamped(pair.price / 5'000, 3)),  // two basis points
      size_usual_(pair.size),
      price_scale_(pair.price_scale),
      size_scale_(pair.size_scale) {
  Random random(seed);
  // Within one part in 64 of the usual price; opened within one in 32 of that.
  bid_ = pair.price +
         (pair.price / 64) * (static_cast<std::int64_t>(below(random.next(), 200)) - 100) / 100;
  ask_ = bid_ + 1 + below(random.next(), spread_max_);
  draw_size(bid_size_, random.next());
  draw_size(ask_size_, random.next());
  draw_size(last_size_, random.next());
  last_ = bid_;
  open_ = bid_ + (bid_ / 32) * (static_cast<std::int64_t>(below(random.next(), 200)) - 100) / 100;
  high_ = std::max(open_, last_) + below(random.next(), step_max_ * 8);
  low_ = std::min(open_, last_) - below(random.next(), step_max_ * 8);
  volume_ = std::int64_t{size_usual_} * (5'000 + below(random.next(), 5'000));
}

void Walk::quote(std::uint64_t bits, std::uint64_t more) {
  // Outside of its bounds the walk turns back before anything else.
  const bool astray = bid_ < lowest_ || bid_ > highest_;
  switch (astray ? 7 : bits >> 61) {
    case 0:
    case 1:
      return draw_size(bid_size_, more);
    case 2:
    case 3:
      return draw_size(ask_size_, more);
    case 4:
      move_bid(bits);
      return draw_size(bid_size_, more);
    case 5:
      move_ask(bits);
      return draw_size(ask_size_, more);
    default:
      return quote_all(bits, more);
  }
}

void Walk::quote_all(std::uint64_t bits, std::uint64_t more) {
  shift(bits);
  draw_size(bid_size_, more);
  draw_size(ask_size_, more >> 16);
}

// Moves bid and ask, both to another price.
void Walk::shift(std::uint64_t bits) {
  const std::int64_t step = 1 + below(bits, step_max_);
  const bool up = bid_ < lowest_ || (bid_ <= highest_ && (bits >> 60 & 1) != 0);
  const std::int64_t old_ask = ask_;
  bid_ += up ? step : -step;
  ask_ = bid_ + 1 + below(bits >> 16, spread_max_);
  if (ask_ == old_ask) ask_ += ask_ - bid_ == 1 ? 1 : -1;
}

void Walk::move_bid(std::uint64_t bits) { bid_ = ask_ - other_spread(bits); }
void Walk::move_ask(std::uint64_t bits) { ask_ = bid_ + other_spread(bits); }

// From 1 to the widest spread, never the present one.
std::int64_t Walk::other_spread(std::uint64_t bits) const {
  const std::int64_t spread = ask_ - bid_;
  const std::int64_t other = 1 + below(bits, spread_max_ - 1);
  return other < spread ? other : other + 1;
}

// Up to four times the usual size, never the present one.
void Walk::draw_size(std::int64_t& size, std::uint64_t bits) const {
  const std::int64_t drawn = 1 + (std::int64_t{size_usual_} * below(bits, 4'096) >> 10);
  size = drawn == size ? drawn + 1 : drawn;
}

Side Walk::trade(std::uint64_t bits) {
  const bool buy = (bits >> 63) != 0;
  last_ = buy ? ask_ : bid_;
  if ((bits >> 60 & 7) == 0) {  // now and then inside the spread
    const auto spread = static_cast<std::uint32_t>(std::min<std::int64_t>(ask_ - bid_, 65'535));
    last_ = bid_ + below(bits, spread + 1);
  }
  draw_size(last_size_, bits >> 16);
  high_ = std::max(high_, last_);
  low_ = std::min(low_, last_);
  volume_ += last_size_;
  traded_ = true;
  return buy ? Side::buy : Side::sell;
}

// What leaves is a share of all, so the volume settles and never grows without bound.
void Walk::roll_day() {
  volume_ -= volume_ >> 12;
  if (volume_ == told_volume_) ++volume_;  // as much left as came: still a change to be told
  told_volume_ = volume_;
  traded_ = false;
}

Decimal Walk::get(Field field) const {
  const auto price = [this](std::int64_t ticks) { return Decimal{ticks * tick_, price_scale_}; };
  const auto size = [this](std::int64_t mantissa) { return Decimal{mantissa, size_scale_}; };
  switch (field) {
    case Field::bid:
      return price(bid_);
    case Field::bid_size:
      return size(bid_size_);
    case Field::ask:
      return price(ask_);
    case Field::ask_size:
      return size(ask_size_);
    case Field::last:
      return price(last_);
    case Field::last_size:
      return size(last_size_);
    case Field::open_24h:
      return price(open_);
    case Field::high_24h:
      return price(high_);
    case Field::low_24h:
      return price(low_);
    case Field::volume_24h:
      return size(volume_);
  }
  return {};
}

}  // namespace ticker::feeds
