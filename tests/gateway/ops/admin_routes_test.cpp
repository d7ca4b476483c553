// The admin routes: what each answers, without sockets.
#include "gateway/ops/admin_routes.hpp"

#include <gtest/gtest.h>

namespace ticker {
namespace {

class AdminRoutesTest : public testing::Test {
 protected:
  HttpAnswer ask(std::string_view target, std::string_view method = "GET") {
    HttpRequest request{.method = method};
    request.set_target(target);
    return answer(routes_, request);
  }

  bool ready_ = false;
  Routes routes_ =
      admin_routes({[] { return std::string("metric 1\n"); },
                    [] { return std::string("{\"shards\":[]}"); }, [this] { return ready_; }});
};

TEST_F(AdminRoutesTest, MetricsHaveTheContentTypeOfPrometheus) {
  const HttpAnswer answer = ask("/metrics");
  EXPECT_EQ(answer.status, 200U);
  EXPECT_EQ(answer.content_type, "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(answer.body, "metric 1\n");
}

TEST_F(AdminRoutesTest, HealthIsOkWhileTheProcessLives) {
  EXPECT_EQ(ask("/healthz").status, 200U);
  EXPECT_EQ(ask("/healthz").body, "{\"status\":\"ok\"}");
}

TEST_F(AdminRoutesTest, ReadinessFollowsItsSource) {
  EXPECT_EQ(ask("/readyz").status, 503U);
  EXPECT_EQ(ask("/readyz").body, "{\"status\":\"not_ready\"}");
  ready_ = true;
  EXPECT_EQ(ask("/readyz").status, 200U);
  EXPECT_EQ(ask("/readyz").body, "{\"status\":\"ready\"}");
}

TEST_F(AdminRoutesTest, StatusIsJsonAndAQueryIsIgnored) {
  const HttpAnswer answer = ask("/v1/status?verbose=1");
  EXPECT_EQ(answer.status, 200U);
  EXPECT_EQ(answer.content_type, "application/json");
  EXPECT_EQ(answer.body, "{\"shards\":[]}");
}

TEST_F(AdminRoutesTest, OtherPathsAndMethodsAreRefused) {
  for (const char* const path : {"/", "/metrics/", "/v1/symbols"}) {
    EXPECT_EQ(ask(path).status, 404U) << path;
  }
  EXPECT_EQ(ask("/metrics", "POST").status, 405U);
  EXPECT_EQ(ask("/metrics", "HEAD").status, 200U);
}

}  // namespace
}  // namespace ticker
