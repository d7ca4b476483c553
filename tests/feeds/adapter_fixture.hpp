// An adapter that hears frames with every kind of padding behind, for the tests of venues.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "feeds/adapter.hpp"
#include "tests/feeds/recording_sink.hpp"

namespace ticker::feeds {

inline constexpr FieldMask quote_mask =
    bit(Field::bid) | bit(Field::bid_size) | bit(Field::ask) | bit(Field::ask_size);
inline constexpr FieldMask last_mask = bit(Field::last) | bit(Field::last_size);

inline std::string replaced(std::string text, const std::string& what, const std::string& by) {
  const auto at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return at == std::string::npos ? text : text.replace(at, what.size(), by);
}

class AdapterTest : public testing::Test {
 protected:
  explicit AdapterTest(std::unique_ptr<Adapter> heard) : adapter(std::move(heard)) {}

  // The frame stands alone in an allocation of its own, so that a sanitizer sees every byte read
  // beyond the padding. What the padding holds must not matter.
  Verdict parse(std::string_view frame, char padding = '\0') {
    return parse_into(sink, frame, padding);
  }
  Verdict parse_into(Sink& into, std::string_view frame, char padding = '\0') {
    const auto bytes = std::make_unique<char[]>(frame.size() + Adapter::padding_bytes);
    std::copy(frame.begin(), frame.end(), bytes.get());
    std::fill_n(bytes.get() + frame.size(), Adapter::padding_bytes, padding);
    return adapter->parse({bytes.get(), frame.size()}, into);
  }
  void expect_silence(std::string_view frame, Verdict verdict) {
    sink.calls.clear();
    for (const char padding : {'\0', '}', ']', '"', ',', '0'}) {
      EXPECT_EQ(parse(frame, padding), verdict) << frame << " padded with " << padding;
    }
    EXPECT_TRUE(sink.calls.empty()) << frame;
  }

  /// Parses the sound frames 60 000 times, bytes of them changed or gone; something is said only
  /// when the verdict is `data`. Returns how many were refused.
  std::size_t parse_damaged(const std::vector<std::string>& sound, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    std::size_t refused = 0;
    for (std::size_t i = 0; i < 60'000; ++i) {
      const std::string frame = damaged(sound[i % sound.size()], random);
      const std::size_t calls = sink.calls.size();
      const Verdict verdict = parse(frame, "\0}\"[,"[random() % 5]);
      if (verdict == Verdict::malformed) ++refused;
      EXPECT_EQ(verdict == Verdict::data, sink.calls.size() > calls) << frame;
      if (HasFailure()) break;
    }
    return refused;
  }

  std::unique_ptr<Adapter> adapter;
  RecordingSink sink;

 private:
  static std::string damaged(std::string frame, std::mt19937_64& random) {
    constexpr std::string_view bytes("{}[]\",:0-9e.\\ \n\0x\xff", 19);
    for (auto hits = 1 + random() % 3; hits > 0; --hits) {
      const auto at = random() % frame.size();
      if (random() % 3 == 0) {
        frame.erase(at, 1 + random() % 5);
      } else {
        frame[at] = bytes[random() % bytes.size()];
      }
      if (frame.empty()) frame = "{";
    }
    return frame;
  }
};

}  // namespace ticker::feeds
