// A transport that behaves as OpenSSL does: it takes as much as it is told to, and pins a part of
// the rest, which must lead the next offer unchanged. It notes every breach of that.
#pragma once

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <deque>
#include <functional>
#include <string>

#include "gateway/server/transport.hpp"

namespace ticker {

/// What the transport does with an offer, and what it did; outlives the transport.
struct PinScript {
  struct Step {
    std::size_t take = SIZE_MAX;  // at most
    std::size_t pin = 0;          // of the rest, at most; 0: pins nothing
    Transport::WaitsFor waits_for = Transport::WaitsFor::writable;
  };
  std::function<Step()> next = [] { return Step{}; };
  std::function<bool()> read_waits_for_writing = [] { return false; };

  std::string taken;   // all bytes, in order
  std::string pinned;  // now
  std::size_t pins = 0;
  std::size_t breaches = 0;
};

class PinningTransport final : public Transport {
 public:
  PinningTransport(int fd, PinScript& script)
      : plain_(make_plain_transport(fd)), fd_(fd), script_(script) {}

  ReadResult read(std::span<char> into) override {
    if (script_.read_waits_for_writing()) {
      return {.outcome = Outcome::again, .waits_for = WaitsFor::writable};
    }
    return plain_->read(into);
  }

  bool drained() const override { return plain_->drained(); }

  WriteResult write(const iovec* parts, int count) override {
    std::string offered;
    for (int i = 0; i < count; ++i) {
      offered.append(static_cast<const char*>(parts[i].iov_base), parts[i].iov_len);
    }
    if (!offered.starts_with(script_.pinned)) ++script_.breaches;
    const PinScript::Step step = script_.next();
    std::size_t taken = 0;
    if (step.take > 0) {
      const ssize_t sent = ::send(fd_, offered.data(), std::min(step.take, offered.size()),
                                  MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent < 0 && errno != EAGAIN) return {.outcome = Outcome::failed, .error = errno};
      taken = sent < 0 ? 0 : static_cast<std::size_t>(sent);
    }
    script_.taken.append(offered, 0, taken);
    // What it pinned before stays pinned until it is taken.
    const std::size_t still = script_.pinned.size() - std::min(taken, script_.pinned.size());
    const std::size_t pin = std::max(still, std::min(step.pin, offered.size() - taken));
    script_.pinned = offered.substr(taken, pin);
    script_.pins += pin > 0 ? 1 : 0;
    const bool whole = taken == offered.size();
    return {.outcome = whole ? Outcome::done : Outcome::again,
            .waits_for = step.waits_for,
            .taken = taken,
            .pinned = pin};
  }

  void shutdown() override { plain_->shutdown(); }

 private:
  const std::unique_ptr<Transport> plain_;
  const int fd_;
  PinScript& script_;
};

}  // namespace ticker
