#include "feeds/book/kept_updates.hpp"

#include <algorithm>
#include <utility>

namespace ticker::feeds {

KeptUpdate::KeptUpdate(const BookUpdate& given) : update(given) {
  levels.reserve(given.bids.size() + given.asks.size());
  levels.insert(levels.end(), given.bids.begin(), given.bids.end());
  levels.insert(levels.end(), given.asks.begin(), given.asks.end());
  update.symbol = {};
  update.bids = std::span(levels).first(given.bids.size());
  update.asks = std::span(levels).subspan(given.bids.size());
}

void KeptUpdates::add(const BookUpdate& update) {
  const std::uint64_t before = update.first == 0 ? 0 : update.first - 1;
  if (updates_.empty()) {
    if (update.last <= needed_) return;  // what a snapshot must cover anyway
    needed_ = std::max(needed_, before);
  } else {
    const std::uint64_t newest = updates_.back().update.last;
    if (update.last <= newest) return;
    if (before > newest) restart(before);
  }
  updates_.emplace_back(update);
  levels_ += updates_.back().levels.size();
  while (updates_.size() > updates_max_ || levels_ > levels_max_) drop_oldest();
}

void KeptUpdates::restart(std::uint64_t number) {
  updates_.clear();
  levels_ = 0;
  needed_ = number;
}

std::deque<KeptUpdate> KeptUpdates::take() {
  levels_ = 0;
  return std::exchange(updates_, {});
}

void KeptUpdates::drop_oldest() {
  needed_ = std::max(needed_, updates_.front().update.last);
  levels_ -= updates_.front().levels.size();
  updates_.pop_front();
}

}  // namespace ticker::feeds
