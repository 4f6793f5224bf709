#pragma once

namespace gateway {

// The accounts that Worker variables configure, once per instance: those of ACCOUNTS, read as they would be
// if they were added, and those of the providers' own variables. What is wrong with them is noted with the
// settings.
void configure_accounts();

}  // namespace gateway
