// Requests a minute and tokens a day of the client keys that have such limits. Keys without limits never come
// here.
//
// One Durable Object per key (binding METER, js-shim/meter.js) counts for every isolate. A deployment without
// it, or whose object cannot be reached, counts in this instance alone.
#pragma once

#include <optional>

#include "account/client_key.h"
#include "base/task.h"
#include "chat/error.h"

namespace account {

// May `key` make one more request? Counts it if so; else a 429 that says until when. Requests are counted in
// minutes that begin with their first request, tokens in days of UTC.
base::Task<std::optional<chat::Error>> admit(uint32_t req, ClientKeyPtr key);

// Tokens that an answer to `key` took. Only notes them, so it may be called where nothing can be awaited;
// the next report_spent() of this instance tells the object.
void note_spent(const ClientKey& key, int64_t tokens);
base::Task<> report_spent(uint32_t req);

// The key is gone: so is what its object counted.
base::Task<> forget_spent(uint32_t req, std::string id);

}  // namespace account
