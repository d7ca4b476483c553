#include "gateway/market/venue_log.hpp"

namespace ticker {

void VenueLog::frame(feeds::Verdict verdict, std::string_view text, std::int64_t now_ns) {
  counters_.frames[static_cast<std::size_t>(verdict)].add();
  if (verdict == feeds::Verdict::malformed) show(malformed_, "malformed", text, now_ns);
  if (verdict == feeds::Verdict::unknown) show(unknown_, "unknown", text, now_ns);
}

void VenueLog::show(LogLimit& limit, const char* what, std::string_view text,
                    std::int64_t now_ns) const {
  if (text.empty()) return;
  const auto held_back = limit.pass(now_ns);
  if (!held_back) return;
  std::string line =
      venue_ + ": " + what + " frame of " + std::to_string(text.size()) + " bytes: " + shown(text);
  if (*held_back > 0) line += " (" + std::to_string(*held_back) + " more of these held back)";
  log(LogLevel::warn, line);
}

void VenueLog::link(feeds::LinkState state, std::string_view error, std::int64_t wall_us) {
  using feeds::LinkState;
  const bool was_live = link_ == LinkState::live || link_ == LinkState::silent;
  const bool is_live = state == LinkState::live || state == LinkState::silent;
  link_ = state;
  counters_.link_state.set(static_cast<std::uint64_t>(state));
  if (is_live && !was_live) counters_.connects.add();
  if (was_live && !is_live) counters_.disconnects.add();
  if (hook_) hook_(venue_, state, error, wall_us);
  if (error.empty() || (is_live && !was_live)) {
    const auto name = feeds::link_state_names[static_cast<std::size_t>(state)];
    log(is_live && !was_live ? LogLevel::info : LogLevel::debug,
        venue_ + " is " + std::string(name));
  }
  if (!error.empty()) {
    // What a venue refuses comes right behind a reconnect: the loss must not hold it back.
    const bool is_open = is_live || state == LinkState::subscribing;
    log(is_open ? refusals_ : link_errors_, LogLevel::warn, venue_ + ": " + shown(error));
  }
}

void VenueLog::stopped(std::int64_t wall_us) {
  if (link_ != feeds::LinkState::idle) link(feeds::LinkState::idle, "the feed stopped", wall_us);
}

}  // namespace ticker
