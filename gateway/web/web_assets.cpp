#include "gateway/web/web_assets.hpp"

#include <cstddef>

// web_files.inc, made by the build, has a line WEB_FILE(number, name, path) for each file of
// gateway/web.

// The assembler copies the file between two symbols.
#define WEB_FILE(number, name, path)                                         \
  asm(".pushsection .rodata\n"                                               \
      "web_file_" #number "_begin:\n.incbin \"" path "\"\nweb_file_" #number \
      "_end:\n.byte 0\n"                                                     \
      ".popsection\n");                                                      \
  extern "C" const char web_file_##number##_begin[];                         \
  extern "C" const char web_file_##number##_end[];
#include "web_files.inc"
#undef WEB_FILE

namespace ticker {
namespace {

std::string_view type_of(std::string_view name) {
  if (name.ends_with(".html")) return "text/html; charset=utf-8";
  if (name.ends_with(".css")) return "text/css; charset=utf-8";
  return "text/javascript; charset=utf-8";
}

}  // namespace

std::optional<WebAsset> web_asset(std::string_view name) {
#define WEB_FILE(number, file, path)                                                   \
  if (name == file) {                                                                  \
    const auto size =                                                                  \
        static_cast<std::size_t>(web_file_##number##_end - web_file_##number##_begin); \
    return WebAsset{{web_file_##number##_begin, size}, type_of(name)};                 \
  }
#include "web_files.inc"
#undef WEB_FILE
  return std::nullopt;
}

}  // namespace ticker
