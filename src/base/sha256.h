// SHA-256 (FIPS 180-4). Here, and not in WebCrypto, because a client key is hashed on every request and an
// asynchronous digest costs the request one more trip through the event loop.
#pragma once

#include <string>
#include <string_view>

namespace base {

// The 32 raw bytes of the digest.
std::string sha256(std::string_view bytes);

}  // namespace base
