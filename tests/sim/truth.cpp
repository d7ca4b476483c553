#include "tests/sim/truth.hpp"

#include <algorithm>

namespace ticker::sim {
namespace {

const std::string null_text = "null";

// 1.5 and 1.50 are one value.
std::string_view plain(std::string_view text) {
  if (text.find('.') == std::string_view::npos) return text;
  while (text.ends_with('0')) text.remove_suffix(1);
  if (text.ends_with('.')) text.remove_suffix(1);
  return text;
}

// The last entry whose number is not after `seq`.
template <typename Entries>
auto at(const Entries& entries, std::uint64_t seq) {
  const auto after = std::partition_point(entries.begin(), entries.end(),
                                          [seq](const auto& entry) { return entry.seq <= seq; });
  return after == entries.begin() ? entries.end() : after - 1;
}

}  // namespace

const std::string& TruthInstrument::value(std::size_t field, std::uint64_t seq) const {
  const auto found = at(values_[field], seq);
  return found == values_[field].end() ? null_text : found->text;
}

const StatusText& TruthInstrument::status(std::uint64_t seq) const {
  return at(statuses_, seq)->text;
}

FieldMask TruthInstrument::changed(std::uint64_t after, std::uint64_t seq) const {
  FieldMask all = 0;
  for (std::uint64_t i = after; i < seq; ++i)
    all = static_cast<FieldMask>(all | changes_[i].changed);
  return all;
}

std::uint64_t TruthInstrument::count(std::uint64_t after, std::uint64_t seq, FieldMask mask) const {
  std::uint64_t n = 0;
  for (std::uint64_t i = after; i < seq; ++i) n += (changes_[i].changed & mask) != 0 ? 1 : 0;
  return n;
}

ChangeTimes TruthInstrument::times(std::uint64_t seq, FieldMask mask) const {
  while (seq > 0 && (changes_[seq - 1].changed & mask) == 0) --seq;
  return seq == 0 ? ChangeTimes{} : changes_[seq - 1].times;
}

bool TruthInstrument::interrupted(std::uint64_t from, std::uint64_t to) const {
  for (std::uint64_t i = from; i <= to; ++i) {
    if (trade(i).gap) return true;
  }
  return false;
}

void TruthInstrument::begin(std::int64_t now_us) {
  if (known()) return;
  received_us_ = now_us;
  change_status(Status::pending, Reason::none, now_us, 0);
}

void TruthInstrument::add_change(FieldMask changed, ChangeTimes times) {
  changes_.push_back({changed, times});
  received_us_ = times.received_us;
}

void TruthInstrument::update(const std::vector<NewValue>& values, std::int64_t exchange_us,
                             std::int64_t now_us) {
  begin(now_us);
  const std::uint64_t next = seq() + 1;
  FieldMask mask = go_live(now_us, next) ? status_bit : FieldMask{0};
  for (const NewValue& value : values) {
    if (plain(value.text) == plain(this->value(value.field, next))) continue;
    values_[value.field].push_back({next, value.text});
    mask = static_cast<FieldMask>(mask | 1U << value.field);
  }
  if (mask != 0) add_change(mask, {exchange_us, now_us});
}

void TruthInstrument::add_trade(const TruthTrade& trade, std::int64_t now_us) {
  begin(now_us);
  if (go_live(now_us, seq() + 1)) add_change(status_bit, {0, received_us_});
  trades_.push_back(trade);
}

void TruthInstrument::miss_trades() {
  if (!trades_.empty()) trades_.push_back({true, {}, {}, {}, {}, 0});
}

void TruthInstrument::set_status(Status status, Reason reason, std::int64_t now_us, bool held) {
  begin(now_us);
  held_ = held;
  if (change_status(status, reason, now_us, seq() + 1)) add_change(status_bit, {0, received_us_});
}

bool TruthInstrument::change_status(Status status, Reason reason, std::int64_t now_us,
                                    std::uint64_t seq) {
  if (known() && statuses_.back().status == status && statuses_.back().reason == reason) {
    return false;
  }
  const std::string_view why = reason_names[static_cast<std::size_t>(reason)];
  statuses_.push_back({seq,
                       status,
                       reason,
                       {std::string(status_names[static_cast<std::size_t>(status)]),
                        why.empty() ? null_text : std::string(why), now_us}});
  return true;
}

bool TruthInstrument::go_live(std::int64_t now_us, std::uint64_t seq) {
  return !held_ && change_status(Status::live, Reason::none, now_us, seq);
}

std::string pair_name(std::size_t instrument) {
  return "P" + std::to_string(instrument % pairs_a_venue) + "-X";
}

std::string symbol_name(std::size_t instrument) {
  return std::string(venue_names[venue_of(instrument)]) + ":" + pair_name(instrument);
}

std::size_t instrument_of(std::string_view symbol) {
  for (std::size_t venue = 0; venue < venue_count; ++venue) {
    if (symbol.size() != 7 || !symbol.starts_with(venue_names[venue])) continue;
    const auto pair = static_cast<std::size_t>(symbol[4] - '0');
    if (pair < pairs_a_venue) return venue * pairs_a_venue + pair;
  }
  return instrument_count;
}

}  // namespace ticker::sim
