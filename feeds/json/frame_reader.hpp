// A frame of a venue, read but not yet understood: the values that its adapter asked for, by key,
// whatever their order in the frame. The only file that knows simdjson is message.cpp. A reader
// belongs to one adapter, on one feed thread; it keeps its memory between frames, never a value.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace ticker::feeds {

/// One JSON value. The text of a string is unescaped, that of a number its exact token, that of
/// anything else empty. Texts live until the next read.
struct Value {
  /// `table`: a list under a key of `Layout::tables`; its rows are had from the reader.
  enum class Type : std::uint32_t { absent, string, number, yes, no, null, container, table };
  union {
    const char* data = nullptr;
    std::size_t begin;  // of a table: its first row
  };
  std::uint32_t size = 0;    // bytes of a text, rows of a table
  Type type = Type::absent;  // as wide as its neighbour: no padding that copies must go around

  [[nodiscard]] std::string_view text() const {
    return type == Type::table ? std::string_view{} : std::string_view(data, size);
  }
  [[nodiscard]] bool is(std::string_view word) const {
    return type == Type::string && text() == word;
  }
};

/// What an adapter wants to know of its venue's frames.
struct Layout {
  /// Keys of the values wanted, of the outermost object and of rows alike; an index in here is what
  /// `Row::at` takes. Reading is fastest in the order in which the venue sends them.
  std::span<const std::string_view> keys;
  /// Key in the outermost object whose value, an object or a list of objects, holds the rows;
  /// empty: none. A frame whose outermost value is a list holds its rows itself.
  std::string_view rows;
  /// Those of `keys` whose value may be a table: a list of short lists (`["42.10","0.5"]`) or of
  /// objects, as levels of a book are.
  std::span<const std::string_view> tables = {};
  /// Where a table's rows are objects: the keys of their cells, in the cells' order.
  std::span<const std::string_view> cells = {};
  /// Key in the outermost object whose value, if it is an object, is read as a part of the
  /// outermost one: `{"arg":{"channel":"trades"},"data":[…]}`. Empty: none.
  std::string_view inner = {};
};

/// One row of a table: its first values, or those that `Layout::cells` names.
inline constexpr std::size_t cells_max = 3;
using Cells = std::array<Value, cells_max>;

/// Where `key` stands in `keys`, known when compiled: a key that is not in the list does not
/// compile.
template <std::size_t size>
consteval std::size_t key_index(const std::string_view (&keys)[size], std::string_view key) {
  for (std::size_t i = 0; i < size; ++i) {
    if (keys[i] == key) return i;
  }
  throw "no such key";
}

/// The wanted values of one object.
class Row {
 public:
  /// `present`: a bit a key; what `values` holds of the others is of no frame.
  Row(std::span<const Value> values, std::uint64_t present) : values_(values), present_(present) {}
  [[nodiscard]] const Value& at(std::size_t key) const {
    return (present_ >> key & 1) != 0 ? values_[key] : absent_;
  }
  [[nodiscard]] bool has(std::size_t key) const { return at(key).type != Value::Type::absent; }

 private:
  static constexpr Value absent_{};
  std::span<const Value> values_;
  std::uint64_t present_;
};

/// Reads frames and checks every byte of them: what it accepts is well-formed JSON in UTF-8.
class FrameReader {
 public:
  static constexpr std::size_t frame_bytes_max = 4 * 1024 * 1024;
  static constexpr std::size_t keys_max = 64;
  static constexpr std::size_t rows_max = 4'096;  // the longest list known is of 1 024 trades
  static constexpr std::size_t table_rows_max = 131'072;  // of one frame; whole books are sent
  static constexpr int depth_max = 16;

  explicit FrameReader(const Layout& layout);
  ~FrameReader();
  FrameReader(const FrameReader&) = delete;
  FrameReader& operator=(const FrameReader&) = delete;

  /// False when the frame is not well-formed, too long, nested too deep or has too many rows: then
  /// there is nothing to ask. `Adapter::padding_bytes` must be readable behind the frame. When a
  /// key stands twice in an object, the last one counts.
  [[nodiscard]] bool read(std::string_view frame);

  /// Values of the outermost object; all absent where the frame is none.
  [[nodiscard]] Row head() const { return row(0); }
  /// How many rows there are; elements of a list that are no objects count, all their values
  /// absent.
  [[nodiscard]] std::size_t rows() const { return present_.size() - 1; }
  [[nodiscard]] Row at(std::size_t index) const { return row(index + 1); }
  /// The rows of a table; none where the value is another one. Good until the next read.
  [[nodiscard]] std::span<const Cells> table(const Value& value) const {
    if (value.type != Value::Type::table) return {};
    return std::span(cells_).subspan(value.begin, value.size);
  }
  /// What holds the rows; `other`: a value that can hold none.
  enum class Body : std::uint8_t { none, object, list, other };
  [[nodiscard]] Body body() const { return body_; }

 private:
  struct Parser;

  [[nodiscard]] Row row(std::size_t index) const {
    const std::size_t stride = layout_.keys.size();
    return {std::span(values_).subspan(index * stride, stride), present_[index]};
  }

  const Layout layout_;
  const std::unique_ptr<Parser> parser_;
  // The head's, then those of each row. Values are never cleared, which would cost more than to
  // read a small frame: only a bit says that one is there.
  std::vector<Value> values_;
  std::vector<std::uint64_t> present_{0};
  std::vector<Cells> cells_;  // of all tables
  Body body_ = Body::none;
};

}  // namespace ticker::feeds
