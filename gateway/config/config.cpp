// What values must be to each other. Used at start only; the table of
// keys with their types and ranges is in config_table.
#include "gateway/config/config.hpp"

#include <algorithm>
#include <bit>
#include <string_view>
#include <thread>

#include "feeds/live/live.hpp"
#include "gateway/protocol/messages.hpp"
#include "gateway/protocol/websocket_framing.hpp"

namespace ticker {
namespace {

// Upper bounds of what one of each takes, for checks and sums; none is a promise to the byte.
constexpr std::uint64_t rejected_bytes = 48;        // around the name of a symbol in an answer
constexpr std::uint64_t answer_frame_bytes = 1024;  // an answer, besides the names it repeats

// An answer may repeat every name of a request, and say of each why it was rejected.
std::uint64_t answer_bytes_max(const Limits& limits) {
  return limits.message_bytes_max + limits.symbols_per_request_max * rejected_bytes +
         answer_frame_bytes;
}

class Relations {
 public:
  void require(bool holds, std::string key, const std::string& what) {
    if (!holds) broken_.push_back({key, key + ' ' + what});
  }
  std::vector<ConfigError> take() { return std::move(broken_); }

 private:
  std::vector<ConfigError> broken_;
};

bool has_feed(const Config& config, std::string_view name) {
  return std::find(config.feeds.begin(), config.feeds.end(), name) != config.feeds.end();
}

bool is_any(const Address& address) { return address.host == "0.0.0.0" || address.host == "::"; }

bool collide(const Address& a, const Address& b) {
  return a.port != 0 && a.port == b.port && (a.host == b.host || is_any(a) || is_any(b));
}

std::string is(std::uint64_t value) { return "is " + std::to_string(value); }

std::string at_least(std::uint64_t value, std::string_view what) {
  return "; allowed: at least " + std::string(what) + " (" + std::to_string(value) + ")";
}

std::string at_most(std::uint64_t value, std::string_view what) {
  return "; allowed: at most " + std::string(what) + " (" + std::to_string(value) + ")";
}

void check_feeds(const Config& config, Relations& relations) {
  relations.require(!config.feeds.empty(), "feed", "names no feed; allowed: one or more");
  relations.require(!collide(config.listen, config.admin), "admin",
                    "is the address of listen; allowed: another port");
  if (has_feed(config, "simulated")) {
    const auto symbols = config.simulated.symbols;
    relations.require(
        symbols <= config.limits.instruments_max, "feeds.simulated.symbols",
        is(symbols) + at_most(config.limits.instruments_max, "limits.instruments_max"));
  }
  if (has_feed(config, "replay")) {
    const auto speed = config.replay.speed;
    relations.require(speed == 0 || speed >= 0.001, "feeds.replay.speed",
                      "is below 0.001; allowed: 0 or at least 0.001");
    relations.require(!config.replay.files.empty(), "feeds.replay.files",
                      "names no file, yet the feed replay is chosen; allowed: one or more, "
                      "for example by --config feeds/replay.toml");
  }
}

// A venue that is live: what of its section can be judged without asking it.
void check_venues(const Config& config, Relations& relations) {
  for (std::size_t i = 0; i < feeds::venues().size(); ++i) {
    const feeds::VenueEntry& entry = feeds::venues()[i];
    if (!has_feed(config, entry.venue)) continue;
    const std::string section = "feeds." + std::string(entry.venue) + '.';
    for (const auto& [key, what] : feeds::check_live(entry, config.venues[i], config.limits)) {
      relations.require(false, section + key, what);
    }
  }
}

void check_live_limits(const Limits& limits, Relations& relations) {
  relations.require(limits.feed_dead_ms > limits.feed_silent_ms, "limits.feed_dead_ms",
                    is(limits.feed_dead_ms) + "; allowed: more than limits.feed_silent_ms (" +
                        std::to_string(limits.feed_silent_ms) + ")");
  relations.require(limits.feed_backoff_min_ms <= limits.feed_backoff_max_ms,
                    "limits.feed_backoff_min_ms",
                    is(limits.feed_backoff_min_ms) +
                        at_most(limits.feed_backoff_max_ms, "limits.feed_backoff_max_ms"));
}

void check_ring(const Limits& limits, Relations& relations) {
  const auto slots = limits.ring_slots;
  // Room for a whole repair pass twice over; and one turn of the feed thread must not lap a shard
  // that keeps up.
  const auto needed = std::max({std::uint64_t{4} * limits.instruments_max,
                                std::uint64_t{16} * limits.feed_batch_max,
                                std::uint64_t{16} * limits.repair_batch});
  relations.require(std::has_single_bit(slots) && slots >= needed, "limits.ring_slots",
                    is(slots) +
                        "; allowed: a power of two, at least 4 × limits.instruments_max, 16 × " +
                        "limits.feed_batch_max and 16 × limits.repair_batch (" +
                        std::to_string(std::bit_ceil(needed)) + ")");
}

void check_outbox(const Limits& limits, Relations& relations) {
  relations.require(limits.outbox_soft_bytes < limits.outbox_hard_bytes, "limits.outbox_soft_bytes",
                    is(limits.outbox_soft_bytes) + "; allowed: less than limits.outbox_hard_bytes" +
                        " (" + std::to_string(limits.outbox_hard_bytes) + ")");
  // The longest answer must fit the reserve when all else is full.
  const auto answer = answer_bytes_max(limits);
  relations.require(limits.control_reserve_bytes >= answer, "limits.control_reserve_bytes",
                    is(limits.control_reserve_bytes) + at_least(answer, "the longest answer"));
  relations.require(limits.notsent_lowat_bytes <= limits.send_buffer_bytes,
                    "limits.notsent_lowat_bytes",
                    is(limits.notsent_lowat_bytes) +
                        at_most(limits.send_buffer_bytes, "limits.send_buffer_bytes"));
}

void check_slabs(const Limits& limits, Relations& relations) {
  const auto answer = answer_bytes_max(limits);
  relations.require(limits.slab_bytes >= answer, "limits.slab_bytes",
                    is(limits.slab_bytes) + at_least(answer, "the longest answer"));
  const auto trades =
      trades_snapshot_bytes_max(limits.trades_snapshot_max) + WebSocketFraming::header_max;
  relations.require(limits.slab_bytes >= trades, "limits.slab_bytes",
                    is(limits.slab_bytes) + at_least(trades, "a snapshot of trades"));
}

void check_trades(const Limits& limits, Relations& relations) {
  relations.require(
      limits.trades_kept >= limits.trades_snapshot_max, "limits.trades_kept",
      is(limits.trades_kept) + at_least(limits.trades_snapshot_max, "limits.trades_snapshot_max"));
}

void check_lag(const Limits& limits, Relations& relations) {
  relations.require(limits.lag_hard_ms >= limits.lag_soft_ms, "limits.lag_hard_ms",
                    is(limits.lag_hard_ms) + at_least(limits.lag_soft_ms, "limits.lag_soft_ms"));
}

}  // namespace

std::vector<ConfigError> check_relations(const Config& config) {
  Relations relations;
  check_feeds(config, relations);
  check_venues(config, relations);
  check_live_limits(config.limits, relations);
  check_ring(config.limits, relations);
  check_outbox(config.limits, relations);
  check_slabs(config.limits, relations);
  check_trades(config.limits, relations);
  check_lag(config.limits, relations);
  return relations.take();
}

std::uint32_t shard_count(const Config& config) {
  if (config.shards != 0) return config.shards;
  return std::max(std::thread::hardware_concurrency(), 2U) - 1;
}

}  // namespace ticker
