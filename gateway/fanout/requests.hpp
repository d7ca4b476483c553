// Requests of clients: checked whole, then applied whole or not at all, then answered. Part of a
// shard, on its thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/fanout/payments.hpp"
#include "gateway/protocol/command.hpp"

namespace ticker {

class Requests {
 public:
  /// `payments`: only for a planted fault that pays too early.
  Requests(ShardState& shard, Payments& payments);

  /// The first message of a client.
  void welcome(Client& client);
  /// One request; its answer is in the outbox when this returns.
  void serve(Client& client, std::uint32_t slot, std::string_view text);

 private:
  // What a request asks for, sorted by whether it can be had.
  struct Asked {
    std::vector<Pattern> patterns;
    std::vector<std::string> accepted, rejected;
  };

  void subscribe(Client& client, std::uint32_t slot, Command command);
  void unsubscribe(Client& client, std::uint32_t slot, const Command& command);
  [[nodiscard]] std::size_t cost_of(const std::vector<Pattern>& patterns, std::uint32_t slot,
                                    ChannelId channel) const;
  void begin(Client& client, std::uint32_t slot, const std::vector<std::uint32_t>& subscriptions,
             const std::vector<ResumePoint>& resume);
  [[nodiscard]] Owed first_data(const Stream& stream, const ResumePoint& point) const;
  void count_subscriptions(Client& client, std::uint32_t slot);

  void acknowledge(Client& client, const Command& command, const Asked& asked,
                   std::string_view rejected_code);
  void refuse(Client& client, const CommandError& error,
              const std::vector<std::string>& symbols = {});
  void answer(Client& client, std::string_view text);
  [[nodiscard]] const Messages& messages(const Client& client) const {
    return shard_.format(client.format).messages;
  }

  ShardState& shard_;
  Payments& payments_;
  CommandParser parser_;
  std::vector<std::uint32_t> begun_, ended_;
};

}  // namespace ticker
