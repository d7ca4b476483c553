// Messages as JSON (protocol ticker.v1.json, see README.md).
#pragma once

#include "gateway/protocol/messages.hpp"

namespace ticker {

class JsonMessages final : public Messages {
 public:
  char* delta(char* out, std::string_view symbol, const Event& event, const DeltaHead& head,
              std::int64_t sent_us) const override;
  char* snapshot(char* out, const SnapshotHead& head, const Event& state, FieldMask mask,
                 std::int64_t sent_us) const override;
  char* trade(char* out, std::string_view symbol, const Event& event,
              std::int64_t sent_us) const override;
  char* trades_begin(char* out, const SnapshotHead& head) const override;
  char* past_trade(char* out, const Event& event, bool first) const override;
  char* trades_end(char* out, std::int64_t sent_us) const override;
  char* gap(char* out, std::string_view channel, std::string_view symbol,
            const LostRange& lost) const override;
  char* slow(char* out, const SlowNotice& notice) const override;

  // json_answers.cpp
  [[nodiscard]] std::string welcome(const Welcome& welcome) const override;
  [[nodiscard]] std::string acknowledged(const Acknowledgement& done) const override;
  [[nodiscard]] std::string refused(const Refusal& refusal) const override;
  [[nodiscard]] std::string pong(std::optional<std::uint64_t> id,
                                 std::int64_t time_us) const override;
};

}  // namespace ticker
