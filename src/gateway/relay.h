// An upstream's successful answer on its way to the client.
#pragma once

#include <optional>
#include <string>

#include "account/account.h"
#include "base/apart.h"
#include "base/task.h"
#include "chat/error.h"
#include "gateway/client_stream.h"
#include "gateway/exchange.h"
#include "protocol/protocol.h"

namespace gateway {

// What is known of an answer as far as it has come.
struct Told {
  chat::Usage tokens;
  bool broken = false;  // it began, and ended with an error
};

struct Candidate;
struct Generation;

struct Relay {
  Exchange& exchange;
  ClientStream& client;
  const chat::Request& request;
  const protocol::Protocol& surface;
  const protocol::Protocol& wire;
  const protocol::Stamp& stamp;
  const protocol::Target& target;
  std::string content_type;   // of the upstream's answer
  std::string_view envelope;  // the member of each answer that holds the wire's own, or empty
  bool fills;                 // the last event of a stream leaves the output out
  Told& told;
  // Whose answer it is, for one that takes more than one question (web_search.h).
  Generation* generation;
  const Candidate* candidate;
  account::AccountPtr account;
};

// Both serve the client to the end, or return an error before it has seen anything of the answer: then
// another attempt may take over.

// Between two protocols: decoded into events and encoded anew.
base::Task<std::optional<chat::Error>> translate(Relay relay);
// The same for what an upstream has made of a conversation by its own compaction.
BASE_APART base::Task<std::optional<chat::Error>> pass_compaction(Relay relay);
// Within one protocol: the bytes as they are, unknown fields included; only the ending is watched.
BASE_APART base::Task<std::optional<chat::Error>> pass_through(Relay relay);

}  // namespace gateway
