#include "gateway/base/close_reason.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <set>

namespace ticker {
namespace {

template <typename Visit>
void for_each_reason(Visit visit) {
  for (std::size_t i = 0; i < close_reason_count; ++i) visit(info(static_cast<CloseReason>(i)));
}

TEST(CloseReason, HasALabelOfItsOwnThatMetricsTake) {
  std::set<std::string_view> labels;
  for_each_reason([&](const CloseReasonInfo& reason) {
    EXPECT_TRUE(labels.insert(reason.label).second) << reason.label;
    EXPECT_TRUE(std::all_of(reason.label.begin(), reason.label.end(), [](unsigned char c) {
      return std::islower(c) != 0 || c == '_';
    })) << reason.label;
  });
  EXPECT_EQ(labels.size(), close_reason_count);
}

TEST(CloseReason, HasACodeThatAnEndpointMaySend) {
  for_each_reason([](const CloseReasonInfo& reason) {
    const bool none = reason.code == 0;
    // RFC 6455, 7.4: 1004 to 1006 and 1015 never stand in a frame; 4000 to 4999 are ours.
    const bool standard =
        reason.code >= 1000 && reason.code <= 1011 && (reason.code < 1004 || reason.code > 1006);
    const bool own = reason.code >= 4000 && reason.code <= 4999;
    EXPECT_TRUE(none || standard || own) << reason.label << ' ' << reason.code;
  });
}

TEST(CloseReason, HasATextThatFitsACloseFrame) {
  for_each_reason([](const CloseReasonInfo& reason) {
    EXPECT_FALSE(reason.text.empty()) << reason.label;
    EXPECT_LE(reason.text.size(), 123U) << reason.label;
  });
}

TEST(CloseReason, KeepsTheCodesOfTheProtocol) {
  EXPECT_EQ(info(CloseReason::going_away).code, 1001);
  EXPECT_EQ(info(CloseReason::protocol_error).code, 1002);
  EXPECT_EQ(info(CloseReason::bad_data).code, 1007);
  EXPECT_EQ(info(CloseReason::policy).code, 1008);
  EXPECT_EQ(info(CloseReason::too_big).code, 1009);
  EXPECT_EQ(info(CloseReason::slow_consumer).code, 4008);
  EXPECT_EQ(info(CloseReason::overloaded).code, 4013);
}

TEST(CloseReason, TellsClientsAtFaultNotToComeBackAtOnce) {
  for (const CloseReason reason : {CloseReason::protocol_error, CloseReason::bad_data,
                                   CloseReason::policy, CloseReason::too_big}) {
    EXPECT_FALSE(info(reason).may_reconnect) << info(reason).label;
  }
  for (const CloseReason reason :
       {CloseReason::going_away, CloseReason::slow_consumer, CloseReason::connection_lost}) {
    EXPECT_TRUE(info(reason).may_reconnect) << info(reason).label;
  }
}

}  // namespace
}  // namespace ticker
