#include "gateway/ops/admin_routes.hpp"

#include <array>
#include <utility>

namespace ticker {
namespace {

HttpAnswer json(std::string body, unsigned status = 200) {
  HttpAnswer answer;
  answer.status = status;
  answer.body = std::move(body);
  return answer;
}

HttpAnswer metrics(std::string text) {
  HttpAnswer answer;
  answer.content_type = "text/plain; version=0.0.4; charset=utf-8";
  answer.body = std::move(text);
  return answer;
}

}  // namespace

Routes admin_routes(AdminSources sources) {
  using Request = HttpRequest;
  return {
      {.path = "/metrics",
       .handler = [text = std::move(sources.metrics)](const Request&) { return metrics(text()); }},
      {.path = "/healthz", .handler = [](const Request&) { return json(R"({"status":"ok"})"); }},
      {.path = "/readyz",
       .handler =
           [ready = std::move(sources.ready)](const Request&) {
             return ready() ? json(R"({"status":"ready"})")
                            : json(R"({"status":"not_ready"})", 503);
           }},
      {.path = "/v1/status",
       .handler = [status = std::move(sources.status)](const Request&) { return json(status()); }},
  };
}

std::span<const HttpHeader> admin_headers() {
  static constexpr std::array<HttpHeader, 1> headers = {{{"Cache-Control", "no-store"}}};
  return headers;
}

}  // namespace ticker
