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

#include "feeds/contract/adapter.hpp"
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
    forget();
    for (const char padding : {'\0', '}', ']', '"', ',', '0'}) {
      EXPECT_EQ(parse(frame, padding), verdict) << frame << " padded with " << padding;
    }
    EXPECT_EQ(said(), 0U) << frame;
  }
  /// Calls of data: notices are no data.
  [[nodiscard]] std::size_t said() const { return sink.calls.size() - sink.notices.size(); }
  void forget() {
    sink.calls.clear();
    sink.notices.clear();
  }
  /// The frame is `ignored` and makes one notice, whatever the padding.
  void expect_notice(std::string_view frame, const HeardNotice& expected) {
    for (const char padding : {'\0', '}', ']', '"', ',', '0'}) {
      sink = {};
      EXPECT_EQ(parse(frame, padding), Verdict::ignored) << frame;
      ASSERT_EQ(sink.calls, std::vector<std::string>{"notice"}) << frame;
      EXPECT_EQ(sink.notices[0], expected) << frame;
    }
  }
  void expect_no_notice(std::string_view frame) {
    sink = {};
    EXPECT_EQ(parse(frame), Verdict::ignored) << frame;
    EXPECT_TRUE(sink.calls.empty()) << frame;
  }

  /// Parses the sound frames 60 000 times, bytes of them changed or gone; something is said only
  /// when the verdict is `data`. Returns how many were refused.
  std::size_t parse_damaged(const std::vector<std::string>& sound, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    std::size_t refused = 0;
    forget();
    for (std::size_t i = 0; i < 60'000; ++i) {
      const std::string frame = damaged(sound[i % sound.size()], random);
      const Verdict verdict = parse(frame, "\0}\"[,"[random() % 5]);
      if (verdict == Verdict::malformed) ++refused;
      EXPECT_EQ(verdict == Verdict::data, said() > 0) << frame;
      EXPECT_TRUE(verdict == Verdict::ignored || sink.notices.empty()) << frame;
      forget();
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
