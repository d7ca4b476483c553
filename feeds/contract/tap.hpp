// Hears all that goes over a venue's wires, as it lies: for recordings. Called
// on the feed thread.
#pragma once

#include <string_view>

#include "schemas/event.hpp"

namespace ticker::feeds {

class Tap {
 public:
  virtual ~Tap() = default;
  virtual void received(std::string_view url, std::string_view frame, const Receipt& at) = 0;
  virtual void sent(std::string_view url, std::string_view frame, const Receipt& at) = 0;
  /// The answer to a REST request.
  virtual void answered(std::string_view url, std::string_view body, const Receipt& at) = 0;
};

}  // namespace ticker::feeds
