// The table itself, and how one value is checked against its row.
#include "gateway/config/config_table.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <deque>

#include "gateway/config/config_text.hpp"

namespace ticker {
namespace {

constexpr std::array<std::string_view, 2> channel_words = {"ticker", "trades"};
constexpr std::array<std::string_view, 2> profile_words = {"market", "even"};
constexpr std::array<std::string_view, 5> level_words = {"debug", "info", "warn", "error", "off"};

constexpr std::uint64_t hour_ms = 3'600'000;
constexpr std::uint64_t mib = 1'048'576;
constexpr std::uint64_t seed_max = INT64_MAX;  // the largest whole number of TOML

template <auto member>
Target top(Config& config) {
  return &(config.*member);
}
template <auto member>
Target simulated(Config& config) {
  return &(config.simulated.*member);
}
template <auto member>
Target replay(Config& config) {
  return &(config.replay.*member);
}
template <auto member>
Target limit(Config& config) {
  return &(config.limits.*member);
}

using feeds::ReplayOptions;
using feeds::SimulatedOptions;

const auto fixed_table = std::to_array<Setting>({
    {"listen", top<&Config::listen>},
    {"admin", top<&Config::admin>},
    {"shards", top<&Config::shards>, 0, 256},
    {"share_port", top<&Config::share_port>},
    {"spin", top<&Config::spin>},
    {"log_level", top<&Config::log_level>, 0, 0, level_words},

    {"feeds.simulated.symbols", simulated<&SimulatedOptions::symbols>, 1, 10'000},
    {"feeds.simulated.rate", simulated<&SimulatedOptions::rate>, 1, 100'000'000},
    {"feeds.simulated.seed", simulated<&SimulatedOptions::seed>, 0, seed_max},
    {"feeds.simulated.profile", simulated<&SimulatedOptions::profile>, 0, 0, profile_words},

    {"feeds.replay.files", replay<&ReplayOptions::files>, 0, 0, {}, true},
    {"feeds.replay.speed", replay<&ReplayOptions::speed>, 0, 1'000'000},
    {"feeds.replay.loop", replay<&ReplayOptions::loop>},
    {"feeds.replay.together", replay<&ReplayOptions::together>},

    {"limits.instruments_max", limit<&Limits::instruments_max>, 1, 1'000'000},
    {"limits.ring_slots", limit<&Limits::ring_slots>, 4, 16'777'216},
    {"limits.feed_batch_max", limit<&Limits::feed_batch_max>, 1, 1'000'000},
    {"limits.repair_batch", limit<&Limits::repair_batch>, 1, 1'000'000},
    {"limits.drain_max", limit<&Limits::drain_max>, 1, 1'000'000},

    {"limits.clients_max", limit<&Limits::clients_max>, 1, 1'000'000},
    {"limits.subscriptions_max", limit<&Limits::subscriptions_max>, 1, 10'000'000},
    {"limits.symbols_per_request_max", limit<&Limits::symbols_per_request_max>, 1, 1'000'000},
    {"limits.message_bytes_max", limit<&Limits::message_bytes_max>, 256, 16 * mib},
    {"limits.header_bytes_max", limit<&Limits::header_bytes_max>, 512, mib},
    {"limits.trades_snapshot_max", limit<&Limits::trades_snapshot_max>, 0, 256},
    {"limits.trades_kept", limit<&Limits::trades_kept>, 0, 65'536},
    {"limits.filters_max", limit<&Limits::filters_max>, 1, 1'023},

    {"limits.outbox_soft_bytes", limit<&Limits::outbox_soft_bytes>, 1'024, 1'024 * mib},
    {"limits.outbox_soft_ms", limit<&Limits::outbox_soft_ms>, 1, hour_ms},
    {"limits.outbox_hard_bytes", limit<&Limits::outbox_hard_bytes>, 2'048, 1'024 * mib},
    {"limits.control_reserve_bytes", limit<&Limits::control_reserve_bytes>, 1'024, 1'024 * mib},
    {"limits.send_buffer_bytes", limit<&Limits::send_buffer_bytes>, 4'096, 1'024 * mib},
    {"limits.notsent_lowat_bytes", limit<&Limits::notsent_lowat_bytes>, 1'024, 1'024 * mib},
    {"limits.flush_interval_us", limit<&Limits::flush_interval_us>, 0, 100'000},

    {"limits.slab_bytes", limit<&Limits::slab_bytes>, 65'536, 64 * mib},
    {"limits.slabs_max", limit<&Limits::slabs_max>, 2, 65'536},

    {"limits.handshake_timeout_ms", limit<&Limits::handshake_timeout_ms>, 10, hour_ms},
    {"limits.idle_timeout_ms", limit<&Limits::idle_timeout_ms>, 10, hour_ms},
    {"limits.write_timeout_ms", limit<&Limits::write_timeout_ms>, 10, hour_ms},
    {"limits.close_timeout_ms", limit<&Limits::close_timeout_ms>, 10, hour_ms},
    {"limits.lag_soft_ms", limit<&Limits::lag_soft_ms>, 1, hour_ms},
    {"limits.lag_hard_ms", limit<&Limits::lag_hard_ms>, 1, hour_ms},
    {"limits.lag_calm_ms", limit<&Limits::lag_calm_ms>, 1, hour_ms},

    {"limits.feed_step_ms", limit<&Limits::feed_step_ms>, 10, hour_ms},
    {"limits.feed_silent_ms", limit<&Limits::feed_silent_ms>, 100, hour_ms},
    {"limits.feed_dead_ms", limit<&Limits::feed_dead_ms>, 200, hour_ms},
    {"limits.feed_backoff_min_ms", limit<&Limits::feed_backoff_min_ms>, 10, hour_ms},
    {"limits.feed_backoff_max_ms", limit<&Limits::feed_backoff_max_ms>, 10, hour_ms},
    {"limits.feed_steady_ms", limit<&Limits::feed_steady_ms>, 100, hour_ms},
    {"limits.feed_repair_ms", limit<&Limits::feed_repair_ms>, 100, hour_ms},
    {"limits.feed_overlap_ms", limit<&Limits::feed_overlap_ms>, 10, hour_ms},
    {"limits.feed_symbols_max", limit<&Limits::feed_symbols_max>, 1, 100'000},
});

using feeds::VenueOptions;

// The table above, the feeds there are, and a section `[feeds.<venue>]` for each venue of the
// registry.
struct Table {
  std::vector<std::string_view> feed_words{"simulated", "replay"};
  std::deque<std::string> keys;  // of the venues
  std::vector<Setting> rows{fixed_table.begin(), fixed_table.end()};

  Table() {
    for (std::size_t i = 0; i < feeds::venues().size(); ++i) {
      const feeds::VenueEntry& entry = feeds::venues()[i];
      feed_words.push_back(entry.venue);
      add<&VenueOptions::category>(i, ".category", entry.categories);
      add<&VenueOptions::trades>(i, ".trades", entry.trades);
      add<&VenueOptions::quotes>(i, ".quotes", entry.quotes);
      add<&VenueOptions::symbols>(i, ".symbols");
      add<&VenueOptions::channels>(i, ".channels", channel_words);
      add<&VenueOptions::url>(i, ".url");
      add<&VenueOptions::rest_url>(i, ".rest_url");
      add<&VenueOptions::symbols_file>(i, ".symbols_file", {}, true);
      add<&VenueOptions::ca_file>(i, ".ca_file", {}, true);
      add<&VenueOptions::proxy>(i, ".proxy");
    }
    rows.push_back({"feed", top<&Config::feeds>, 0, 0, feed_words});
  }

  template <auto member>
  void add(std::size_t venue, std::string_view key, std::span<const std::string_view> words = {},
           bool is_path = false) {
    const std::string section = "feeds." + std::string(feeds::venues()[venue].venue);
    rows.push_back({keys.emplace_back(section + std::string(key)),
                    [venue](Config& config) -> Target { return &(config.venues[venue].*member); },
                    0, 0, words, is_path});
  }
};

const std::vector<Setting>& table() {
  static const Table all;
  return all.rows;
}

std::string join(std::span<const std::string_view> words) {
  std::string all;
  for (const auto word : words) {
    all += all.empty() ? "" : ", ";
    all.append("\"").append(word).append("\"");
  }
  return all;
}

bool is_word(std::span<const std::string_view> words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::string text_of(const Scalar& value) {
  struct Text {
    std::string operator()(bool flag) const { return flag ? "true" : "false"; }
    std::string operator()(std::int64_t number) const { return std::to_string(number); }
    std::string operator()(double number) const {
      std::array<char, 32> digits{};
      const auto end = std::to_chars(digits.begin(), digits.end(), number).ptr;
      return {digits.begin(), end};
    }
    std::string operator()(const std::string& text) const { return '"' + text + '"'; }
  };
  return std::visit(Text{}, value);
}

/// Puts a scalar where a row points to; false where type or range forbid it.
struct Assign {
  const Setting& setting;
  const Scalar& value;

  bool operator()(bool* target) const {
    const auto* flag = std::get_if<bool>(&value);
    if (flag != nullptr) *target = *flag;
    return flag != nullptr;
  }
  template <class Unsigned>
  bool whole(Unsigned* target) const {
    const auto* number = std::get_if<std::int64_t>(&value);
    if (number == nullptr || *number < 0) return false;
    const auto natural = static_cast<std::uint64_t>(*number);
    if (natural < setting.min || natural > setting.max) return false;
    *target = static_cast<Unsigned>(natural);
    return true;
  }
  bool operator()(std::uint32_t* target) const { return whole(target); }
  bool operator()(std::uint64_t* target) const { return whole(target); }
  bool operator()(double* target) const {
    const auto* whole_number = std::get_if<std::int64_t>(&value);
    const auto* number = std::get_if<double>(&value);
    if (whole_number == nullptr && number == nullptr) return false;
    const auto real = number != nullptr ? *number : static_cast<double>(*whole_number);
    // Written so that «not a number» is out of range too.
    if (!(real >= static_cast<double>(setting.min) && real <= static_cast<double>(setting.max))) {
      return false;
    }
    *target = real;
    return true;
  }
  bool operator()(std::string* target) const {
    const auto* text = std::get_if<std::string>(&value);
    if (text == nullptr) return false;
    if (!setting.words.empty() && !is_word(setting.words, *text)) return false;
    *target = *text;
    return true;
  }
  bool operator()(Address* target) const {
    const auto* text = std::get_if<std::string>(&value);
    const auto address = text != nullptr ? parse_address(*text) : std::nullopt;
    if (address) *target = *address;
    return address.has_value();
  }
  bool operator()(feeds::SimulatedProfile* target) const {
    const auto* text = std::get_if<std::string>(&value);
    if (text == nullptr || !is_word(setting.words, *text)) return false;
    *target = *text == "even" ? feeds::SimulatedProfile::even : feeds::SimulatedProfile::market;
    return true;
  }
  bool operator()(feeds::Category* target) const {
    const auto* text = std::get_if<std::string>(&value);
    if (text == nullptr || !is_word(setting.words, *text)) return false;
    const auto& names = feeds::category_names;
    *target = static_cast<feeds::Category>(std::ranges::find(names, *text) - names.begin());
    return true;
  }
  bool operator()(std::vector<std::string>*) const { return false; }
};

struct Allowed {
  const Setting& setting;

  std::string range(std::string_view kind) const {
    return std::string(kind) + " from " + std::to_string(setting.min) + " to " +
           std::to_string(setting.max);
  }
  std::string operator()(const bool*) const { return "true or false"; }
  std::string operator()(const std::uint32_t*) const { return range("a whole number"); }
  std::string operator()(const std::uint64_t*) const { return range("a whole number"); }
  std::string operator()(const double*) const { return range("a number"); }
  std::string operator()(const std::string*) const {
    if (setting.words.empty()) return setting.is_path ? "the name of a file" : "a text";
    return join(setting.words);
  }
  std::string operator()(const feeds::SimulatedProfile*) const { return join(setting.words); }
  std::string operator()(const feeds::Category*) const { return join(setting.words); }
  std::string operator()(const Address*) const {
    return R"("IPv4:PORT", "[IPv6]:PORT" or "localhost:PORT")";
  }
  std::string operator()(const std::vector<std::string>*) const {
    if (setting.words.empty()) return setting.is_path ? "a list of files" : "a list of texts";
    return "a list of " + join(setting.words);
  }
};

}  // namespace

std::span<const Setting> settings() { return table(); }

const Setting* find_setting(std::string_view key) {
  const auto row = std::ranges::find(table(), key, &Setting::key);
  return row == table().end() ? nullptr : &*row;
}

std::string allowed(const Setting& setting) {
  Config any;
  return std::visit(Allowed{setting}, setting.target(any));
}

std::optional<std::string> assign(const Setting& setting, const Scalar& value, Config& config) {
  if (std::visit(Assign{setting, value}, setting.target(config))) return std::nullopt;
  return "is " + text_of(value) + "; allowed: " + allowed(setting);
}

std::optional<std::string> append(const Setting& setting, std::string_view element,
                                  std::vector<std::string>& list) {
  const auto quoted = '"' + std::string(element) + '"';
  if (!setting.words.empty() && !is_word(setting.words, element)) {
    const auto near = nearest(element, setting.words);
    const auto hint = near.empty() ? "" : "; did you mean \"" + std::string(near) + "\"?";
    return "has the unknown element " + quoted + hint + "; allowed: " + allowed(setting);
  }
  if (std::find(list.begin(), list.end(), element) != list.end()) {
    return "names " + quoted + " twice; allowed: each once";
  }
  list.emplace_back(element);
  return std::nullopt;
}

}  // namespace ticker
