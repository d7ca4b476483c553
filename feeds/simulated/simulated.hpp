// The embedded default feed: prices move with no network. A venue `sim` whose symbols are spelled
// canonically. The same seed says the same in the same order, however its turns fall. Runs on the
// feed thread; does no I/O, looks at no clock and allocates nothing once it runs.
#pragma once

#include <memory>

#include "feeds/contract/adapter.hpp"
#include "feeds/simulated/options.hpp"

namespace ticker::feeds {

/// First a full quote of every symbol, then `rate` ticker and trade calls a second.
/// `options.symbols` beyond `pairs_max` (10 000) is cut to it. `directory` must outlive the source.
[[nodiscard]] std::unique_ptr<Source> make_simulated(const SimulatedOptions& options,
                                                     SinkDirectory& directory);

}  // namespace ticker::feeds
