// Reading and judging conditions.
#include "bench/load/fail_if.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "bench/load/text.hpp"

namespace ticker::load {

namespace {

struct Sign {
  std::string_view text;
  Condition::Sign sign;
};
constexpr std::array<Sign, 6> signs{{{">=", Condition::Sign::at_least},
                                     {"<=", Condition::Sign::at_most},
                                     {"==", Condition::Sign::equal},
                                     {"!=", Condition::Sign::unequal},
                                     {">", Condition::Sign::greater},
                                     {"<", Condition::Sign::less}}};

bool holds(double value, Condition::Sign sign, double bound) {
  switch (sign) {
    case Condition::Sign::greater:
      return value > bound;
    case Condition::Sign::less:
      return value < bound;
    case Condition::Sign::at_least:
      return value >= bound;
    case Condition::Sign::at_most:
      return value <= bound;
    case Condition::Sign::equal:
      return !(value < bound) && !(value > bound);
    case Condition::Sign::unequal:
      return value < bound || value > bound;
  }
  return false;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

std::string parse_condition(std::string_view text, Condition& out) {
  const std::string what = "--fail-if '" + std::string(text) + "': ";
  const std::size_t at = text.find_first_of("<>=!");
  if (at == std::string_view::npos) return what + "there is no sign (> < >= <= == !=)";
  std::string_view rest = text.substr(at);
  const Sign* sign = nullptr;
  for (const Sign& candidate : signs) {
    if (sign == nullptr && rest.starts_with(candidate.text)) sign = &candidate;
  }
  if (sign == nullptr) return what + "the sign is none of > < >= <= == !=";
  out.sign = sign->sign;
  const std::string_view number = trimmed(rest.substr(sign->text.size()));
  const auto [end, error] =
      std::from_chars(number.data(), number.data() + number.size(), out.bound);
  if (error != std::errc{} || end != number.data() + number.size() || !std::isfinite(out.bound)) {
    return what + "'" + std::string(number) + "' is not a number";
  }
  const std::string_view name = trimmed(text.substr(0, at));
  for (const Figure& figure : figures()) {
    if (figure.name == name) out.figure = &figure;
  }
  if (out.figure == nullptr) return what + "no figure is named '" + std::string(name) + "'";
  out.text = text;
  return {};
}

}  // namespace

std::string parse_conditions(std::string_view text, std::vector<Condition>& out) {
  while (!text.empty()) {
    const std::string_view part = text.substr(0, text.find(','));
    text.remove_prefix(std::min(part.size() + 1, text.size()));
    Condition condition;
    std::string mistake = parse_condition(trimmed(part), condition);
    if (!mistake.empty()) return mistake;
    out.push_back(std::move(condition));
  }
  return {};
}

std::vector<std::string> met(const std::vector<Condition>& conditions, const Outcome& outcome) {
  std::vector<std::string> out;
  for (const Condition& condition : conditions) {
    const double value = condition.figure->of(outcome);
    if (std::isnan(value)) {
      out.push_back(condition.text + " (not measured)");
    } else if (holds(value, condition.sign, condition.bound)) {
      out.push_back(condition.text + " (it is " + fixed(value, 3) + ")");
    }
  }
  return out;
}

}  // namespace ticker::load
