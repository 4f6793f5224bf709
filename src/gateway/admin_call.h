// An authorised admin request, as its resources see it.
#pragma once

#include <string_view>

#include "chat/error.h"

namespace gateway {

struct AdminCall {
  std::string_view method;
  std::string_view rest;  // of the path, after the resource's name: "", "{id}", "{id}/check"
};

// Fills `call.rest`; false if `rest` is not the rest of this resource's path ("/admin/keysmith").
bool take_rest(std::string_view rest, AdminCall& call);
chat::Error wrong_admin_call(const AdminCall& call);
// A 401: the admin API needs the admin key.
chat::Error admin_closed();
// A 503: what the storage should have said or kept, it did not.
chat::Error storage_failed();

}  // namespace gateway
