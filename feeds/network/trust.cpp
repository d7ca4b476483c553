#include "feeds/network/trust.hpp"

namespace ticker::feeds {

namespace ssl = boost::asio::ssl;

std::shared_ptr<ssl::context> Trust::context(const std::string& ca_file, std::string& error) {
  auto& known = contexts_[ca_file];
  if (known) return known;
  const auto made = std::make_shared<ssl::context>(ssl::context::tls_client);
  ::SSL_CTX_set_min_proto_version(made->native_handle(), TLS1_2_VERSION);
  made->set_verify_mode(ssl::verify_peer);
  boost::system::error_code failed;
  if (ca_file.empty()) {
    made->set_default_verify_paths(failed);
  } else {
    made->load_verify_file(ca_file, failed);
  }
  if (failed) {
    error = "cannot read certificates" + (ca_file.empty() ? "" : " in " + ca_file) + " (" +
            failed.message() + ")";
    return nullptr;  // asked again next time: the file may have been mended
  }
  known = made;
  return known;
}

}  // namespace ticker::feeds
