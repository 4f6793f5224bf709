// The client's end of a generation: a stream that starts with the first byte worth sending, or nothing until
// the end.
#pragma once

#include <string>
#include <string_view>

#include "base/task.h"
#include "gateway/exchange.h"
#include "gateway/held_answer.h"
#include "host/host.h"

namespace gateway {

class ClientStream {
 public:
  // `streaming`: does the client want a stream? `content_type` and `keepalive`: its grammar's (static
  // storage).
  ClientStream(Exchange& exchange, bool streaming, std::string_view content_type, std::string_view keepalive)
      : exchange_(exchange), streaming_(streaming), content_type_(content_type), keepalive_(keepalive) {}

  // The answer's end, and a whole answer, go to `held` from now on; release() sends them. `held` must outlive
  // this.
  void hold(HeldAnswer& held) { held_ = &held; }
  void release();

  // Sends `bytes` of the answer, after the head if they are the first.
  void write(std::string_view bytes);
  void finish();
  // A whole answer, for a client that wants no stream. Takes the body's bytes.
  void whole(int status, std::string_view content_type, std::string& body);
  // Tells a streaming client that we are still there. Only between two events.
  void keep_alive() {
    if (streaming_) send(keepalive_);
  }
  // From now on with these bytes (static storage): some grammars have a better word once an answer has begun.
  void keep_alive_with(std::string_view keepalive) { keepalive_ = keepalive; }
  bool streaming() const { return streaming_; }
  // When the first bytes of an answer went out, or a whole one was ready, in ms since 1970; 0: not yet.
  int64_t begun_ms() const { return begun_ms_; }

 private:
  void send(std::string_view bytes);
  Exchange& exchange_;
  bool streaming_;
  std::string_view content_type_, keepalive_;
  HeldAnswer* held_ = nullptr;
  int64_t begun_ms_ = 0;
};

// Waits for the upstream's head or next chunk and keeps the client company meanwhile (null: no client waits
// on a stream). Completes with kNothingYet only when the upstream was silent for the whole idle time.
base::Task<host::Completion> fetch_patiently(Exchange& exchange, std::string& message, ClientStream* client);
// `all`: 64 KiB at a time, or what is left; with less to see of the upstream's progress, it is given twice
// the time.
base::Task<host::Completion> read_patiently(Exchange& exchange, ClientStream* client, bool all = false);
// The body of an upstream's answer that is a failure (`status`: HTTP's, or host::kNetwork, which has none):
// its first 64 KiB.
base::Task<std::string> read_failure(Exchange& exchange, uint32_t status, ClientStream* client);

}  // namespace gateway
