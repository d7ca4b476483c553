// The recorded books, rebuilt from the REST answer and the updates: wherever bookTicker gives the
// best bid and offer for the same update id, the book says the same.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <string>

#include "feeds/capture/recording.hpp"
#include "tests/feeds/binance/binance_fixture.hpp"
#include "tests/feeds/book/book_view.hpp"

namespace ticker::feeds {
namespace {

const std::string folder = SOURCE_DIR "/feeds/binance/captures/";

class BinanceDepthCaptures : public BinanceDepth {
 protected:
  // Parses every line of a file, REST answers too.
  void read(const std::string& name) {
    std::ifstream file(folder + name);
    for (std::string line; std::getline(file, line);) {
      const RecordedLine recorded = read_line(line);
      ASSERT_NE(recorded.kind, RecordedLine::Kind::malformed);
      const auto begin = line.find(R"("msg":)") + 6;
      const std::string text = line.substr(begin, line.rfind('}') - begin);
      if (recorded.kind == RecordedLine::Kind::received) {
        ASSERT_EQ(parse(text), Verdict::data) << text;
        continue;
      }
      const std::string padded = text + std::string(Adapter::padding_bytes, '\0');
      const auto path = line.find("/api/v3/depth");
      const std::string target = line.substr(path, line.find('"', path) - path);
      ASSERT_EQ(adapter->parse_answer(target, {padded.data(), text.size()}, sink), Verdict::data);
      ++answers;
    }
  }
  // The books that follow on the snapshot, by the number that they end with: "bid size ask size".
  std::map<std::uint64_t, std::string> rebuild() {
    std::map<std::uint64_t, std::string> tops;
    BookView view;
    std::uint64_t last = 0;
    for (const HeardBook& heard : sink.books) {
      if (!heard.update.snapshot) continue;
      view.apply(heard);
      last = heard.update.last;
    }
    for (const HeardBook& heard : sink.books) {
      if (heard.update.snapshot || heard.update.last <= last) continue;
      EXPECT_LE(heard.update.first, last + 1) << "an update is missing";
      view.apply(heard);
      last = heard.update.last;
      tops[last] = HeardBook::text_of({view.bids().front(), view.asks().front()});
    }
    return tops;
  }

  int answers = 0;
};

TEST_F(BinanceDepthCaptures, AgreeWithTheBestBidAndOfferOfTheSameMoment) {
  read("depth.ndjson");
  ASSERT_EQ(answers, 1);
  EXPECT_EQ(sink.books.size(), 151U);
  const auto tops = rebuild();
  EXPECT_GT(tops.size(), 100U);
  adapter = binance::make_adapter({.quotes = "bookTicker"});
  std::ifstream file(folder + "depth_bookTicker.ndjson");
  int compared = 0;
  for (std::string line; std::getline(file, line);) {
    ASSERT_EQ(parse(std::string(read_line(line).frame)), Verdict::data);
    const HeardTicker& heard = sink.tickers.back();
    const auto top = tops.find(heard.update.order);
    if (top == tops.end()) continue;  // that moment fell inside of an update
    EXPECT_EQ(top->second, heard.get(Field::bid) + " " + heard.get(Field::bid_size) + ", " +
                               heard.get(Field::ask) + " " + heard.get(Field::ask_size));
    ++compared;
  }
  EXPECT_GT(compared, 15);
}

TEST_F(BinanceDepthCaptures, OfTheOtherVenueHaveNoHoles) {
  read("us_depth.ndjson");
  ASSERT_EQ(answers, 1);
  EXPECT_EQ(sink.books.size(), 141U);
  EXPECT_GT(rebuild().size(), 100U);
  EXPECT_EQ(sink.overflows, 0);
}

}  // namespace
}  // namespace ticker::feeds
