// Drawing of symbols. Own arithmetic instead of standard distributions: one seed means one choice
// with every library.
#include "bench/load/choice.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

namespace ticker::load {

WeightedUrn::WeightedUrn(std::vector<std::uint64_t> weights)
    : weights_(std::move(weights)), sums_(weights_.size() + 1) {
  for (std::size_t place = 0; place < weights_.size(); ++place) add(place, weights_[place]);
}

void WeightedUrn::add(std::size_t place, std::uint64_t weight) {
  total_ += weight;
  for (std::size_t i = place + 1; i < sums_.size(); i += i & (~i + 1)) sums_[i] += weight;
}

std::size_t WeightedUrn::take(std::uint64_t at) {
  std::size_t place = 0;
  for (std::size_t step = std::bit_floor(sums_.size()); step > 0; step /= 2) {
    if (place + step >= sums_.size() || sums_[place + step] > at) continue;
    place += step;
    at -= sums_[place];
  }
  add(place, ~weights_[place] + 1);
  taken_.push_back(place);
  return place;
}

void WeightedUrn::restore() {
  for (const std::size_t place : taken_) add(place, weights_[place]);
  taken_.clear();
}

std::vector<std::uint64_t> zipf_weights(std::size_t count, double exponent) {
  std::vector<std::uint64_t> weights(count);
  for (std::size_t i = 0; i < count; ++i) {
    const double weight = 4'294'967'296.0 / std::pow(static_cast<double>(i + 1), exponent);
    weights[i] = std::max(static_cast<std::uint64_t>(weight), std::uint64_t{1});
  }
  return weights;
}

SymbolChoice::SymbolChoice(const std::vector<std::string>& names, const Taste& taste)
    : random_(taste.seed),
      pool_(names.begin(), names.end()),
      size_(std::min(taste.symbols_per_client, names.size())),
      same_(taste.same),
      urn_(zipf_weights(taste.zipf > 0 ? names.size() : 0, taste.zipf)) {
  choose();
}

std::vector<std::string_view> SymbolChoice::next() {
  if (!same_) choose();
  return chosen_;
}

void SymbolChoice::choose() {
  chosen_.clear();
  if (urn_.total() > 0) return choose_weighted();
  choose_uniform();
}

/// Fisher and Yates, for the first places only.
void SymbolChoice::choose_uniform() {
  for (std::size_t i = 0; i < size_; ++i) {
    std::swap(pool_[i], pool_[i + random_() % (pool_.size() - i)]);
    chosen_.push_back(pool_[i]);
  }
}

void SymbolChoice::choose_weighted() {
  for (std::size_t i = 0; i < size_; ++i) {
    chosen_.push_back(pool_[urn_.take(random_() % urn_.total())]);
  }
  urn_.restore();
}

}  // namespace ticker::load
