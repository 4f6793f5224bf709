// Items of earlier answers that a Responses client names by id alone:
// {"type":"item_reference","id":"msg_..."}.
//
// A client that leaves `store` on counts on the service to know them (the Vercel AI SDK sends nothing else).
// This instance remembers the items of its latest answers, each under the client's key: no other key can name
// them. Answers that STORE_RESPONSES or the upstream itself keeps are looked for there.
#pragma once

#include <string_view>

#include "base/apart.h"
#include "base/task.h"
#include "gateway/client_body.h"

namespace gateway {

// Reads `body`, which refers to items (chat::Request::refers), once more, with those that are known in the
// place of their references. An error is the client's.
BASE_APART base::Task<std::optional<chat::Error>> read_resolved(Exchange& exchange, const Route& route,
                                                                ClientBody& body);

// Remembers the items of `response`, JSON text, unless it says that it is stored. Bounded: the oldest are
// forgotten, and giants are not kept at all.
BASE_APART void remember_items(const Exchange& exchange, std::string_view response);

}  // namespace gateway
