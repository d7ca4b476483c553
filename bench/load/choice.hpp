// Which symbols each client asks for: k of all, without repetition, by seed; all alike, or after
// Zipf: the symbol at place r of the list with a weight of 1/r^s. Pure.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace ticker::load {

struct Taste {
  std::size_t symbols_per_client = 10;
  std::uint64_t seed = 1;
  bool same = false;  // all clients take one list
  double zipf = 0;    // exponent; 0: all symbols are alike
};

/// Draws from weighted places, each at most once until `restore`: a tree of sums (Fenwick), so a
/// draw takes log n steps. Whole numbers only: nothing drifts, one seed means one choice.
class WeightedUrn {
 public:
  explicit WeightedUrn(std::vector<std::uint64_t> weights);

  [[nodiscard]] std::uint64_t total() const { return total_; }
  /// Takes out the place at which the sum of weights passes `at`; `at` is below the total.
  std::size_t take(std::uint64_t at);
  /// Puts back whatever was taken.
  void restore();

 private:
  void add(std::size_t place, std::uint64_t weight);  // modulo 2^64, so it subtracts as well

  std::vector<std::uint64_t> weights_;
  std::vector<std::uint64_t> sums_;  // sums_[i]: of the places that the lowest bit of i covers
  std::vector<std::size_t> taken_;
  std::uint64_t total_ = 0;
};

/// Weights of `count` places after Zipf, the first one 2^32, none 0.
[[nodiscard]] std::vector<std::uint64_t> zipf_weights(std::size_t count, double exponent);

class SymbolChoice {
 public:
  /// `names` must outlive the choices. More symbols than there are names means all of them.
  SymbolChoice(const std::vector<std::string>& names, const Taste& taste);

  /// The symbols of the next client.
  [[nodiscard]] std::vector<std::string_view> next();

 private:
  void choose();
  void choose_uniform();
  void choose_weighted();

  std::mt19937_64 random_;
  std::vector<std::string_view> pool_;
  std::size_t size_;
  bool same_;
  WeightedUrn urn_;  // empty: uniform
  std::vector<std::string_view> chosen_;
};

}  // namespace ticker::load
