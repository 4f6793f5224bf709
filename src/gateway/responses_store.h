// Responses that their clients may come back to: previous_response_id, GET and DELETE /v1/responses/{id}.
//
// Off unless STORE_RESPONSES says how long they live. A record holds the conversation that led to a response
// and the response itself, sealed, under the digest of the client's key: no other key can reach it.
#pragma once

#include <optional>
#include <string>

#include "base/apart.h"
#include "base/task.h"
#include "chat/error.h"
#include "gateway/exchange.h"
#include "gateway/router.h"

namespace gateway {

// Puts the stored conversation before the input of a body that asks for it with previous_response_id, which
// becomes `previous`. Does nothing to any other body. An error is the client's.
base::Task<std::optional<chat::Error>> continue_stored(Exchange& exchange, std::string& previous);

// What is stored of a response to this key: {"input":[...],"response":{...}}. Empty: there is none of that
// id.
base::Task<std::string> load_response(Exchange& exchange, std::string id);

// Keeps `response`, an answer to the body of `exchange`. A storage fault is logged: the client has its
// answer.
base::Task<> store_response(Exchange& exchange, std::string response);

// GET, DELETE /v1/responses/{id}, POST .../cancel, GET .../input_items.
BASE_APART base::Task<> serve_stored(Exchange& exchange, const Route& route);

}  // namespace gateway
