// Addresses, and the word that was meant.
#include "gateway/config/config_text.hpp"

#include <gtest/gtest.h>

#include <array>

namespace ticker {
namespace {

TEST(ConfigText, AddressesAreIpAndPortOnly) {
  for (const auto* good : {"0.0.0.0:0", "127.0.0.1:65535", "[::]:80", "localhost:1"}) {
    EXPECT_TRUE(parse_address(good)) << good;
  }
  for (const auto* bad :
       {"", ":80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "::1:80", "[::1]",
        "[]:80", "[127.0.0.1]:80", "host:80", "1.2.3:80", "127.0.0.1:80 "}) {
    EXPECT_FALSE(parse_address(bad)) << bad;
  }
}

TEST(ConfigText, FindsTheWordThatWasMeantAndNoOther) {
  constexpr std::array<std::string_view, 3> words = {"simulated", "replay", "spot"};
  EXPECT_EQ(nearest("simulatd", words), "simulated");
  EXPECT_EQ(nearest("repaly", words), "replay");
  EXPECT_EQ(nearest("linear", words), "");
  EXPECT_EQ(nearest("", words), "");
}

}  // namespace
}  // namespace ticker
