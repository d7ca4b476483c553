// What an operator learns of one venue: frames that were not understood, the state of its
// connections and their errors, as counters, lines of the log and a hook. Owned by one normaliser,
// on the feed thread. Never touches prices, and never floods the log: at most a line a second of
// each kind.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "feeds/contract/adapter.hpp"
#include "gateway/base/counters.hpp"
#include "gateway/base/log.hpp"

namespace ticker {

/// `error`: empty where nothing went wrong.
using LinkHook = std::function<void(std::string_view venue, feeds::LinkState state,
                                    std::string_view error, std::int64_t wall_us)>;

class VenueLog {
 public:
  /// `counters` and `hook` outlive it; the hook may be set later.
  VenueLog(std::string_view venue, FeedCounters& counters, const LinkHook& hook)
      : venue_(venue), counters_(counters), hook_(hook) {}

  [[nodiscard]] const std::string& venue() const { return venue_; }

  /// As `feeds::Sink::frame` and `feeds::Sink::link`.
  void frame(feeds::Verdict verdict, std::string_view text, std::int64_t now_ns);
  void link(feeds::LinkState state, std::string_view error, std::int64_t wall_us);
  /// The venue's source is gone, and its connections with it.
  void stopped(std::int64_t wall_us);

 private:
  // Somebody who can write to the venue, or to us, wants to see the frame; one a second is enough.
  void show(LogLimit& limit, const char* what, std::string_view text, std::int64_t now_ns) const;

  const std::string venue_;
  FeedCounters& counters_;
  const LinkHook& hook_;
  LogLimit malformed_;
  LogLimit unknown_;
  LogLimit link_errors_;
  LogLimit refusals_;
  feeds::LinkState link_ = feeds::LinkState::idle;
};

}  // namespace ticker
