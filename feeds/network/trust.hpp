// Whom we trust: TLS settings by file of certificates, read once each. Feed thread only.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <map>
#include <memory>
#include <string>

namespace ticker::feeds {

class Trust {
 public:
  /// For these certificates (PEM; empty: the system's). Null, and why in `error`, if they cannot be
  /// read.
  [[nodiscard]] std::shared_ptr<boost::asio::ssl::context> context(const std::string& ca_file,
                                                                   std::string& error);

 private:
  std::map<std::string, std::shared_ptr<boost::asio::ssl::context>> contexts_;
};

}  // namespace ticker::feeds
