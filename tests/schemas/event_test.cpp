// The records of the ring: masks, packed fields, trade ids.
#include "schemas/event.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <set>
#include <string>

namespace ticker {
namespace {

TEST(Field, HasANameAndABitOfItsOwn) {
  std::set<std::string_view> names;
  FieldMask seen = status_bit;
  for (std::size_t i = 0; i < field_count; ++i) {
    const FieldMask mask = bit(static_cast<Field>(i));
    EXPECT_EQ(seen & mask, 0);
    seen = static_cast<FieldMask>(seen | mask);
    names.insert(field_names[i]);
  }
  EXPECT_EQ(seen, all_fields);
  EXPECT_EQ(names.size(), field_count);
  EXPECT_EQ(field_names[static_cast<std::size_t>(Field::volume_24h)], "volume_24h");
}

TEST(Fields, BeginWithoutValues) {
  const Fields fields;
  for (std::size_t i = 0; i < field_count; ++i) {
    EXPECT_TRUE(fields.get(static_cast<Field>(i)).is_null());
  }
}

TEST(Fields, KeepEachFieldApart) {
  Fields fields;
  for (std::size_t i = 0; i < field_count; ++i) {
    fields.set(static_cast<Field>(i),
               {static_cast<std::int64_t>(i) - 5, static_cast<std::int8_t>(i)});
  }
  for (std::size_t i = 0; i < field_count; ++i) {
    const Decimal value = fields.get(static_cast<Field>(i));
    EXPECT_EQ(value.mantissa, static_cast<std::int64_t>(i) - 5);
    EXPECT_EQ(value.scale, static_cast<std::int8_t>(i));
  }
  fields.set(Field::ask, {});
  EXPECT_TRUE(fields.get(Field::ask).is_null());
  EXPECT_FALSE(fields.get(Field::bid).is_null());
}

TEST(TradeId, KeepsAUuid) {
  TradeId id;
  id.assign("20f43950-d8dd-5b31-9112-a178eb6023af");
  EXPECT_EQ(id.view(), "20f43950-d8dd-5b31-9112-a178eb6023af");
  id.assign("");
  EXPECT_EQ(id.view(), "");
}

TEST(TradeId, CutsWhatIsTooLong) {
  TradeId id;
  id.assign(std::string(100, '7'));
  EXPECT_EQ(id.view(), std::string(TradeId::text_max, '7'));
}

TEST(Event, BeginsAsAZeroTicker) {
  const Event event;
  EXPECT_EQ(event.kind, Event::Kind::ticker);
  EXPECT_EQ(event.seq, 0U);
  EXPECT_EQ(event.ticker.changed, 0);
  EXPECT_TRUE(event.ticker.fields.get(Field::bid).is_null());
}

TEST(Event, NamesEveryEnumerator) {
  EXPECT_EQ(status_names[static_cast<std::size_t>(Status::down)], "down");
  EXPECT_EQ(reason_names[static_cast<std::size_t>(Reason::upstream)], "upstream");
  EXPECT_EQ(side_names[static_cast<std::size_t>(Side::sell)], "sell");
  EXPECT_EQ(event_kind_names[static_cast<std::size_t>(Event::Kind::repair)], "repair");
}

// Whoever adds a part decides whether another process can read it.
TEST(Event, EachPartSaysWhereItHasAMeaning) {
  std::ifstream source(SOURCE_DIR "/schemas/event.hpp");
  const auto begins_a_part = [](std::string_view line) {
    return line.starts_with("struct ") &&
           (line.ends_with("Body {") || line == "struct Receipt {" || line == "struct Event {");
  };
  const auto is_member = [](std::string_view line) {
    const auto end = line.find(';');
    return line.starts_with("  ") && line.size() > 2 &&
           (std::isalpha(static_cast<unsigned char>(line[2])) != 0) &&
           end != std::string_view::npos && line.find('(') > end && !line.starts_with("  static") &&
           !line.starts_with("  enum");
  };
  const auto is_tagged = [](std::string_view line) {
    const std::string_view comment = line.substr(std::min(line.find("// ["), line.size()));
    return comment.starts_with("// [anywhere]") || comment.starts_with("// [epoch]") ||
           comment.starts_with("// [local]");
  };
  int parts = 0;
  bool within = false;  // one of the structs that an event is made of
  for (std::string line; std::getline(source, line);) {
    if (begins_a_part(line)) within = true;
    if (line == "};") within = false;
    if (!within || !is_member(line) || line == "  Receipt received;") continue;
    EXPECT_TRUE(is_tagged(line)) << line;
    ++parts;
  }
  EXPECT_EQ(parts, 20);
}

}  // namespace
}  // namespace ticker
