// Plain HTTP on the client port: the page, its assets, symbols, snapshots, venues. A request line
// in, a reply out. Runs on a shard thread; answers of instruments come from the shard's own board,
// so they agree with what the shard's clients see.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "gateway/base/limits.hpp"
#include "gateway/fanout/shard_core.hpp"

namespace ticker {

struct HttpReply {
  unsigned status = 200;
  std::string_view content_type = "application/json";
  std::string body;
  std::string_view allow;  // of a 405
};

inline constexpr std::string_view websocket_path = "/v1/ws";

/// `target`: path and query as in the request line. `venues_json`: the list of venues, asked for
/// when it is wanted.
[[nodiscard]] HttpReply http_reply(std::string_view method, std::string_view target,
                                   ShardCore& core, const Limits& limits,
                                   const std::function<std::string()>& venues_json);

/// {"error":{"code":…,"message":…}}
[[nodiscard]] HttpReply http_error(unsigned status, std::string_view code,
                                   std::string_view message);

}  // namespace ticker
