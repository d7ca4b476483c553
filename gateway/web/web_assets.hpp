// The files of gateway/web, embedded at build time: the binary serves its page without a file
// system.
#pragma once

#include <optional>
#include <string_view>

namespace ticker {

struct WebAsset {
  std::string_view bytes;
  std::string_view content_type;
};

/// By file name, such as `index.html`.
[[nodiscard]] std::optional<WebAsset> web_asset(std::string_view name);

}  // namespace ticker
