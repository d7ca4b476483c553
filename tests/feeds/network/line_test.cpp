// The way to a peer: names, TLS and whom it trusts, proxies.
#include "feeds/network/line.hpp"

#include "tests/feeds/network/wire_world.hpp"

namespace ticker::feeds {
namespace {

void greet(Peer& peer) {
  peer.upgrade(Peer::frame(text_frame, "hello"));
  static_cast<void>(peer.read_frame());
}

std::string failure_at(const Endpoint& endpoint) {
  WireWorld world;
  world.gone_at_failure = true;
  world.open(endpoint);
  EXPECT_TRUE(world.until([&] { return world.ended() || world.is_open; }));
  EXPECT_FALSE(world.is_open);
  return world.ended() ? world.failures[0].text : "none";
}

// --- names

TEST(Line, TriesTheAddressesOfANameOneAfterTheOther) {
  const WsServer server(greet);  // on 127.0.0.1 alone; `localhost` is often ::1 first
  Endpoint endpoint = plain(server);
  endpoint.host = "localhost";
  WireWorld world;
  world.open(endpoint);
  EXPECT_TRUE(world.opens());
}

TEST(Line, SaysThatANameIsUnknown) {
  const std::string text = failure_at({.host = "name.invalid", .port = "443"});
  EXPECT_TRUE(text.starts_with("resolve: ")) << text;
  EXPECT_TRUE(text.ends_with(" (name.invalid:443)")) << text;
}

TEST(Line, WritesAHostHeaderWithThePortThatIsUnusual) {
  EXPECT_EQ(host_header({.host = "a.example", .port = "443"}), "a.example");
  EXPECT_EQ(host_header({.host = "a.example", .port = "9443"}), "a.example:9443");
  EXPECT_EQ(host_header({.host = "a.example", .port = "80", .tls = false}), "a.example");
  EXPECT_EQ(host_header({.host = "::1", .port = "80"}), "[::1]:80");
}

// --- TLS

TEST(Line, TrustsAnAddressThatItsAuthorityVouchesFor) {
  const Authority authority;
  std::string name = "none";
  const WsServer server(
      [&name](Peer& peer) {
        name = peer.asked_name();
        greet(peer);
      },
      authority.vouch("IP:127.0.0.1"));
  WireWorld world;
  world.open(secured(server, authority.path()));
  ASSERT_TRUE(world.opens());
  EXPECT_EQ(world.steps,
            (std::vector<Step>{Step::resolve, Step::connect, Step::secure, Step::upgrade}));
  EXPECT_TRUE(world.until([&] { return world.frames.size() == 1; }));
  world.wire.reset();
  EXPECT_TRUE(world.until([&] { return server.served() == 1; }));
  EXPECT_EQ(name, "");  // SNI has names only
}

TEST(Line, AsksForItsHostByName) {
  const Authority authority;
  std::string name;
  const WsServer server(
      [&name](Peer& peer) {
        name = peer.asked_name();
        greet(peer);
      },
      authority.vouch("DNS:localhost"));
  Endpoint endpoint = secured(server, authority.path());
  endpoint.host = "localhost";
  WireWorld world;
  world.open(endpoint);
  ASSERT_TRUE(world.opens());
  world.wire.reset();
  EXPECT_TRUE(world.until([&] { return server.served() == 1; }));
  EXPECT_EQ(name, "localhost");
}

TEST(Line, DatesTwoMessagesOfOneRecordAlike) {
  const Authority authority;
  const WsServer server(
      [](Peer& peer) {
        peer.upgrade();
        peer.write(Peer::frame(text_frame, std::string(4'000, 'a')) +
                   Peer::frame(text_frame, std::string(4'000, 'b')));
        static_cast<void>(peer.read_frame());
      },
      authority.vouch("IP:127.0.0.1"));
  WireWorld world;
  world.open(secured(server, authority.path()));
  ASSERT_TRUE(world.until([&] { return world.frames.size() == 2; }));
  EXPECT_EQ(world.receipts[0].steady_ns, world.receipts[1].steady_ns);
}

TEST(Line, RefusesAWrongName) {
  const Authority authority;
  const WsServer server(greet, authority.vouch("DNS:other.example,IP:127.0.0.2"));
  EXPECT_EQ(failure_at(secured(server, authority.path())),
            "TLS: certificate verify failed (IP address mismatch)");
  Endpoint by_name = secured(server, authority.path());
  by_name.host = "localhost";
  EXPECT_EQ(failure_at(by_name), "TLS: certificate verify failed (hostname mismatch)");
  EXPECT_EQ(server.accepted(), 2);
}

TEST(Line, RefusesAnAuthorityThatItDoesNotKnow) {
  const Authority authority;
  const Authority other("Another authority");
  const WsServer server(greet, authority.vouch("IP:127.0.0.1"));
  const std::string text =
      "TLS: certificate verify failed (unable to get local issuer certificate)";
  EXPECT_EQ(failure_at(secured(server, other.path())), text);
  EXPECT_EQ(failure_at(secured(server, "")), text);  // the system's
}

TEST(Line, RefusesACertificateThatVouchesForItself) {
  const Authority authority;
  Identity self;
  self.certificate = make_certificate(self.key.get(), "Self", -3'600, 3'600);
  ::X509_set_issuer_name(self.certificate.get(), ::X509_get_subject_name(self.certificate.get()));
  add_extension(self.certificate.get(), NID_subject_alt_name, "IP:127.0.0.1");
  ::X509_sign(self.certificate.get(), self.key.get(), ::EVP_sha256());
  const WsServer server(greet, self);
  EXPECT_EQ(failure_at(secured(server, authority.path())),
            "TLS: certificate verify failed (self-signed certificate)");
}

TEST(Line, RefusesAnExpiredCertificate) {
  const Authority authority;
  const WsServer server(greet, authority.vouch("IP:127.0.0.1", -60));
  EXPECT_EQ(failure_at(secured(server, authority.path())),
            "TLS: certificate verify failed (certificate has expired)");
}

TEST(Line, RefusesTlsBefore12) {
  const Authority authority;
  const Identity identity = authority.vouch("IP:127.0.0.1");
  const WsServer old(greet, identity, TLS1_1_VERSION);
  EXPECT_TRUE(failure_at(secured(old, authority.path())).starts_with("TLS: "));
  const WsServer good(greet, identity, TLS1_2_VERSION);
  WireWorld world;
  world.open(secured(good, authority.path()));
  EXPECT_TRUE(world.opens());
}

TEST(Line, RefusesAServerWithoutTls) {
  const Authority authority;
  const WsServer server([](Peer& peer) { peer.write("HTTP/1.1 400 Bad Request\r\n\r\n"); });
  const std::string text = failure_at(secured(server, authority.path()));
  EXPECT_TRUE(text.starts_with("TLS: ")) << text;
}

TEST(Line, SaysThatCertificatesCannotBeRead) {
  const Authority authority;
  const WsServer server([](Peer& peer) { static_cast<void>(peer.ends()); });
  const std::string text = failure_at(secured(server, "/nowhere/ca.pem"));
  EXPECT_TRUE(text.starts_with("TLS: cannot read certificates in /nowhere/ca.pem")) << text;
}

TEST(Line, HearsNothingOfAHandshakeThatItLeft) {
  const Authority authority;
  const WsServer mute([](Peer& peer) { EXPECT_TRUE(peer.ends()); });  // of TLS it says nothing
  WireWorld world;
  world.open(secured(mute, authority.path()), Step::connect);
  ASSERT_TRUE(world.until([&] { return world.steps.size() == 2; }));
  world.wire->begin(Step::secure);
  world.context.run_for(std::chrono::milliseconds(5));
  world.wire.reset();
  EXPECT_TRUE(world.until([&] { return mute.served() == 1; }));
  EXPECT_EQ(world.said(), 2U);
}

// --- proxies

// Answers CONNECT, then stands for the peer itself.
Endpoint by_proxy(const WsServer& proxy) {
  return {.host = "venue.example",
          .port = "9443",
          .tls = false,
          .proxy_host = "127.0.0.1",
          .proxy_port = proxy.port()};
}

TEST(Line, AsksAProxyToConnect) {
  std::string head;
  const WsServer proxy([&head](Peer& peer) {
    head = peer.read_head();
    peer.write("HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n");
    greet(peer);
  });
  WireWorld world;
  world.open(by_proxy(proxy));
  ASSERT_TRUE(world.opens());
  EXPECT_TRUE(world.until([&] { return world.frames.size() == 1; }));
  EXPECT_TRUE(head.starts_with("CONNECT venue.example:9443 HTTP/1.1\r\n")) << head;
  EXPECT_NE(head.find("Host: venue.example:9443\r\n"), std::string::npos) << head;
}

TEST(Line, SaysThatAProxyRefuses) {
  const WsServer proxy([](Peer& peer) {
    peer.read_head();
    peer.write(
        "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 9000\r\n\r\nwho are you");
    static_cast<void>(peer.ends());
  });
  WireWorld world;
  world.open(by_proxy(proxy));
  EXPECT_EQ(world.failure(), "proxy: HTTP 407");
  EXPECT_EQ(world.failures[0].http_status, 407);
  EXPECT_EQ(world.steps, (std::vector<Step>{Step::resolve}));
}

TEST(Line, TakesNoProxyThatTalksNonsense) {
  for (const std::string& answer :
       {std::string("rubbish\r\n\r\n"), std::string("HTTP/1.1 200 OK\r\n"),
        "HTTP/1.1 200 OK\r\nX: " + std::string(9'000, 'x') + "\r\n\r\n",
        std::string("HTTP/1.1 200 OK\r\n\r\nand more")}) {
    const WsServer proxy([&answer](Peer& peer) {
      peer.read_head();
      peer.write(answer);
    });
    const std::string text = failure_at(by_proxy(proxy));
    EXPECT_TRUE(text.starts_with("proxy: ")) << text;
  }
}

TEST(Line, SaysThatAProxyIsNotThere) {
  Endpoint endpoint;
  {
    const WsServer gone([](Peer&) {});
    endpoint = by_proxy(gone);
  }
  EXPECT_EQ(failure_at(endpoint),
            "proxy: Connection refused (127.0.0.1:" + endpoint.proxy_port + ")");
}

}  // namespace
}  // namespace ticker::feeds
