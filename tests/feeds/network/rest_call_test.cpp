// A REST request over real sockets: one answer, whatever the venue does.
#include "feeds/network/rest_call.hpp"

#include "feeds/contract/limits.hpp"
#include "tests/feeds/network/wire_world.hpp"

namespace ticker::feeds {
namespace {

struct Told {
  int times = 0;
  int status = 0;
  std::string body;
  Failure failure;
};

class RestWorld : public WireWorld {
 public:
  void ask(const Endpoint& endpoint, std::uint32_t timeout_ms = 10'000) {
    const std::uint32_t scaled_ms =
        static_cast<std::uint32_t>(scaled(std::chrono::milliseconds(timeout_ms)).count());
    calling = true;
    network->get(endpoint, scaled_ms, [this](const Answer& answer) {
      EXPECT_FALSE(calling) << "answered from within the call";
      ++told.times;
      told.status = answer.status;
      told.body = answer.body;
      told.failure = answer.failure;
      EXPECT_GT(answer.received.steady_ns, 0);
      if (answer.status == 0) return;
      for (std::size_t i = 0; i < Adapter::padding_bytes; ++i) {
        EXPECT_EQ(answer.body.end()[i], '\0');
      }
    });
    calling = false;
  }
  Told& answer() {
    EXPECT_TRUE(until([this] { return told.times > 0; }));
    return told;
  }
  Told told;
  bool calling = false;
};

Told ask_for(const std::string& answer, std::string* head = nullptr) {
  const WsServer server([&](Peer& peer) {
    const std::string request = peer.read_head();
    if (head != nullptr) *head = request;
    peer.write(answer);
  });
  RestWorld world;
  world.ask(plain(server));
  Told told = world.answer();
  EXPECT_TRUE(world.until([&] { return server.served() == 1; }));
  EXPECT_EQ(world.told.times, 1);
  return told;
}

TEST(RestCall, GetsAnAnswer) {
  std::string head;
  const Told told = ask_for("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n{\"a\":1}", &head);
  EXPECT_EQ(told.status, 200);
  EXPECT_EQ(told.body, "{\"a\":1}");
  EXPECT_EQ(told.failure.text, "");
  EXPECT_TRUE(head.starts_with("GET /ws?a=b HTTP/1.1\r\nHost: 127.0.0.1:")) << head;
  for (const char* const line : {"User-Agent: ticker-gateway\r\n", "Accept-Encoding: identity\r\n",
                                 "Connection: close\r\n"}) {
    EXPECT_NE(head.find(line), std::string::npos) << head;
  }
}

TEST(RestCall, ReadsAnswersInChunksAndUpToTheEnd) {
  EXPECT_EQ(ask_for("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                    "2\r\n[1\r\n2\r\n2]\r\n0\r\n\r\n")
                .body,
            "[12]");
  EXPECT_EQ(ask_for("HTTP/1.1 200 OK\r\n\r\n[1,2]").body, "[1,2]");
}

TEST(RestCall, SaysHowLongAVenueThatRefusesWantsUsToWait) {
  for (const int status : {418, 429, 503}) {
    const Told told = ask_for("HTTP/1.1 " + std::to_string(status) +
                              " No\r\nRetry-After: 3\r\nContent-Length: 2\r\n\r\n{}");
    EXPECT_EQ(told.status, status);
    EXPECT_EQ(told.body, "{}");
    EXPECT_EQ(told.failure.text, "answer: HTTP " + std::to_string(status));
    EXPECT_EQ(told.failure.http_status, status);
    EXPECT_EQ(told.failure.retry_after_ms, 3'000);
  }
  const Told moved = ask_for("HTTP/1.1 301 Moved\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(moved.failure.text, "answer: HTTP 301");
}

TEST(RestCall, KnowsAStatusWithoutTheWholeBody) {
  const Told told = ask_for("HTTP/1.1 429 No\r\nRetry-After: 3\r\nContent-Length: 900\r\n\r\ncut");
  EXPECT_EQ(told.status, 429);
  EXPECT_EQ(told.failure.retry_after_ms, 3'000);
}

TEST(RestCall, TakesNoHalfOfAnAnswer) {
  const Told told = ask_for("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n[1,2");
  EXPECT_EQ(told.status, 0);
  EXPECT_TRUE(told.failure.text.starts_with("answer: ")) << told.failure.text;
}

TEST(RestCall, TakesNoAnswerAboveTheLimit) {
  const Told told =
      ask_for("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(feed_answer_bytes_max + 1) +
              "\r\n\r\n[");
  EXPECT_EQ(told.status, 0);
  EXPECT_EQ(told.failure.text, "answer: above 67108864 bytes");
}

TEST(RestCall, TakesNoGarbage) {
  for (const char* const answer : {"", "garbage\r\n\r\n", "HTTP/1.1 xyz\r\n\r\n", "\x16\x03\x01"}) {
    const Told told = ask_for(answer);
    EXPECT_EQ(told.status, 0);
    EXPECT_TRUE(told.failure.text.starts_with("answer: ")) << told.failure.text;
  }
}

TEST(RestCall, WaitsNoLongerThanItWasTold) {
  const WsServer server([](Peer& peer) {
    peer.read_head();
    peer.write("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n[1,2");
    EXPECT_TRUE(peer.ends());
  });
  RestWorld world;
  world.ask(plain(server), 50);
  EXPECT_TRUE(world.answer().failure.text.starts_with("no answer within "));
  EXPECT_EQ(world.told.status, 0);
  EXPECT_TRUE(world.until([&] { return server.served() == 1; }));
  EXPECT_EQ(world.told.times, 1);
}

TEST(RestCall, VerifiesWhomItAsks) {
  const Authority authority;
  const auto script = [](Peer& peer) {
    peer.read_head();
    peer.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]");
  };
  const WsServer good(script, authority.vouch("IP:127.0.0.1"));
  RestWorld world;
  world.ask(secured(good, authority.path()));
  EXPECT_EQ(world.answer().body, "[]");
  const WsServer bad(script, authority.vouch("IP:127.0.0.2"));
  RestWorld other;
  other.ask(secured(bad, authority.path()));
  EXPECT_EQ(other.answer().failure.text, "TLS: certificate verify failed (IP address mismatch)");
}

TEST(RestCall, GoesThroughAProxy) {
  std::string connect;
  const WsServer proxy([&connect](Peer& peer) {
    connect = peer.read_head();
    peer.write("HTTP/1.1 200 OK\r\n\r\n");
    peer.read_head();
    peer.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]");
  });
  RestWorld world;
  world.ask({.host = "::7",
             .port = "80",
             .tls = false,
             .proxy_host = "127.0.0.1",
             .proxy_port = proxy.port()});
  EXPECT_EQ(world.answer().body, "[]");
  EXPECT_TRUE(connect.starts_with("CONNECT [::7]:80 HTTP/1.1\r\n")) << connect;
}

TEST(RestCall, TellsNobodyWhenTheNetworkIsGone) {
  const WsServer server([](Peer& peer) {
    peer.read_head();
    EXPECT_TRUE(peer.ends());
  });
  RestWorld world;
  world.ask(plain(server));
  ASSERT_TRUE(world.until([&] { return server.accepted() == 1; }));
  world.network.reset();
  EXPECT_TRUE(world.until([&] { return server.served() == 1; }));
  EXPECT_EQ(world.told.times, 0);
}

TEST(RestCall, MayAskAgainFromItsAnswer) {
  const WsServer server([](Peer& peer) {
    peer.read_head();
    peer.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]");
  });
  RestWorld world;
  int answers = 0;
  world.network->get(plain(server), 10'000, [&](const Answer&) {
    ++answers;
    world.network->get(plain(server), 10'000, [&](const Answer&) { ++answers; });
  });
  EXPECT_TRUE(world.until([&] { return answers == 2; }));
}

}  // namespace
}  // namespace ticker::feeds
