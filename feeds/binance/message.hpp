// A frame of Binance, read but not yet understood: the values that we may need, by key, whatever
// their order. Texts point into the frame or the parser's memory and live until the next read.
// Owned by the adapter; hides simdjson from everybody else.
#pragma once

#include <array>
#include <memory>
#include <string_view>

namespace ticker::feeds::binance {

/// One JSON value. `text` of a string is unescaped, of a number its exact token.
struct Value {
  enum class Type { absent, string, number, yes, no, null, container };
  Type type = Type::absent;
  std::string_view text;
};

/// Keys of one letter that matter somewhere; the same letter means another thing in another kind.
enum class Key { e, u, s, b, B, a, A, p, q, T, m };
inline constexpr std::string_view key_letters = "eusbBaApqTm";

struct Message {
  std::array<Value, key_letters.size()> values;
  std::string_view stream;    // of the combined wrapper; empty in a raw frame
  bool is_array = false;      // `!miniTicker@arr`: `values` are those of its first object
  bool has_snapshot = false;  // lastUpdateId
  bool has_answer = false;    // result, error, or code with msg

  [[nodiscard]] const Value& at(Key key) const { return values[static_cast<std::size_t>(key)]; }
};

/// Reads frames and checks every byte of them: what it accepts is well-formed JSON in UTF-8.
class MessageReader {
 public:
  MessageReader();
  ~MessageReader();
  MessageReader(const MessageReader&) = delete;
  MessageReader& operator=(const MessageReader&) = delete;

  /// False when the frame is not well-formed, too long or nested deeper than `depth_max`.
  /// `Adapter::padding_bytes` must be readable behind the frame.
  [[nodiscard]] bool read(std::string_view frame, Message& message);

  static constexpr int depth_max = 16;

 private:
  struct Parser;
  const std::unique_ptr<Parser> parser_;
};

}  // namespace ticker::feeds::binance
