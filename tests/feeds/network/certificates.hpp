// Certificates made in the test's process, so that none expires in the tree: an authority, and
// servers that it vouches for.
#pragma once

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <string>

namespace ticker::feeds {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

inline void add_extension(X509* certificate, int kind, const char* value) {
  X509_EXTENSION* const extension = ::X509V3_EXT_conf_nid(nullptr, nullptr, kind, value);
  ASSERT_NE(extension, nullptr) << value;
  ::X509_add_ext(certificate, extension, -1);
  ::X509_EXTENSION_free(extension);
}

inline Certificate make_certificate(EVP_PKEY* key, const std::string& name, long valid_from_s,
                                    long valid_to_s) {
  static long serial = 0;
  Certificate certificate(::X509_new(), &::X509_free);
  ::X509_set_version(certificate.get(), 2);
  ::ASN1_INTEGER_set(::X509_get_serialNumber(certificate.get()), ++serial);
  ::X509_gmtime_adj(::X509_getm_notBefore(certificate.get()), valid_from_s);
  ::X509_gmtime_adj(::X509_getm_notAfter(certificate.get()), valid_to_s);
  ::X509_set_pubkey(certificate.get(), key);
  ::X509_NAME_add_entry_by_txt(::X509_get_subject_name(certificate.get()), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  return certificate;
}

/// What a TLS server shows.
struct Identity {
  Key key{::EVP_EC_gen("P-256"), &::EVP_PKEY_free};
  Certificate certificate{nullptr, &::X509_free};
};

class Authority {
 public:
  explicit Authority(const std::string& name = "Test authority") {
    certificate_ = make_certificate(key_.get(), name, -3'600, 86'400);
    ::X509_set_issuer_name(certificate_.get(), ::X509_get_subject_name(certificate_.get()));
    add_extension(certificate_.get(), NID_basic_constraints, "critical,CA:TRUE");
    ::X509_sign(certificate_.get(), key_.get(), ::EVP_sha256());
    path_ = ::testing::TempDir() + "authority_" + std::to_string(::getpid()) + "_" +
            std::to_string(++made) + ".pem";
    std::FILE* const file = std::fopen(path_.c_str(), "w");
    EXPECT_NE(file, nullptr);
    ::PEM_write_X509(file, certificate_.get());
    std::fclose(file);
  }
  ~Authority() { std::remove(path_.c_str()); }
  Authority(const Authority&) = delete;
  Authority& operator=(const Authority&) = delete;

  /// File of its certificate, PEM.
  [[nodiscard]] const std::string& path() const { return path_; }

  /// `names` as OpenSSL writes them: "DNS:localhost,IP:127.0.0.1". `valid_to_s`: from now on.
  [[nodiscard]] Identity vouch(const std::string& names, long valid_to_s = 3'600) const {
    Identity identity;
    identity.certificate = make_certificate(identity.key.get(), "Test server", -7'200, valid_to_s);
    ::X509_set_issuer_name(identity.certificate.get(), ::X509_get_subject_name(certificate_.get()));
    add_extension(identity.certificate.get(), NID_subject_alt_name, names.c_str());
    ::X509_sign(identity.certificate.get(), key_.get(), ::EVP_sha256());
    return identity;
  }

 private:
  static inline int made = 0;
  Key key_{::EVP_EC_gen("P-256"), &::EVP_PKEY_free};
  Certificate certificate_{nullptr, &::X509_free};
  std::string path_;
};

}  // namespace ticker::feeds
