// The judge: compares what a client understood with the truth, message by message. A number names a
// state, so each frame can be told right or wrong the moment it is read, however late that is.
#pragma once

#include "tests/sim/model_client.hpp"
#include "tests/sim/truth.hpp"

namespace ticker::sim {

class Judge final : public Witness {
 public:
  Judge(const Truth& truth, const Receipt& now) : truth_(truth), now_(now) {}

  void ticker(std::string_view symbol, const TickerFrame& frame, const TickerView& view) override;
  void trade(std::string_view symbol, const TradeFrame& trade) override;
  void gap(std::string_view symbol, const GapFrame& gap) override;

  /// Is the view the truth as of this number, for all that its filter holds?
  [[nodiscard]] bool agrees(std::size_t instrument, const TickerView& view,
                            std::uint64_t seq) const;

  bool lapped = false;    // the shard of the client at hand missed something once
  std::string violation;  // the first one

 private:
  void require(bool holds, std::string_view rule, std::string_view symbol, std::uint64_t seq);

  const Truth& truth_;
  const Receipt& now_;
};

}  // namespace ticker::sim
