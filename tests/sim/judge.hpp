// The judge: compares what a client understood with the truth, message by message. A number names a
// state, so each frame can be told right or wrong the moment it is read, however late that is.
#pragma once

#include "gateway/base/limits.hpp"
#include "tests/sim/model_client.hpp"
#include "tests/sim/truth.hpp"

namespace ticker::sim {

/// When a shard was overloaded: from, to, in wall time. Told lags, it knows by itself (README.md).
class Overloaded {
 public:
  void lagged(std::int64_t lag_ms, const Limits& limits, std::int64_t now_us);
  [[nodiscard]] bool now() const { return !spans_.empty() && spans_.back().to_us == INT64_MAX; }
  /// Is it, or was it just before?
  [[nodiscard]] bool lately(std::int64_t now_us) const {
    return !spans_.empty() && now_us - 250'000 <= spans_.back().to_us;
  }
  [[nodiscard]] bool at(std::int64_t us) const;
  [[nodiscard]] bool began(std::int64_t from_us, std::int64_t to_us) const;
  [[nodiscard]] bool ended(std::int64_t from_us, std::int64_t to_us) const;

 private:
  struct Span {
    std::int64_t from_us, to_us;
  };
  std::vector<Span> spans_;
  std::int64_t high_us_ = 0;  // when the lag was too high last
};

class Judge final : public Witness {
 public:
  Judge(const Truth& truth, const Receipt& now) : truth_(truth), now_(now) {}

  void ticker(std::string_view symbol, const TickerFrame& frame, const TickerView& view) override;
  void trade(std::string_view symbol, const TradeFrame& trade) override;
  void gap(std::string_view symbol, const GapFrame& gap) override;

  /// Is the view the truth as of this number, for all that its filter holds?
  [[nodiscard]] bool agrees(std::size_t instrument, const TickerView& view,
                            std::uint64_t seq) const;

  bool lapped = false;                     // the shard of the client at hand missed something once
  const Overloaded* overloaded = nullptr;  // that shard's
  std::string violation;                   // the first one

 private:
  void check_pace(std::string_view symbol, const TickerFrame& frame, const TickerView& view);
  void require(bool holds, std::string_view rule, std::string_view symbol, std::uint64_t seq);

  const Truth& truth_;
  const Receipt& now_;
};

}  // namespace ticker::sim
