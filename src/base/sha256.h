// SHA-256 (FIPS 180-4). Here, and not in WebCrypto, because a client key is hashed on every request and an
// asynchronous digest costs the request one more trip through the event loop.
#pragma once

#include <string>
#include <string_view>

namespace base {

// The 32 raw bytes of the digest.
std::string sha256(std::string_view bytes);
// The 32 raw bytes of HMAC-SHA-256 (RFC 2104).
std::string hmac_sha256(std::string_view key, std::string_view message);

}  // namespace base
