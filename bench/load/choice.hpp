// Which symbols each client asks for: k of all, without repetition, by seed. Pure.
#pragma once

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace ticker::load {

class SymbolChoice {
 public:
  /// `names` must outlive the choices. More symbols than there are names means all of them.
  SymbolChoice(const std::vector<std::string>& names, std::size_t symbols_per_client,
               std::uint64_t seed, bool same)
      : random_(seed),
        pool_(names.begin(), names.end()),
        size_(std::min(symbols_per_client, names.size())),
        same_(same) {
    shuffle();
  }

  /// The symbols of the next client.
  [[nodiscard]] std::vector<std::string_view> next() {
    if (!same_) shuffle();
    return {pool_.begin(), pool_.begin() + static_cast<std::ptrdiff_t>(size_)};
  }

 private:
  /// Fisher and Yates, for the first k places only. Own arithmetic instead of a standard
  /// distribution: one seed means one choice with every library.
  void shuffle() {
    for (std::size_t i = 0; i < size_; ++i) {
      std::swap(pool_[i], pool_[i + random_() % (pool_.size() - i)]);
    }
  }

  std::mt19937_64 random_;
  std::vector<std::string_view> pool_;
  std::size_t size_;
  bool same_;
};

}  // namespace ticker::load
