#include "feeds/simulated/pairs.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <string_view>

#include "feeds/simulated/random.hpp"

namespace ticker::feeds {
namespace {

struct Row {
  std::string_view base;
  std::string_view quote;
  std::int64_t price;  // in ticks
  std::int64_t tick;
  std::int8_t price_scale;
  std::int8_t size_scale;
  std::uint32_t size;
};

// Prices, grids and sizes of the order that large venues have.
constexpr Row rows[] = {
    {"BTC", "USD", 6'412'345, 1, 2, 8, 12'500'000}, {"ETH", "USD", 314'208, 1, 2, 8, 150'000'000},
    {"SOL", "USD", 14'512, 1, 2, 6, 25'000'000},    {"XRP", "USD", 5'214, 1, 4, 2, 250'000},
    {"DOGE", "USD", 14'871, 1, 5, 1, 40'000},       {"BNB", "USD", 5'874, 1, 1, 4, 20'000},
    {"ADA", "USD", 4'573, 1, 4, 2, 180'000},        {"AVAX", "USD", 3'512, 1, 2, 4, 200'000},
    {"LINK", "USD", 14'232, 1, 3, 3, 80'000},       {"DOT", "USD", 6'921, 1, 3, 4, 900'000},
    {"LTC", "USD", 8'134, 1, 2, 4, 120'000},        {"BCH", "USD", 44'871, 1, 2, 4, 22'000},
    {"UNI", "USD", 7'468, 1, 3, 3, 95'000},         {"NEAR", "USD", 6'843, 1, 3, 2, 21'000},
    {"MATIC", "USD", 7'021, 1, 4, 2, 150'000},      {"ATOM", "USD", 8'412, 1, 3, 3, 75'000},
    {"XLM", "USD", 11'038, 1, 5, 1, 65'000},        {"ETC", "USD", 2'671, 1, 2, 3, 42'000},
    {"FIL", "USD", 5'914, 1, 3, 3, 98'000},         {"APT", "USD", 9'105, 1, 3, 3, 61'000},
    {"ARB", "USD", 10'437, 1, 4, 2, 64'000},        {"OP", "USD", 2'614, 1, 3, 3, 190'000},
    {"INJ", "USD", 24'871, 1, 3, 3, 21'000},        {"SUI", "USD", 10'214, 1, 4, 2, 71'000},
    {"AAVE", "USD", 8'671, 1, 2, 4, 62'000},        {"MKR", "USD", 28'134, 10, 2, 5, 19'000},
    {"ALGO", "USD", 18'342, 1, 5, 1, 41'000},       {"GRT", "USD", 2'671, 1, 4, 2, 310'000},
    {"HBAR", "USD", 10'871, 1, 5, 1, 52'000},       {"ICP", "USD", 12'634, 1, 3, 3, 41'000},
    {"SHIB", "USD", 2'431, 1, 8, 0, 42'000'000},    {"PEPE", "USD", 8'137, 1, 9, 0, 91'000'000},
    {"CRV", "USD", 4'318, 1, 4, 2, 120'000},        {"SAND", "USD", 4'437, 1, 4, 2, 95'000},
    {"ETH", "BTC", 4'900, 1, 5, 6, 820'000},        {"SOL", "BTC", 22'630, 1, 7, 4, 81'000},
    {"BTC", "EUR", 5'971'233, 1, 2, 8, 9'100'000},  {"ETH", "EUR", 292'514, 1, 2, 8, 91'000'000},
    {"BTC", "GBP", 5'118'420, 1, 2, 8, 5'200'000},  {"EUR", "USD", 21'474, 5, 5, 2, 250'000},
};

constexpr std::string_view consonants = "BDFGHJKLMNPRSTVWXYZC";
constexpr std::string_view vowels = "AEIOU";
constexpr std::uint32_t syllables = 20 * 5;
static_assert(consonants.size() * vowels.size() == syllables);

// Two syllables; the factor spreads neighbours over the alphabet and, having no common divisor with
// the number of names, leaves none out.
std::array<char, 4> invented_base(std::uint32_t number) {
  constexpr std::uint32_t names = syllables * syllables;
  const std::uint32_t spread = static_cast<std::uint32_t>(number * 7'919ULL % names);
  const std::uint32_t first = spread / syllables;
  const std::uint32_t second = spread % syllables;
  return {consonants[first / 5], vowels[first % 5], consonants[second / 5], vowels[second % 5]};
}

bool is_taken(std::string_view base) {
  return std::ranges::any_of(rows, [base](const Row& row) { return row.base == base; });
}

Pair invented_pair(std::uint32_t number, std::string_view base) {
  Random random(number);
  const std::uint64_t bits = random.next();
  return {std::string(base) + "-USD",
          2'000 + below(bits, 60'000),
          1,
          static_cast<std::int8_t>(2 + below(bits >> 16, 5)),
          static_cast<std::int8_t>(below(bits >> 32, 4)),
          1'000 + below(bits >> 48, 60'000)};
}

}  // namespace

std::vector<Pair> make_pairs(std::uint32_t count) {
  assert(count <= pairs_max);
  std::vector<Pair> pairs;
  pairs.reserve(count);
  for (const Row& row : rows) {
    if (pairs.size() == count) return pairs;
    pairs.push_back({std::string(row.base) + "-" + std::string(row.quote), row.price, row.tick,
                     row.price_scale, row.size_scale, row.size});
  }
  for (std::uint32_t number = 0; pairs.size() < count; ++number) {
    const auto base = invented_base(number);
    const std::string_view name(base.data(), base.size());
    if (!is_taken(name)) pairs.push_back(invented_pair(number, name));
  }
  return pairs;
}

}  // namespace ticker::feeds
