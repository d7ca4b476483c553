// Entry: reads the command line, starts the gateway, waits for SIGINT or SIGTERM, stops it.
#include <csignal>
#include <cstdio>
#include <exception>
#include <new>

#include "gateway/base/log.hpp"
#include "gateway/config/config.hpp"
#include "gateway/gateway.hpp"
#include "gateway/memory.hpp"
#include "gateway/record.hpp"

namespace {

// All threads inherit the mask, so the signals wait for `sigwait` below.
sigset_t block_stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return signals;
}

int run_record(const ticker::CommandLine& command) {
  std::signal(SIGPIPE, SIG_IGN);
  ticker::start_log(command.config.log_level);
  try {
    return ticker::record(command);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "ticker-gateway: %s\n", error.what());
    return 1;
  }
}

}  // namespace

int main(int argc, char** argv) {
  const ticker::CommandLine command = ticker::read_command_line(argc, argv);
  using Action = ticker::CommandLine::Action;
  if (command.action == Action::record) return run_record(command);
  if (command.action == Action::check_config) {
    std::printf("%s\n", ticker::text_of(ticker::memory_max(command.config)).c_str());
  }
  if (command.action != Action::run) return command.exit_code;
  const sigset_t signals = block_stop_signals();
  ticker::start_log(command.config.log_level);
  try {
    ticker::Gateway gateway(command.config);
    gateway.start();
    std::printf("listening client=%s admin=%s\n", gateway.client_address().c_str(),
                gateway.admin_address().c_str());
    std::printf("page http://%s/\n", gateway.client_address().c_str());
    std::fflush(stdout);
    int signal = 0;
    sigwait(&signals, &signal);
    gateway.stop();
  } catch (const std::bad_alloc&) {
    std::fprintf(stderr,
                 "ticker-gateway: the system gives less memory than the limits ask for; lower "
                 "limits.slabs_max, slab_bytes, ring_slots or instruments_max\n");
    return 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "ticker-gateway: %s\n", error.what());
    return 1;
  }
  return 0;
}
