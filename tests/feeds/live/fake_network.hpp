// A network without sockets: remembers what was asked of it, and answers what the test says.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "feeds/contract/adapter.hpp"
#include "feeds/contract/wire.hpp"

namespace ticker::feeds {

class FakeNetwork final : public Network {
 public:
  struct Connection {
    Endpoint endpoint;
    WireListener* listener;
    std::vector<Step> steps;  // begun
    std::vector<std::string> sent;
    int pings = 0;
    bool gone = false;  // its wire was destroyed
  };
  struct Request {
    Endpoint endpoint;
    std::function<void(const Answer&)> done;
  };

  std::unique_ptr<Wire> make_wire(const Endpoint& endpoint, WireListener& listener) override {
    connections.push_back(std::make_unique<Connection>(Connection{endpoint, &listener, {}, {}}));
    return std::make_unique<FakeWire>(*connections.back());
  }
  void get(const Endpoint& endpoint, std::uint32_t,
           std::function<void(const Answer&)> done) override {
    requests.push_back({endpoint, std::move(done)});
  }

  /// Answers the oldest request that waits.
  void answer(int status, const std::string& body, const Receipt& now,
              std::int64_t retry_after_ms = 0) {
    Request request = std::move(requests.front());
    requests.erase(requests.begin());
    const std::string padded = body + std::string(Adapter::padding_bytes, '\0');
    request.done({.status = status,
                  .body = std::string_view(padded).substr(0, body.size()),
                  .failure = {.text = status == 200 ? "" : "HTTP " + std::to_string(status),
                              .http_status = status,
                              .retry_after_ms = retry_after_ms},
                  .received = now});
  }
  void hear(std::size_t connection, const std::string& frame, const Receipt& now) {
    const std::string padded = frame + std::string(Adapter::padding_bytes, '\0');
    connections.at(connection)
        ->listener->heard(std::string_view(padded).substr(0, frame.size()), now);
  }

  std::vector<std::unique_ptr<Connection>> connections;
  std::vector<Request> requests;

 private:
  class FakeWire final : public Wire {
   public:
    explicit FakeWire(Connection& connection) : connection_(connection) {}
    ~FakeWire() override { connection_.gone = true; }
    void begin(Step step) override { connection_.steps.push_back(step); }
    bool send(std::string text) override {
      connection_.sent.push_back(std::move(text));
      return true;
    }
    void ping() override { ++connection_.pings; }

   private:
    Connection& connection_;
  };
};

}  // namespace ticker::feeds
