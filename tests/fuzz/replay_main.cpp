// Runs a fuzz target without a fuzzer: over every file of the folders that the command line names,
// and over every frame of the captures (*.ndjson) among them. A folder that is missing or empty is
// a mistake. One thread; decides nothing: a broken promise ends the process.
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "feeds/capture/recording.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
// Sanitizers end the process in their own way.
extern "C" __attribute__((weak)) void __sanitizer_set_death_callback(void (*callback)());

namespace ticker::fuzz {
namespace {

namespace fs = std::filesystem;

std::string current;  // the input that is being run

void tell_input() {
  current += '\n';
  static_cast<void>(!::write(STDERR_FILENO, current.data(), current.size()));
}

void tell_and_die(int signal) {
  tell_input();
  std::signal(signal, SIG_DFL);
  static_cast<void>(std::raise(signal));
}

void run(std::string name, std::string_view bytes) {
  current = std::move(name);
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
}

std::size_t run_capture(const std::string& path) {
  std::string error;
  const auto recording = feeds::Recording::load(path, error);
  if (!recording) {
    std::fprintf(stderr, "%s\n", error.c_str());
    return 0;
  }
  std::size_t line = 0;
  for (const feeds::RecordedLine& recorded : recording->lines()) {
    run(path + ":" + std::to_string(++line), recorded.frame);
  }
  return line;
}

std::size_t run_file(const fs::path& path) {
  if (path.extension() == ".ndjson") return run_capture(path.string());
  std::ifstream file(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  if (file.bad()) return 0;
  run(path.string(), bytes);
  return 1;
}

bool run_folder(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::ranges::sort(files);  // the same order on every machine
  std::size_t inputs = 0;
  for (const fs::path& file : files) {
    const std::size_t run_now = run_file(file);
    if (run_now == 0) std::fprintf(stderr, "%s: not readable or empty\n", file.c_str());
    if (run_now == 0) return false;
    inputs += run_now;
  }
  std::printf("%s: %zu inputs\n", folder.c_str(), inputs);
  if (inputs == 0) std::fprintf(stderr, "%s: missing or empty\n", folder.c_str());
  return inputs > 0;
}

}  // namespace
}  // namespace ticker::fuzz

int main(int argc, char** argv) {
  using namespace ticker::fuzz;
  std::signal(SIGABRT, tell_and_die);
  if (__sanitizer_set_death_callback != nullptr) __sanitizer_set_death_callback(tell_input);
  const std::vector<std::string> folders(argv + std::min(argc, 1), argv + argc);
  const bool fine = !folders.empty() && std::ranges::all_of(folders, [](const auto& folder) {
    return run_folder(folder);
  });
  return fine ? 0 : 1;
}
