#include "feeds/json/frame_reader.hpp"

#include <simdjson.h>

#include <algorithm>
#include <cassert>

#include "feeds/contract/adapter.hpp"
#include "feeds/json/lexeme.hpp"

static_assert(ticker::feeds::Adapter::padding_bytes >= simdjson::SIMDJSON_PADDING);

namespace ticker::feeds {
namespace {

namespace json = simdjson::ondemand;

// What a result without error holds, where it lies. A copy costs more than the rest of reading a
// value: it loads whole what was just stored in parts.
template <class T>
T& in_place(simdjson::simdjson_result<T>& result) {
  T&& held = std::move(result).value_unsafe();
  return held;
}

}  // namespace

// On-Demand checks what is asked for and little else. A frame cut short or spliced must not pass as
// data, so every value is asked for, those that nobody needs as well. Tokens are taken as they lie
// and checked here: no value is copied or converted that nobody wants converted.
struct FrameReader::Parser {
  static constexpr std::size_t none = keys_max;

  Parser(const Layout& wanted, std::vector<Value>& all, std::vector<std::uint64_t>& bits,
         std::vector<Cells>& table_rows)
      : layout(wanted), values(all), present(bits), cells(table_rows) {
    for (std::size_t i = 0; i < layout.keys.size(); ++i) {
      std::size_t slot = slot_of(layout.keys[i]);
      while (slots[slot] != none) slot = (slot + 1) % slots.size();
      slots[slot] = static_cast<std::uint8_t>(i);
      // Of a key in memory of ours eight bytes may not be readable.
      std::array<char, sizeof(std::uint64_t)> bytes{};
      layout.keys[i].copy(bytes.data(), bytes.size());
      beginnings[i] = lexeme::load(bytes.data());
      if (std::ranges::find(layout.tables, layout.keys[i]) != layout.tables.end()) {
        tables |= std::uint64_t{1} << i;
      }
    }
  }

  const Layout& layout;
  std::vector<Value>& values;
  std::vector<std::uint64_t>& present;
  std::vector<Cells>& cells;
  std::uint64_t tables = 0;  // a bit a key whose value may be one
  json::parser parser{frame_bytes_max};
  const char* end = nullptr;  // of the frame
  Body body = Body::none;
  std::array<std::uint64_t, keys_max> beginnings{};         // the first eight bytes of each key
  std::array<std::uint8_t, 4 * keys_max> slots = filled();  // keys by hash; never full

  static constexpr std::array<std::uint8_t, 4 * keys_max> filled() {
    std::array<std::uint8_t, 4 * keys_max> empty{};
    empty.fill(none);
    return empty;
  }

  // Keys of one venue differ in length or at an end, nearly all of them.
  static std::size_t slot_of(std::string_view key) {
    if (key.empty()) return 0;
    const auto first = static_cast<unsigned char>(key.front());
    const auto last = static_cast<unsigned char>(key.back());
    return (key.size() * 7 + first * 3U + last) % (4 * keys_max);
  }

  // Eight bytes behind the key's beginning must be readable, as they are in a frame.
  [[nodiscard]] std::size_t index_of(std::string_view key) const {
    const std::uint64_t beginning = lexeme::load(key.data()) & lexeme::mask(key.size());
    for (std::size_t slot = slot_of(key);; slot = (slot + 1) % slots.size()) {
      const std::size_t index = slots[slot];
      if (index == none) return none;
      const std::string_view wanted = layout.keys[index];
      if (wanted.size() != key.size() || beginnings[index] != beginning) continue;
      if (key.size() <= sizeof beginning || wanted == key) return index;
    }
  }

  void add_row() {
    present.push_back(0);
    const std::size_t size = present.size() * layout.keys.size();
    if (values.size() < size) values.resize(size);
  }

  // A value of the kinds without a name of their own.
  static bool scalar(json::value& value, std::string_view token, Value& out) {
    if (token.empty()) return false;
    if (token.front() == '"') return text(value, token, out);
    if (token == "true" || token == "false" || token == "null") {
      out.type = token == "true"    ? Value::Type::yes
                 : token == "false" ? Value::Type::no
                                    : Value::Type::null;
      return true;
    }
    set(out, Value::Type::number, token);
    return lexeme::is_number(token);
  }

  static bool text(json::value& value, std::string_view token, Value& out) {
    if (token.size() < 2 || token.back() != '"') return false;
    // The index has refused control characters and broken UTF-8 already, so a string without a
    // backslash or another quote is what it says.
    const std::string_view inner = token.substr(1, token.size() - 2);
    if (lexeme::end_of_plain(inner.data()) == inner.data() + inner.size()) {
      set(out, Value::Type::string, inner);
      return true;
    }
    std::string_view unescaped;
    if (value.get_string().get(unescaped) != simdjson::SUCCESS) return false;
    set(out, Value::Type::string, unescaped);
    return true;
  }

  static void set(Value& out, Value::Type type, std::string_view text) {
    out.data = text.data();
    out.size = static_cast<std::uint32_t>(text.size());
    out.type = type;
  }

  // The bytes of a value up to the next token; empty when they are not all the frame's. Behind the
  // frame's end the index knows no length, and On-Demand takes what stands there for a part of it.
  [[nodiscard]] std::string_view token_of(json::value& value) const {
    const std::string_view token = value.raw_json_token();
    const bool inside =
        token.data() < end && token.size() <= static_cast<std::size_t>(end - token.data());
    return inside ? token : std::string_view{};
  }

  bool read(json::value& value, Value& out, int depth) {
    const std::string_view token = token_of(value);
    if (token.starts_with('{')) {
      out.type = Value::Type::container;
      json::object object;
      return depth < depth_max && value.get_object().get(object) == simdjson::SUCCESS &&
             check(object, depth + 1);
    }
    if (token.starts_with('[')) {
      out.type = Value::Type::container;
      json::array array;
      return depth < depth_max && value.get_array().get(array) == simdjson::SUCCESS &&
             check(array, depth + 1);
    }
    // The token runs up to the next one. On-Demand would take `["a":1]` for a list: only a comma or
    // an end may follow.
    const char next = token.empty() ? '\0' : token.data()[token.size()];
    return (next == ',' || next == ']' || next == '}') &&
           scalar(value, lexeme::trim_end(token), out);
  }

  bool check(json::array array, int depth) {
    for (auto element : array) {
      Value ignored;
      if (element.error() != simdjson::SUCCESS) return false;
      if (!read(in_place(element), ignored, depth)) return false;
    }
    return true;
  }

  bool check(json::object object, int depth) {
    for (auto entry : object) {
      std::string_view key;
      Value ignored;
      if (entry.error() != simdjson::SUCCESS) return false;
      json::field& field = in_place(entry);
      if (!key_of(field, key)) return false;
      if (!read(field.value(), ignored, depth)) return false;
    }
    return true;
  }

  // The value of a key that may hold a table.
  bool read_table(json::value& value, Value& out, int depth) {
    if (!token_of(value).starts_with('[')) return read(value, out, depth);
    const std::size_t begin = cells.size();
    json::array array;
    if (depth >= depth_max || value.get_array().get(array) != simdjson::SUCCESS) return false;
    for (auto element : array) {
      if (element.error() != simdjson::SUCCESS || cells.size() == table_rows_max) return false;
      cells.emplace_back();
      if (!read_cells(in_place(element), depth + 1)) return false;
    }
    out.begin = begin;
    out.size = static_cast<std::uint32_t>(cells.size() - begin);
    out.type = Value::Type::table;
    return true;
  }

  // One row of a table, into the last one of `cells`.
  bool read_cells(json::value& value, int depth) {
    const std::string_view token = token_of(value);
    Value ignored;
    if (token.starts_with('[')) {
      json::array array;
      if (depth >= depth_max || value.get_array().get(array) != simdjson::SUCCESS) return false;
      std::size_t cell = 0;
      for (auto element : array) {
        if (element.error() != simdjson::SUCCESS) return false;
        Value& wanted = cell < cells_max ? cells.back()[cell++] : ignored;
        if (!read(in_place(element), wanted, depth + 1)) return false;
      }
      return true;
    }
    if (!token.starts_with('{')) return read(value, ignored, depth);
    json::object object;
    if (depth >= depth_max || value.get_object().get(object) != simdjson::SUCCESS) return false;
    for (auto entry : object) {
      std::string_view key;
      if (entry.error() != simdjson::SUCCESS) return false;
      json::field& field = in_place(entry);
      if (!key_of(field, key)) return false;
      const auto named = std::ranges::find(layout.cells, key);
      const auto cell = static_cast<std::size_t>(named - layout.cells.begin());
      Value& wanted = named != layout.cells.end() ? cells.back()[cell] : ignored;
      wanted = {};
      if (!read(field.value(), wanted, depth + 1)) return false;
    }
    return true;
  }

  // The field's key, as it lies where nothing in it is escaped.
  bool key_of(json::field& field, std::string_view& out) const {
    const char* const first = field.key().raw();
    if (first >= end) return false;
    const char* const last = lexeme::end_of_plain(first);  // the index has seen the closing quote
    if (*last == '\\') return field.unescaped_key().get(out) == simdjson::SUCCESS;
    out = {first, static_cast<std::size_t>(last - first)};
    return true;
  }

  // Reads an object into the row at `row`; `rows_here`: the rows' key may stand in it.
  bool fill(json::object object, std::size_t row, int depth, bool rows_here) {
    for (auto entry : object) {
      std::string_view key;
      if (entry.error() != simdjson::SUCCESS) return false;
      json::field& field = in_place(entry);
      if (!key_of(field, key)) return false;
      if (const std::size_t index = index_of(key); index != none) {
        Value& wanted = values[row * layout.keys.size() + index];
        wanted = {};
        present[row] |= std::uint64_t{1} << index;
        if (!((tables >> index & 1) != 0 ? read_table(field.value(), wanted, depth)
                                         : read(field.value(), wanted, depth))) {
          return false;
        }
      } else if (rows_here && !layout.rows.empty() && key == layout.rows) {
        if (!read_body(field.value(), depth)) return false;
      } else if (rows_here && !layout.inner.empty() && key == layout.inner &&
                 token_of(field.value()).starts_with('{')) {
        json::object object_inside;
        if (field.value().get_object().get(object_inside) != simdjson::SUCCESS ||
            !fill(object_inside, row, depth + 1, false)) {
          return false;
        }
      } else {
        Value ignored;
        if (!read(field.value(), ignored, depth)) return false;
      }
    }
    return true;
  }

  bool read_body(json::value& value, int depth) {
    const std::string_view token = token_of(value);
    present.resize(1);  // of two bodies the last one counts
    bool ok = false;
    if (token.starts_with('{')) {
      json::object object;
      body = Body::object;
      add_row();
      ok = value.get_object().get(object) == simdjson::SUCCESS && fill(object, 1, depth + 1, false);
    } else if (token.starts_with('[')) {
      json::array array;
      ok = value.get_array().get(array) == simdjson::SUCCESS && list(array, depth + 1);
    } else {
      Value ignored;
      body = Body::other;
      ok = read(value, ignored, depth);
    }
    return ok;
  }

  bool list(json::array array, int depth) {
    body = Body::list;
    std::size_t row = 0;
    for (auto element : array) {
      if (element.error() != simdjson::SUCCESS || ++row > rows_max) return false;
      json::value& value = in_place(element);
      add_row();
      Value ignored;
      json::object object;
      if (!token_of(value).starts_with('{')) {
        if (!read(value, ignored, depth)) return false;
      } else if (value.get_object().get(object) != simdjson::SUCCESS ||
                 !fill(object, row, depth + 1, false)) {
        return false;
      }
    }
    return true;
  }

  // A frame that is a single value: nothing that we know, but well-formed or not all the same.
  static bool single(json::document& document, std::string_view text) {
    std::string_view ignored;
    if (text.starts_with('"')) return document.get_string().get(ignored) == simdjson::SUCCESS;
    return text == "true" || text == "false" || text == "null" || lexeme::is_number(text);
  }
};

FrameReader::FrameReader(const Layout& layout)
    : layout_(layout), parser_(std::make_unique<Parser>(layout_, values_, present_, cells_)) {
  values_.resize(layout.keys.size());
  assert(!layout.keys.empty() && layout.keys.size() <= keys_max);
  assert(layout.cells.size() <= cells_max);
  for (const std::string_view key : layout.keys) assert(key.size() < Adapter::padding_bytes);
}
FrameReader::~FrameReader() = default;

bool FrameReader::read(std::string_view frame) {
  Parser& parser = *parser_;
  present_.clear();
  cells_.clear();
  parser.add_row();
  parser.body = body_ = Body::none;
  if (frame.size() > frame_bytes_max) return false;
  const std::string_view text = lexeme::trim_start(frame);
  if (text.empty()) return false;
  parser.end = frame.data() + frame.size();
  json::document document;
  const simdjson::padded_string_view padded(frame.data(), frame.size(),
                                            frame.size() + Adapter::padding_bytes);
  if (parser.parser.iterate(padded).get(document) != simdjson::SUCCESS) return false;
  bool ok = false;
  if (text.front() == '{') {
    json::object object;
    ok = document.get_object().get(object) == simdjson::SUCCESS && parser.fill(object, 0, 1, true);
  } else if (text.front() == '[') {
    json::array array;
    ok = document.get_array().get(array) == simdjson::SUCCESS && parser.list(array, 1);
  } else {
    ok = Parser::single(document, lexeme::trim_end(text));
    if (text.front() != '"') return ok;
  }
  body_ = parser.body;
  // Nothing may follow the outermost value.
  return ok && document.current_location().error() == simdjson::OUT_OF_BOUNDS;
}

}  // namespace ticker::feeds
