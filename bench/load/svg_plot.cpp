// Axes, lines, and for each second a strip that tells its values when pointed at.
#include "bench/load/svg_plot.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <sstream>

#include "bench/load/text.hpp"

namespace ticker::load {

namespace {

constexpr double width = 640, height = 220;
constexpr double left = 56, right = 12, top = 10, bottom = 26;
constexpr std::size_t strips_max = 1'200;  // beyond it nobody can point at one

/// Where values lie on the page.
struct Axes {
  double x_low, x_high, y_low, y_high;
  bool logarithmic;

  [[nodiscard]] double x(double value) const {
    return left + (width - left - right) * (value - x_low) / (x_high - x_low);
  }
  [[nodiscard]] double y(double value) const {
    double share = (value - y_low) / (y_high - y_low);
    if (logarithmic) {
      share = std::log(std::max(value, y_low) / y_low) / std::log(y_high / y_low);
    }
    return height - bottom - (height - top - bottom) * share;
  }
};

struct Range {
  double low = INFINITY, high = -INFINITY;
};

/// Of all values that can be shown: on a logarithmic axis only positive ones.
Range range_of(const Plot& plot) {
  Range range;
  for (const PlotLine& line : plot.lines) {
    for (const double value : line.values) {
      if (!std::isfinite(value) || (plot.logarithmic && value <= 0)) continue;
      range.low = std::min(range.low, value);
      range.high = std::max(range.high, value);
    }
  }
  if (range.low > range.high) return {.low = plot.logarithmic ? 0.1 : 0, .high = 1};
  return range;
}

void polyline(std::ostream& out, const Plot& plot, const Axes& axes, std::size_t index) {
  const PlotLine& line = plot.lines[index];
  bool open = false;
  for (std::size_t i = 0; i < plot.x.size() && i < line.values.size(); ++i) {
    if (!std::isfinite(line.values[i])) {
      if (open) out << "\"/>";
      open = false;
      continue;
    }
    if (!open) out << "<polyline class=\"line l" << index % 4 << "\" points=\"";
    open = true;
    out << fixed(axes.x(plot.x[i]), 1) << ',' << fixed(axes.y(line.values[i]), 1) << ' ';
  }
  if (open) out << "\"/>";
}

void grid(std::ostream& out, const Axes& axes, const std::vector<double>& y_ticks) {
  for (const double value : y_ticks) {
    const std::string y = fixed(axes.y(value), 1);
    out << "<path class=\"grid\" d=\"M" << left << ' ' << y << "H" << width - right << "\"/>"
        << "<text x=\"" << left - 6 << "\" y=\"" << y << "\" dy=\"4\" text-anchor=\"end\">"
        << short_number(value) << "</text>";
  }
  for (const double value : ticks(axes.x_low, axes.x_high, 8, false)) {
    if (value < axes.x_low || value > axes.x_high) continue;
    out << "<text x=\"" << fixed(axes.x(value), 1) << "\" y=\"" << height - 8
        << "\" text-anchor=\"middle\">" << short_number(value) << " s</text>";
  }
}

/// Shades what was not counted, from `from` to `to`.
void shade(std::ostream& out, const Axes& axes, double from, double to) {
  if (to <= from) return;
  out << "<rect class=\"outside\" x=\"" << fixed(axes.x(from), 1) << "\" y=\"" << top
      << "\" width=\"" << fixed(axes.x(to) - axes.x(from), 1) << "\" height=\""
      << height - top - bottom << "\"/>";
}

void strips(std::ostream& out, const Plot& plot, const Axes& axes) {
  if (plot.x.size() > strips_max) return;
  const double wide = (width - left - right) / static_cast<double>(plot.x.size());
  for (std::size_t i = 0; i < plot.x.size(); ++i) {
    out << "<rect class=\"strip\" x=\"" << fixed(axes.x(plot.x[i]) - wide / 2, 1) << "\" y=\""
        << top << "\" width=\"" << fixed(wide, 1) << "\" height=\"" << height - top - bottom
        << "\"><title>" << fixed(plot.x[i], 1) << " s";
    for (const PlotLine& line : plot.lines) {
      if (i >= line.values.size() || !std::isfinite(line.values[i])) continue;
      out << '\n'
          << escaped(line.name) << ' ' << short_number(line.values[i]) << ' ' << escaped(plot.unit);
    }
    out << "</title></rect>";
  }
}

void caption(std::ostream& out, const Plot& plot) {
  out << "<figcaption>" << escaped(plot.title) << ", " << escaped(plot.unit);
  if (plot.lines.size() > 1) {
    for (std::size_t i = 0; i < plot.lines.size(); ++i) {
      out << " <span class=\"key k" << i % 4 << "\">" << escaped(plot.lines[i].name) << "</span>";
    }
  }
  out << "</figcaption>";
}

}  // namespace

std::vector<double> ticks(double low, double high, int wanted, bool logarithmic) {
  std::vector<double> out;
  if (logarithmic) {
    const double last = std::ceil(std::log10(high) - 1e-9);
    for (double power = std::floor(std::log10(low) + 1e-9); power <= last; power += 1) {
      out.push_back(std::pow(10, power));
    }
    if (out.size() == 1) out.push_back(out[0] * 10);
    return out;
  }
  const double rough = std::max(high - low, 1e-9) / wanted;
  const double power = std::pow(10, std::floor(std::log10(rough)));
  double step = power * 10;
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (rough <= factor * power * 1.0001) {
      step = factor * power;
      break;
    }
  }
  const double first = std::floor(low / step + 1e-9);
  for (double n = first; n == first || (n - 1) * step < high - step * 1e-6; n += 1) {
    out.push_back(n * step);
  }
  if (out.size() == 1) out.push_back(out[0] + step);
  return out;
}

std::string short_number(double value) {
  static constexpr std::array<const char*, 5> suffixes{"", "k", "M", "G", "T"};
  std::size_t thousands = 0;
  for (; std::abs(value) >= 999.5 && thousands + 1 < suffixes.size(); ++thousands) value /= 1'000;
  const double size = std::abs(value);
  std::string text = fixed(value, size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2);
  if (text.find('.') != std::string::npos) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
  }
  return text + suffixes[thousands];
}

std::string svg(const Plot& plot) {
  std::ostringstream out;
  const Range range = range_of(plot);
  const double low = plot.logarithmic ? range.low : std::min(range.low, 0.0);
  const auto y_ticks = ticks(low, range.high, 4, plot.logarithmic);
  const double x_low = plot.x.empty() ? 0 : plot.x.front();
  const double x_high = plot.x.empty() ? 1 : std::max(plot.x.back(), x_low + 1e-3);
  const Axes axes{x_low, x_high, y_ticks.front(), y_ticks.back(), plot.logarithmic};
  out << "<figure>";
  caption(out, plot);
  out << "<svg viewBox=\"0 0 " << width << ' ' << height << "\" role=\"img\" aria-label=\""
      << escaped(plot.title) << "\">";
  if (plot.counted_to > plot.counted_from) {
    shade(out, axes, x_low, std::min(plot.counted_from, x_high));
    shade(out, axes, std::max(plot.counted_to, x_low), x_high);
  }
  grid(out, axes, y_ticks);
  for (std::size_t i = 0; i < plot.lines.size(); ++i) polyline(out, plot, axes, i);
  strips(out, plot, axes);
  out << "</svg></figure>\n";
  return out.str();
}

}  // namespace ticker::load
