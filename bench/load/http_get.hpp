// One GET over a plain blocking socket, before or beside the load: the list of symbols, the
// gateway's metrics. Never on the data path.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bench/load/target.hpp"

namespace ticker::load {

/// Asks for `path` and takes the body of a 200. Blocks, for 10 s at most a step; answers what went
/// wrong, empty when all is well.
[[nodiscard]] std::string http_get(const Target& target, std::string_view path, std::string& body);

/// The body of an answer that ended with its connection; false when it is no 200.
[[nodiscard]] bool body_of(std::string_view response, std::string& body);

/// Asks the target for its symbols, sorted by name.
[[nodiscard]] std::string fetch_symbols(const Target& target, std::vector<std::string>& out);

}  // namespace ticker::load
