// A second format, for tests: bare words in lines that begin with their length in three bytes.
// Nothing of the product knows it.
#pragma once

#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/protocol/format.hpp"

namespace ticker {

/// Messages in words: `delta v:A-B 44 43`.
class LineMessages final : public Messages {
 public:
  char* delta(char* out, std::string_view symbol, const Event& event, const DeltaHead& head,
              std::int64_t) const override {
    std::string text = head.resumed ? "resumed " : "delta ";
    text += std::string(symbol) + ' ' + std::to_string(event.seq) + ' ' + std::to_string(head.prev);
    const Decimal bid = event.ticker.fields.get(Field::bid);
    if ((head.mask & bit(Field::bid)) != 0) text += ' ' + decimal_text(bid);
    return put(out, text);
  }
  char* snapshot(char* out, const SnapshotHead& head, const Event&, FieldMask,
                 std::int64_t) const override {
    return put(out, "snapshot " + std::string(head.symbol) + ' ' + std::to_string(head.seq));
  }
  char* trade(char* out, std::string_view symbol, const Event& event, std::int64_t) const override {
    return put(out, "trade " + std::string(symbol) + ' ' + std::to_string(event.seq));
  }
  char* trades_begin(char* out, const SnapshotHead& head) const override {
    return put(out, "trades " + std::string(head.symbol) + ' ' + std::to_string(head.seq));
  }
  char* past_trade(char* out, const Event& event, bool) const override {
    return put(out, ' ' + std::to_string(event.seq));
  }
  char* trades_end(char* out, std::int64_t) const override { return out; }
  char* gap(char* out, std::string_view channel, std::string_view symbol,
            const LostRange& lost) const override {
    return put(out, "gap " + std::string(channel) + ' ' + std::string(symbol) + ' ' +
                        std::to_string(lost.from()) + ' ' + std::to_string(lost.to()));
  }
  char* slow(char* out, const SlowNotice& notice) const override {
    return put(out, notice.conflating ? "slow" : "live");
  }
  [[nodiscard]] std::string welcome(const Welcome& welcome) const override {
    return "welcome " + std::string(welcome.protocol);
  }
  [[nodiscard]] std::string acknowledged(const Acknowledgement& done) const override {
    return "ack " + std::to_string(*done.command.id);
  }
  [[nodiscard]] std::string refused(const Refusal& refusal) const override {
    return "error " + std::string(refusal.error.code);
  }
  [[nodiscard]] std::string pong(std::optional<std::uint64_t>, std::int64_t) const override {
    return "pong";
  }

 private:
  static char* put(char* out, std::string_view text) {
    std::memcpy(out, text.data(), text.size());
    return out + text.size();
  }
  static std::string decimal_text(const Decimal& value) {
    char text[64];
    return value.is_null() ? "-" : std::string(text, value.format(text));
  }
};

/// The length in three bytes, the payload, a newline.
class LineFraming final : public Framing {
 public:
  LineFraming() : Framing(3, 4) {}
  std::uint32_t enclose(char* frame, std::uint32_t payload_bytes) const override {
    for (int i = 0; i < 3; ++i) frame[i] = static_cast<char>(payload_bytes >> (16 - 8 * i) & 0xff);
    frame[3 + payload_bytes] = '\n';
    return payload_bytes + 4;
  }
  [[nodiscard]] std::uint32_t frame_length(std::string_view bytes) const override {
    std::uint32_t size = 0;
    for (std::size_t i = 0; i < 3; ++i) size = size << 8 | static_cast<unsigned char>(bytes[i]);
    return size + 4;
  }
};

/// The lines that `bytes` consist of.
inline std::vector<std::string> lines_of(std::string_view bytes) {
  std::vector<std::string> lines;
  while (bytes.size() >= 4) {
    const std::uint32_t length = LineFraming().frame_length(bytes);
    if (length > bytes.size() || bytes[length - 1] != '\n') return {"not a whole line"};
    lines.emplace_back(bytes.substr(3, length - 4));
    bytes.remove_prefix(length);
  }
  if (!bytes.empty()) lines.emplace_back("not a whole line");
  return lines;
}

/// JSON over WebSocket, and lines.
inline Formats two_formats() {
  static const LineMessages messages;
  static const LineFraming framing;
  static const Format table[] = {formats().front(), {"lines", messages, framing}};
  return table;
}
inline constexpr FormatId lines_id = 1;

}  // namespace ticker
