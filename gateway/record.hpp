// `ticker-gateway record`: live venues without clients; all that they send goes into a capture.
// Runs on the main thread, until a signal, the time that was given, or the end of what a file may
// hold.
#pragma once

#include "gateway/config/config.hpp"

namespace ticker {

/// Returns the process's exit code. Says on stdout what it recorded; throws std::exception with one
/// line for people when it cannot begin.
int record(const CommandLine& command);

}  // namespace ticker
