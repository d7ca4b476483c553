// One plot over time as inline SVG. Colours are classes (l0 … l3 for lines), so that the page
// decides about light and dark. Pure.
#pragma once

#include <string>
#include <vector>

namespace ticker::load {

struct PlotLine {
  std::string name;
  std::vector<double> values;  // one for each x; not a number: a break in the line
};

struct Plot {
  std::string title;
  std::string unit;
  std::vector<double> x = {};  // seconds, rising
  std::vector<PlotLine> lines = {};
  double counted_from = 0;  // what lies outside is shaded
  double counted_to = 0;
  bool logarithmic = false;
};

/// Round numbers from at or below `low` to at or above `high`, about `wanted` of them: steps of 1,
/// 2 or 5 times a power of ten, or on a logarithmic axis powers of ten.
[[nodiscard]] std::vector<double> ticks(double low, double high, int wanted, bool logarithmic);

/// 1234567 as 1.23M: at most four characters of digits.
[[nodiscard]] std::string short_number(double value);

[[nodiscard]] std::string svg(const Plot& plot);

}  // namespace ticker::load
