// Reads a TOML text over a Config, row by row of the table in config_table. The only file that
// knows toml++. Reports every mistake with its line and goes on; used at start only.
#include <toml++/toml.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "gateway/config/config.hpp"
#include "gateway/config/config_table.hpp"
#include "gateway/config/config_text.hpp"

namespace ticker {
namespace {

/// How a mistake names the type of a node.
std::string kind_of(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::table:
      return "a section";
    case toml::node_type::array:
      return "a list";
    case toml::node_type::string:
      return "a text";
    case toml::node_type::integer:
      return "a whole number";
    case toml::node_type::floating_point:
      return "a number with a fraction";
    case toml::node_type::boolean:
      return "true or false";
    default:
      return "a date or time";
  }
}

std::optional<Scalar> scalar_of(const toml::node& node) {
  if (const auto* flag = node.as_boolean()) return Scalar{flag->get()};
  if (const auto* number = node.as_integer()) return Scalar{number->get()};
  if (const auto* number = node.as_floating_point()) return Scalar{number->get()};
  if (const auto* text = node.as_string()) return Scalar{text->get()};
  return std::nullopt;
}

/// True if some key lies in the section `path`.
bool is_section(std::string_view path) {
  for (const auto& setting : settings()) {
    if (setting.key.size() > path.size() && setting.key.starts_with(path) &&
        setting.key[path.size()] == '.') {
      return true;
    }
  }
  return false;
}

/// Advice for what may be meant as a section: a near one, else `otherwise`, else all.
std::string section_advice(std::string_view path, const std::string& otherwise) {
  std::vector<std::string_view> sections;
  std::string all;
  for (const auto& setting : settings()) {
    const auto dot = setting.key.rfind('.');
    if (dot == std::string_view::npos) continue;
    const auto section = setting.key.substr(0, dot);
    if (std::find(sections.begin(), sections.end(), section) != sections.end()) continue;
    sections.push_back(section);
    all.append(all.empty() ? "allowed: the sections [" : ", [").append(section).append("]");
  }
  const auto near = nearest(path, sections);
  if (!near.empty()) return "did you mean the section [" + std::string(near) + "]?";
  return otherwise.empty() ? all : otherwise;
}

/// Advice for a key that nobody knows: the same name elsewhere, a near one, or all of its section.
std::string advice(std::string_view path) {
  const auto dot = path.rfind('.');
  const auto leaf = dot == std::string_view::npos ? path : path.substr(dot + 1);
  const auto section = dot == std::string_view::npos ? "" : path.substr(0, dot + 1);

  std::vector<std::string_view> keys;
  std::string beside;
  for (const auto& setting : settings()) {
    keys.push_back(setting.key);
    const auto name = setting.key.substr(setting.key.rfind('.') + 1);
    if (name == leaf) return "did you mean " + std::string(setting.key) + "?";
    if (setting.key.size() == section.size() + name.size() && setting.key.starts_with(section)) {
      beside.append(beside.empty() ? "allowed: " : ", ").append(setting.key);
    }
  }
  const auto near = nearest(path, keys);
  if (!near.empty()) return "did you mean " + std::string(near) + "?";
  const bool is_plain_key = !section.empty() && !beside.empty();
  return is_plain_key ? beside : section_advice(path, beside);
}

class Reader {
 public:
  Reader(const std::string& file_name, const std::string& directory, Config& config,
         Origins* origins)
      : file_name_(file_name), directory_(directory), config_(config), origins_(origins) {}

  void read(const toml::table& table, const std::string& prefix) {
    for (const auto& [name, node] : table) {
      const auto path = prefix + std::string(name.str());
      if (const auto* setting = find_setting(path)) {
        read_value(*setting, node);
      } else if (!is_section(path)) {
        report(name.source(), "unknown key " + path + "; " + advice(path));
      } else if (const auto* section = node.as_table()) {
        read(*section, path + '.');
      } else {
        report(node.source(),
               path + " is " + kind_of(node) + "; allowed: a section [" + path + "]");
      }
    }
  }

  void report(const toml::source_region& source, std::string what) {
    mistakes_.push_back({where(source), std::move(what)});
  }

  [[nodiscard]] std::vector<ConfigError> take() { return std::move(mistakes_); }

 private:
  [[nodiscard]] std::string where(const toml::source_region& source) const {
    return file_name_ + ':' + std::to_string(source.begin.line);
  }

  void read_value(const Setting& setting, const toml::node& node) {
    if (origins_ != nullptr) (*origins_)[std::string(setting.key)] = where(node.source());
    const auto target = setting.target(config_);
    auto* const* list = std::get_if<std::vector<std::string>*>(&target);
    if (list != nullptr && node.is_array()) {
      read_list(setting, *node.as_array(), **list);
      return;
    }
    auto scalar = scalar_of(node);
    if (auto* const text =
            scalar && setting.is_path ? std::get_if<std::string>(&*scalar) : nullptr) {
      if (const auto wrong = find_file(*text)) {
        report(node.source(), std::string(setting.key) + ' ' + *wrong);
        return;
      }
    }
    if (list != nullptr || !scalar) {
      report(node.source(),
             std::string(setting.key) + " is " + kind_of(node) + "; allowed: " + allowed(setting));
    } else if (const auto wrong = assign(setting, *scalar, config_)) {
      report(node.source(), std::string(setting.key) + ' ' + *wrong);
    }
  }

  void read_list(const Setting& setting, const toml::array& array,
                 std::vector<std::string>& target) {
    std::vector<std::string> list;
    const auto mistakes_before = mistakes_.size();
    for (const auto& element : array) {
      const auto* text = element.as_string();
      auto wrong = text == nullptr ? "has " + kind_of(element) + "; allowed: " + allowed(setting)
                                   : take_element(setting, text->get(), list);
      if (wrong) report(element.source(), std::string(setting.key) + ' ' + *wrong);
    }
    if (mistakes_.size() == mistakes_before) target = std::move(list);
  }

  std::optional<std::string> take_element(const Setting& setting, const std::string& text,
                                          std::vector<std::string>& list) const {
    if (!setting.is_path) return append(setting, text, list);
    std::string path = text;
    if (auto wrong = find_file(path)) return wrong;
    return append(setting, path, list);
  }

  // Makes `text` a path that is good wherever the process stands. Returns what is wrong with it.
  std::optional<std::string> find_file(std::string& text) const {
    if (text.empty()) return std::nullopt;  // none
    const auto path = (std::filesystem::path(directory_) / text).lexically_normal();
    std::error_code failed;
    const auto status = std::filesystem::status(path, failed);
    if (!std::filesystem::exists(status)) return "names a file that is not there: " + path.string();
    if (std::filesystem::is_directory(status)) return "names a folder: " + path.string();
    text = path.string();
    return std::nullopt;
  }

  const std::string& file_name_;
  const std::string& directory_;
  Config& config_;
  Origins* origins_;
  std::vector<ConfigError> mistakes_;
};

}  // namespace

std::vector<ConfigError> apply_toml(std::string_view text, const std::string& file_name,
                                    const std::string& directory, Config& config,
                                    Origins* origins) {
  Reader reader(file_name, directory, config, origins);
  try {
    reader.read(toml::parse(text, file_name), "");
  } catch (const toml::parse_error& error) {
    reader.report(error.source(), std::string("not TOML: ") + std::string(error.description()));
  }
  auto mistakes = reader.take();
  // Tables of toml++ are sorted by key; people read files from top to bottom.
  const auto line = [](const ConfigError& mistake) {
    return std::stoul(mistake.where.substr(mistake.where.rfind(':') + 1));
  };
  std::stable_sort(mistakes.begin(), mistakes.end(),
                   [&line](const auto& a, const auto& b) { return line(a) < line(b); });
  return mistakes;
}

}  // namespace ticker
