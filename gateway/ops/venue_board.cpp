#include "gateway/ops/venue_board.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "feeds/base/json_text.hpp"
#include "gateway/base/log.hpp"

namespace ticker {
namespace {

constexpr std::int64_t rate_time_min_ns = 1'000'000'000;  // a shorter look would only show jitter

std::string number(std::string_view key, std::uint64_t value) {
  return ",\"" + std::string(key) + "\":" + std::to_string(value);
}

std::string instruments_json(const FeedCounters& counters) {
  std::string json = ",\"instruments\":{";
  for (std::size_t i = 0; i < status_names.size(); ++i) {
    if (i > 0) json += ',';
    json +=
        "\"" + std::string(status_names[i]) + "\":" + std::to_string(counters.statuses[i].get());
  }
  return json + "}";
}

}  // namespace

VenueBoard::VenueBoard(std::function<Receipt()> now) : now_(std::move(now)) {}

void VenueBoard::add(std::string_view venue, const FeedCounters& counters, Kind kind) {
  const Receipt now = now_();
  const std::lock_guard lock(mutex_);
  venues_.push_back({.name = std::string(venue),
                     .counters = counters,
                     .kind = kind,
                     .since_us = now.wall_us,
                     .error = {},
                     .asked_ns = now.steady_ns});
}

void VenueBoard::linked(std::string_view venue, feeds::LinkState state, std::string_view error,
                        std::int64_t wall_us) {
  const std::lock_guard lock(mutex_);
  const auto known = std::ranges::find(venues_, venue, &Venue::name);
  assert(known != venues_.end());
  if (known->state != state) {
    known->state = state;
    known->since_us = wall_us;
  }
  if (error.empty()) return;
  known->error = shown(error);  // some of it is the venue's own words: bounded, and plain ASCII
  known->error_us = wall_us;
}

std::string VenueBoard::venues_json() {
  const std::vector<Venue> venues = look();  // the text is made while nobody waits for the lock
  std::string json = "[";
  for (const Venue& venue : venues) {
    if (json.back() != '[') json += ',';
    json += json_of(venue);
  }
  return json + "]";
}

std::vector<VenueBoard::Venue> VenueBoard::look() {
  const std::int64_t now_ns = now_().steady_ns;
  const std::lock_guard lock(mutex_);
  for (Venue& venue : venues_) take_rate(venue, messages_of(venue.counters), now_ns);
  return {venues_.begin(), venues_.end()};
}

std::uint64_t VenueBoard::messages_of(const FeedCounters& counters) {
  std::uint64_t messages = 0;
  for (const Counter& verdict : counters.frames) messages += verdict.get();
  return messages;
}

// Many may ask: all of them are told the rate of the last whole second or more.
void VenueBoard::take_rate(Venue& venue, std::uint64_t messages, std::int64_t now_ns) {
  const std::int64_t time_ns = now_ns - venue.asked_ns;
  if (time_ns < rate_time_min_ns) return;
  const auto told = static_cast<double>(messages - venue.messages);
  venue.tenths_per_s = static_cast<std::uint64_t>(told * 1e10 / static_cast<double>(time_ns) + 0.5);
  venue.messages = messages;
  venue.asked_ns = now_ns;
}

std::string VenueBoard::json_of(const Venue& venue) {
  const auto state = feeds::link_state_names[static_cast<std::size_t>(venue.state)];
  std::string json = "{\"venue\":\"" + venue.name + "\",\"state\":\"";
  json += venue.kind == Kind::local ? "local" : state;
  json += "\"" + number("since", static_cast<std::uint64_t>(venue.since_us));
  json += instruments_json(venue.counters);
  json += number("messages", messages_of(venue.counters));
  json += number("messages_per_s", venue.tenths_per_s / 10);
  if (venue.tenths_per_s % 10 > 0) json += "." + std::to_string(venue.tenths_per_s % 10);
  json += number("gaps", venue.counters.gaps.get());
  json += number("repairs", venue.counters.repairs.get());
  json += number("disconnects", venue.counters.disconnects.get());
  if (venue.error.empty()) return json + ",\"last_error\":null,\"last_error_ts\":null}";
  json += ",\"last_error\":";
  append_json_string(json, venue.error);
  return json + number("last_error_ts", static_cast<std::uint64_t>(venue.error_us)) + "}";
}

}  // namespace ticker
