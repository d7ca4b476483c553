#include "feeds/live/live.hpp"

#include <algorithm>
#include <utility>

#include "feeds/live/backoff.hpp"
#include "feeds/live/group.hpp"
#include "feeds/live/pacer.hpp"

namespace ticker::feeds {
namespace {

class Live final : public Source {
 public:
  Live(LiveParts parts, FirstListing first)
      : parts_(std::move(parts)),
        dialect_(parts_.entry.make_dialect(parts_.options)),
        speller_(parts_.entry.make(parts_.options)),
        sink_(parts_.directory.sink(parts_.entry.venue, speller_.get())),
        connects_(dialect_->talk().connects),
        rest_(dialect_->talk().rest),
        backoff_(parts_.limits.feed_backoff_min_ms, parts_.limits.feed_backoff_max_ms, parts_.seed),
        self_(std::make_shared<Live*>(this)) {
    if (first.listing || first.failure) {
      learnt(std::move(first.listing), first.failure.value_or(Failure{}));
    }
  }

  ~Live() override { *self_ = nullptr; }

  std::int64_t run(const Receipt& now, std::size_t) override {
    if (!std::exchange(known_, true)) make_known(now);
    if (std::exchange(list_failed_, false)) {
      list_at_ns_ = now.steady_ns + backoff_.next_ns(retry_after_ms_);
    }
    if (groups_.empty() && !asking_ && !over_) learn(now);
    std::int64_t due = groups_.empty() && !asking_ && !over_ ? list_at_ns_ : never;
    for (const auto& group : groups_) {
      group->pump(now);
      due = std::min(due, group->due(now.steady_ns));
    }
    tell(now);
    return due;
  }

 private:
  // Clients may subscribe to what is configured, whether the venue can be
  // reached or not.
  void make_known(const Receipt& now) {
    sink_.received(now);
    for (const std::string& name : parts_.options.symbols) sink_.introduce(name, name);
  }

  // Until the venue's spelling of the instruments is known there is nothing to
  // ask for.
  void learn(const Receipt& now) {
    if (listing_) return begin(now);
    if (now.steady_ns < list_at_ns_) return;
    asking_ = true;
    fetch_listing(parts_.entry, parts_.options, parts_.limits, parts_.network,
                  [self = self_](std::optional<Listing> listing, const Failure& failure) {
                    if (*self != nullptr) (*self)->learnt(std::move(listing), failure);
                  });
  }

  void learnt(std::optional<Listing> listing, const Failure& failure) {
    asking_ = false;
    listing_ = std::move(listing);
    if (listing_) return;
    error_ = "list of instruments: " + failure.text;
    retry_after_ms_ = failure.retry_after_ms;
    list_failed_ = true;
  }

  void begin(const Receipt& now) {
    sink_.received(now);
    std::vector<std::string> spellings;
    for (const std::string& name : parts_.options.symbols) {
      const auto known = std::ranges::find(*listing_, name, &Listed::name);
      const bool served = known != listing_->end() && known->trading;
      const std::string& symbol = known != listing_->end() ? known->symbol : name;
      sink_.introduce(symbol, name);
      if (served) {
        spellings.push_back(symbol);
      } else {
        sink_.status_of(symbol, Status::down, Reason::unknown_symbol);
        error_ = "unknown symbol " + name;
      }
    }
    listing_.reset();
    over_ = spellings.empty();
    make_groups(spellings, now);
  }

  void make_groups(const std::vector<std::string>& symbols, const Receipt& now) {
    const std::size_t size = std::max<std::size_t>(dialect_->talk().symbols_per_connection, 1);
    for (std::size_t first = 0; first < symbols.size(); first += size) {
      const auto begin = symbols.begin() + static_cast<std::ptrdiff_t>(first);
      const auto end =
          symbols.begin() + static_cast<std::ptrdiff_t>(std::min(first + size, symbols.size()));
      groups_.push_back(std::make_unique<Group>(group_parts(), std::vector(begin, end),
                                                parts_.seed + 1'000 * (first + 1)));
      groups_.back()->start(now.steady_ns);
    }
  }

  GroupParts group_parts() {
    Endpoint rest;
    const auto url = parts_.options.rest_url.empty() ? dialect_->talk().rest_url
                                                     : std::string_view(parts_.options.rest_url);
    (void)read_url(url, rest);
    rest.ca_file = parts_.options.ca_file;
    Endpoint proxy;
    if (!parts_.options.proxy.empty() && read_url(parts_.options.proxy, proxy)) {
      rest.proxy_host = proxy.host;
      rest.proxy_port = proxy.port;
    }
    const VenueParts venue{parts_.entry,   parts_.options, parts_.limits, *dialect_,
                           parts_.network, connects_,      parts_.tap};
    const Wanted wanted{wants(parts_.options, "ticker"), wants(parts_.options, "trades")};
    return {venue, wanted, sink_, rest_, rest};
  }

  // The least that holds of all connections, and what went wrong last.
  void tell(const Receipt& now) {
    LinkState state = over_ ? LinkState::idle : LinkState::listing;
    int least = INT32_MAX;
    for (const auto& group : groups_) {
      if (const int rank = rank_of(group->state()); rank < least) {
        least = rank;
        state = group->state();
      }
      if (std::string error = group->take_error(); !error.empty()) error_ = std::move(error);
    }
    if (state == told_state_ && error_.empty()) return;
    told_state_ = state;
    sink_.received(now);
    sink_.link(state, std::exchange(error_, {}));
  }

  static int rank_of(LinkState state) {
    constexpr std::array ranks = {0, 0, 2, 3, 5, 4, 1};  // by LinkState
    return ranks[static_cast<std::size_t>(state)];
  }

  const LiveParts parts_;
  const std::unique_ptr<Dialect> dialect_;
  const std::unique_ptr<Adapter> speller_;
  Sink& sink_;
  Pacer connects_;
  Pacer rest_;
  Backoff backoff_;
  std::optional<Listing> listing_;
  bool known_ = false;
  bool asking_ = false;
  bool list_failed_ = false;
  bool over_ = false;  // the venue knows none of the symbols
  std::int64_t list_at_ns_ = INT64_MIN;
  std::int64_t retry_after_ms_ = 0;
  std::string error_;  // what went wrong since it was told last
  std::vector<std::unique_ptr<Group>> groups_;
  LinkState told_state_ = LinkState::idle;
  std::shared_ptr<Live*> self_;  // for answers that come after the end
};

}  // namespace

std::unique_ptr<Source> make_live(LiveParts parts, FirstListing first) {
  return std::make_unique<Live>(std::move(parts), std::move(first));
}

}  // namespace ticker::feeds
