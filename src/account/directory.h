// Which accounts are stored: one small KV value, "accounts", with a record's key per line.
//
// KV can list keys, but the free plan allows a thousand lists a day, fewer than there are minutes, and every
// instance looks once a minute. So the list is kept as a value, written when a person adds or removes an
// account, and mended from a real list by the cron tick: two people at it at the same time would overwrite
// each other's line.
#pragma once

#include <optional>
#include <string>

#include "base/task.h"

namespace account {

// The keys of the stored accounts' records, "key\n" each; nothing when storage fails.
base::Task<std::optional<std::string>> record_keys(uint32_t req);
// The record `key` is there from now on, or is not. False: storage failed, twice.
base::Task<bool> note_record(uint32_t req, std::string key, bool present);
// Compares the value with what is really there, and writes it anew if it differs. KV's list lags behind: a
// name that it does not show is dropped when there is no such record.
base::Task<> mend_directory(uint32_t req);

}  // namespace account
