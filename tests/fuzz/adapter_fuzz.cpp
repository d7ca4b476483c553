// Any bytes as a frame of one venue, FUZZ_VENUE: one target for each folder with captures, under
// everything that a configuration may say of the venue. What an adapter promises
// (feeds/adapter.hpp) must hold, and nothing may depend on what lies around the frame or was parsed
// before it.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "feeds/registry.hpp"
#include "tests/feeds/recording_sink.hpp"
#include "tests/fuzz/expect.hpp"
#include "tests/fuzz/json_oracle.hpp"
#include "tests/fuzz/placed_frame.hpp"

namespace ticker::fuzz {
namespace {

using feeds::Adapter;
using feeds::RecordingSink;
using feeds::VenueEntry;
using feeds::VenueOptions;
using feeds::Verdict;

constexpr std::size_t frame_bytes_max = 4 * 1024 * 1024;
constexpr std::size_t depth_max = 16;

// One way to speak with a venue: what a configuration may say of it.
struct Setup {
  const VenueEntry& entry;
  VenueOptions options;
  [[nodiscard]] std::unique_ptr<Adapter> make() const { return entry.make(options); }
};

std::vector<Setup> setups_of(const VenueEntry& entry) {
  std::vector<Setup> setups;
  for (const std::string_view name : entry.categories) {
    const auto at = std::ranges::find(feeds::category_names, name) - feeds::category_names.begin();
    for (const std::string_view trades : entry.trades) {
      for (const std::string_view quotes : entry.quotes) {
        VenueOptions options;
        options.category = static_cast<feeds::Category>(at);
        options.trades = trades;
        options.quotes = quotes;
        setups.push_back({entry, std::move(options)});
      }
    }
  }
  return setups;
}

// Those of the target's venue.
const std::vector<Setup>& setups() {
  static const std::vector<Setup> found = [] {
    for (const VenueEntry& entry : feeds::venues()) {
      if (entry.venue == FUZZ_VENUE) return setups_of(entry);
    }
    return std::vector<Setup>();
  }();
  expect(!found.empty(), "the registry knows the venue of every folder with captures");
  return found;
}

// All that an adapter said of one frame.
struct Outcome {
  Verdict verdict;
  RecordingSink sink;
};

Outcome parse(Adapter& adapter, std::string_view frame) {
  Outcome outcome;
  outcome.verdict = adapter.parse(frame, outcome.sink);
  return outcome;
}

// As the answer to a REST request for a book.
Outcome parse_answer(Adapter& adapter, std::string_view body) {
  Outcome outcome;
  outcome.verdict =
      adapter.parse_answer("/api/v3/depth?symbol=A%42&limit=1000", body, outcome.sink);
  return outcome;
}

// As one text, every digit in it: what is equal reads equal.
std::string written(const Outcome& outcome) {
  std::string out = std::to_string(static_cast<int>(outcome.verdict));
  const auto add = [&out](std::string_view part) { (out += '|') += part; };
  const auto add_number = [&](auto number) { add(std::to_string(number)); };
  for (const std::string& call : outcome.sink.calls) add(call);
  for (const auto& [symbol, update, received] : outcome.sink.tickers) {
    add(symbol);
    add_number(update.stream);
    add_number(update.order);
    add_number(update.exchange_us);
    add_number(update.mask);
    for (std::size_t i = 0; i < field_count; ++i) {
      add(feeds::text(update.fields.get(static_cast<Field>(i))));
    }
  }
  for (const auto& [symbol, trade_id, update, received] : outcome.sink.trades) {
    add(symbol);
    add(trade_id);
    add_number(update.stream);
    add_number(update.order);
    add_number(update.exchange_us);
    add(feeds::text(update.price));
    add(feeds::text(update.size));
    add_number(static_cast<int>(update.side));
    add_number(static_cast<int>(update.counted));
  }
  for (const feeds::HeardBook& book : outcome.sink.books) {
    add(book.symbol);
    add_number(book.update.stream);
    add_number(static_cast<int>(book.update.snapshot));
    add_number(book.update.first);
    add_number(book.update.last);
    add_number(book.update.previous);
    add(book.update.checksum ? std::to_string(*book.update.checksum) : "none");
    add_number(book.update.exchange_us);
    add(feeds::HeardBook::text_of(book.bids));
    add(feeds::HeardBook::text_of(book.asks));
  }
  for (const feeds::HeardNotice& notice : outcome.sink.notices) {
    add_number(static_cast<int>(notice.kind));
    add(notice.symbol);
    add(notice.text);
    add_number(notice.last_trade);
  }
  return out;
}

void check_number(const Decimal& value, int overflows) {
  if (value.is_null()) {
    expect(overflows > 0, "a number is null only where an overflow was told");
    return;
  }
  expect(value.mantissa >= 0, "no price and no size is negative");
  expect(value.scale <= Decimal::scale_max, "a scale is at most scale_max");
  Decimal again;
  expect(Decimal::parse(feeds::text(value), again) == Decimal::Parse::ok, "a number reads back");
  expect(again == value && again.scale == value.scale, "a number reads back with every digit");
}

void check_update(std::string_view symbol, std::uint8_t stream, std::int64_t exchange_us) {
  expect(!symbol.empty(), "whatever is said is said of a symbol");
  expect(is_utf8(symbol), "a symbol is UTF-8");
  expect(stream < feeds::streams_max, "a stream is below streams_max");
  expect(exchange_us >= 0, "an exchange time is not negative");
}

void check_side(const std::vector<feeds::BookLevel>& levels, std::size_t frame_bytes,
                int overflows) {
  // Two digits and what keeps them apart: more levels than that were not in the frame.
  expect(levels.size() <= frame_bytes / 4, "a book's levels are those of its frame");
  for (const feeds::BookLevel& level : levels) {
    expect(!level.price.is_null() && level.price.mantissa > 0, "a level has a price");
    check_number(level.price, overflows);
    check_number(level.size, overflows);
  }
}

void check_books(const RecordingSink& sink, std::size_t frame_bytes) {
  for (const feeds::HeardBook& book : sink.books) {
    check_update(book.symbol, book.update.stream, book.update.exchange_us);
    expect(book.update.first <= book.update.last, "a book's numbers do not run backwards");
    check_side(book.bids, frame_bytes, sink.overflows);
    check_side(book.asks, frame_bytes, sink.overflows);
  }
  for (const feeds::HeardNotice& notice : sink.notices) {
    expect(is_utf8(notice.symbol), "a notice's symbol is UTF-8");
    expect(is_utf8(notice.text), "a notice's text is UTF-8");
  }
}

void check_said(const Outcome& outcome, std::size_t frame_bytes) {
  const RecordingSink& sink = outcome.sink;
  const bool only_notices = sink.calls.size() == sink.notices.size();
  expect(outcome.verdict == Verdict::data || only_notices, "only data says something");
  expect(outcome.verdict == Verdict::data || outcome.verdict == Verdict::ignored ||
             sink.notices.empty(),
         "nothing is noticed of a frame that was not understood");
  check_books(sink, frame_bytes);
  expect(sink.frames.empty(), "an adapter leaves counting of frames to its source");
  expect(std::ranges::find(sink.calls, "received") == sink.calls.end(),
         "an adapter does not know when a frame was received");
  for (const auto& [symbol, update, received] : sink.tickers) {
    check_update(symbol, update.stream, update.exchange_us);
    constexpr FieldMask numbers = all_fields & ~status_bit;
    expect(update.mask != 0 && (update.mask & ~numbers) == 0, "a mask names fields, at least one");
    for (std::size_t i = 0; i < field_count; ++i) {
      const auto field = static_cast<Field>(i);
      const Decimal value = update.fields.get(field);
      if ((update.mask & bit(field)) == 0) {
        expect(value.is_null(), "a field outside the mask is null");
      } else if (!value.is_null()) {
        check_number(value, sink.overflows);
      }
    }
  }
  for (const auto& [symbol, trade_id, update, received] : sink.trades) {
    check_update(symbol, update.stream, update.exchange_us);
    expect(is_utf8(trade_id), "a trade id is UTF-8");
    check_number(update.price, sink.overflows);
    check_number(update.size, sink.overflows);
  }
  for (const feeds::HeardBook& heard : sink.books) {
    check_update(heard.symbol, heard.update.stream, heard.update.exchange_us);
    expect(heard.update.first <= heard.update.last, "an update's numbers are a range");
    for (const auto* side : {&heard.bids, &heard.asks}) {
      for (const feeds::BookLevel& level : *side) {
        expect(level.price.mantissa > 0, "a level has a price");
        check_number(level.price, 0);
        check_number(level.size, sink.overflows);
      }
    }
  }
  for (const feeds::HeardNotice& heard : sink.notices) {
    expect(is_utf8(heard.symbol) && is_utf8(heard.text), "what a venue says is UTF-8");
  }
}

// A venue may answer a ping in a word that is no JSON; nothing but a sign of life is taken from it.
bool is_pong(const Outcome& outcome) {
  const RecordingSink& sink = outcome.sink;
  return outcome.verdict == Verdict::ignored && sink.calls.size() == 1 &&
         sink.notices ==
             std::vector<feeds::HeardNotice>{{feeds::Notice::Kind::heartbeat, "", "", 0}};
}

// Every venue's, since it costs nothing: some venues share a folder.
void check_canonical(std::string_view symbol) {
  static const auto adapters = [] {
    std::vector<std::unique_ptr<Adapter>> made;
    for (const VenueEntry& entry : feeds::venues()) {
      for (const Setup& setup : setups_of(entry)) made.push_back(setup.make());
    }
    return made;
  }();
  for (const auto& adapter : adapters) {
    const std::string name = adapter->canonical(symbol);
    expect(symbol.empty() || !name.empty(), "a symbol has a canonical name");
    expect(adapter->canonical(symbol) == name, "a symbol has one canonical name");
  }
}

void check_json(std::string_view frame, const Outcome& outcome) {
  if (outcome.verdict == Verdict::malformed || is_pong(outcome)) return;
  const JsonFacts facts = look_at_json(frame);
  expect(frame.size() <= frame_bytes_max, "a frame beyond 4 MiB is malformed");
  expect(facts.depth <= depth_max, "a frame deeper than 16 is malformed");
  expect(facts.form != JsonFacts::Form::malformed, "what is not malformed is JSON");
}

// The other way round: JSON of a kind that no venue has is unknown, not malformed. Whatever the
// frame is, it is the value of a key that nobody uses.
void check_unheard_of(Adapter& adapter, std::string_view frame) {
  const std::string wrapped = "{\"never heard of\":" + std::string(frame) + "}";
  const JsonFacts facts = look_at_json(wrapped);
  if (facts.form != JsonFacts::Form::well_formed || facts.keys.size() != 1) return;
  if (facts.depth > depth_max || wrapped.size() > frame_bytes_max) return;
  const HeapFrame on_heap(wrapped, Padding::one);
  expect(parse(adapter, on_heap.view()).verdict != Verdict::malformed,
         "JSON that no venue sends is not malformed");
}

void check(const Setup& setup, std::string_view frame) {
  static GuardedFrame guarded;
  const std::unique_ptr<Adapter> fresh = setup.make();
  const std::unique_ptr<Adapter> used = setup.make();

  const HeapFrame on_heap(frame, Padding::one);
  const Outcome outcome = parse(*fresh, on_heap.view());
  check_json(frame, outcome);
  check_said(outcome, frame.size());
  for (const auto& heard : outcome.sink.tickers) check_canonical(heard.symbol);
  for (const auto& heard : outcome.sink.books) check_canonical(heard.symbol);

  const std::string expected = written(outcome);
  const HeapFrame other_padding(frame, Padding::other);
  expect(written(parse(*fresh, other_padding.view())) == expected,
         "neither the padding nor the same frame before it changes what a frame says");
  for (const std::size_t size : {frame.size() / 2, frame.size() - frame.size() / 8}) {
    const HeapFrame cut(frame.substr(0, size), Padding::one);
    check_said(parse(*used, cut.view()), size);
  }
  expect(written(parse(*used, guarded.place(frame, Padding::one))) == expected,
         "what was parsed before does not change what a frame says");
  const Outcome answered = parse_answer(*fresh, on_heap.view());
  check_said(answered, frame.size());
  expect(written(parse_answer(*used, other_padding.view())) == written(answered),
         "what was parsed before does not change what an answer says");
  check_unheard_of(*used, frame);
  const std::string spaced = "\n " + std::string(frame) + "\r\t ";
  expect(spaced.size() > frame_bytes_max ||
             written(parse(*used, guarded.place(spaced, Padding::other))) == expected,
         "white space around a frame does not change what it says");
}

// Two frames, a line each, one after the other: the first leaves nothing to the second.
void check_after(const Setup& setup, std::string_view first, std::string_view second) {
  const std::unique_ptr<Adapter> fresh = setup.make();
  const std::unique_ptr<Adapter> used = setup.make();
  const HeapFrame before(first, Padding::one);
  const HeapFrame after(second, Padding::one);
  parse(*used, before.view());
  expect(written(parse(*used, after.view())) == written(parse(*fresh, after.view())),
         "what was parsed before does not change what a frame says");
}

}  // namespace
}  // namespace ticker::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view frame(reinterpret_cast<const char*>(data), size);
  ticker::fuzz::check_canonical(frame.substr(0, 64));
  const auto line = std::min(frame.find('\n'), frame.size());
  for (const auto& setup : ticker::fuzz::setups()) {
    ticker::fuzz::check(setup, frame);
    if (line == frame.size()) continue;
    ticker::fuzz::check_after(setup, frame.substr(0, line), frame.substr(line + 1));
  }
  return 0;
}
