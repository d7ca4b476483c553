#include "feeds/network/network.hpp"

#include <vector>

#include "feeds/network/rest_call.hpp"
#include "feeds/network/socket_wire.hpp"

namespace ticker::feeds {
namespace {

class SocketNetwork final : public Network {
 public:
  explicit SocketNetwork(net::io_context& context) : executor_(context.get_executor()) {}
  ~SocketNetwork() override {
    for (const auto& call : calls_) {
      if (const auto open = call.lock()) open->abandon();
    }
  }
  SocketNetwork(const SocketNetwork&) = delete;
  SocketNetwork& operator=(const SocketNetwork&) = delete;

  std::unique_ptr<Wire> make_wire(const Endpoint& endpoint, WireListener& listener) override {
    return make_socket_wire(executor_, trust_, endpoint, listener);
  }

  void get(const Endpoint& endpoint, std::uint32_t timeout_ms,
           std::function<void(const Answer&)> done) override {
    std::erase_if(calls_, [](const auto& call) { return call.expired(); });
    calls_.push_back(start_rest_call(executor_, trust_, endpoint,
                                     std::chrono::milliseconds(timeout_ms), std::move(done)));
  }

 private:
  const Executor executor_;
  const std::shared_ptr<Trust> trust_ = std::make_shared<Trust>();
  std::vector<std::weak_ptr<RestCall>> calls_;
};

}  // namespace

std::unique_ptr<Network> make_network(net::io_context& context) {
  return std::make_unique<SocketNetwork>(context);
}

}  // namespace ticker::feeds
