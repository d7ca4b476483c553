// Books over a sink that writes down, in one line each, what it hears.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "feeds/book/books.hpp"
#include "tests/feeds/book/book_fixture.hpp"

namespace ticker::feeds {

/// `A ticker 1 5 / 2 7`, `A resyncing sequence_gap`, `interrupted`.
struct TextSink final : Sink {
  std::vector<std::string> said;
  std::vector<TickerUpdate> tickers;

  void received(const Receipt&) override { said.emplace_back("received"); }
  void ticker(const TickerUpdate& update) override {
    tickers.push_back(update);
    tickers.back().symbol = {};
    const auto get = [&](Field field) { return text(update.fields.get(field)); };
    said.push_back(std::string(update.symbol) + " ticker " + get(Field::bid) + " " +
                   get(Field::bid_size) + " / " + get(Field::ask) + " " + get(Field::ask_size));
  }
  void trade(const TradeUpdate& update) override {
    said.push_back(std::string(update.symbol) + " trade");
  }
  void overflow() override { said.emplace_back("overflow"); }
  void frame(Verdict, std::string_view frame) override {
    said.push_back("frame " + std::string(frame));
  }
  void interrupted() override { said.emplace_back("interrupted"); }
  void status(Status status, Reason) override {
    said.push_back("status " + std::string(status_names[static_cast<std::size_t>(status)]));
  }
  void introduce(std::string_view symbol, std::string_view name) override {
    said.push_back(std::string(symbol) + " is " + std::string(name));
  }
  void status_of(std::string_view symbol, Status status, Reason reason) override {
    said.push_back(std::string(symbol) + " " +
                   std::string(status_names[static_cast<std::size_t>(status)]) +
                   (reason == Reason::none ? "" : " ") +
                   std::string(reason_names[static_cast<std::size_t>(reason)]));
  }
  void interrupted_one(std::string_view symbol, bool) override {
    said.push_back(std::string(symbol) + " interrupted");
  }
  void book(const BookUpdate&) override { said.emplace_back("book"); }
  void notice(const Notice& notice) override {
    said.push_back("notice " + std::string(notice.text));
  }
  void link(LinkState, std::string_view error) override {
    said.push_back("link " + std::string(error));
  }
};

using Lines = std::vector<std::string>;

class BooksTest : public testing::Test {
 protected:
  explicit BooksTest(const BookRules& rules, std::size_t books_max = 100)
      : books(rules, std::nullopt, sink, books_max) {
    books.on_wanted([this](std::string_view symbol) { wanted.emplace_back(symbol); });
  }

  void say(BookUpdate numbers, Texts bids, Texts asks, std::string_view symbol = "A") {
    OwnUpdate own{levels_of(bids), levels_of(asks), numbers};
    own.numbers.symbol = symbol;
    books.book(own.get());
  }
  /// What was said since it was asked last.
  Lines said() { return std::exchange(sink.said, {}); }

  TextSink sink;
  Books books;
  Lines wanted;
};

}  // namespace ticker::feeds
