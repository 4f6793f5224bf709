// Which URLs a client may have this gateway fetch, decided on their text alone. A public name that resolves
// into a private network is the platform's to stop.
#pragma once

#include <string>
#include <string_view>

namespace gateway {

// Why `url` is not fetched, as the end of a sentence; empty if it may be. `private_hosts_too` lifts the rules
// about hosts, not those about form.
std::string_view why_not_fetched(std::string_view url, bool private_hosts_too);

// What the `location` of a redirect means, seen from `url`.
std::string redirected(std::string_view url, std::string_view location);

}  // namespace gateway
