// What Gemini's two encoders share: from events to whole parts. A part is said in one piece here, so that a
// call waits for its last argument, and a proof for the part that can carry it.
#pragma once

#include <string>
#include <vector>

#include "json/document.h"
#include "protocol/protocol.h"

namespace protocol::gemini {

class PartsEncoder : public Encoder {
 public:
  explicit PartsEncoder(const Stamp& stamp);

  // Expects the events of one choice in order, as chat::InOrder puts them.
  void event(const chat::Event& event) final;
  void usage(const chat::Usage& usage) final { usage_ = usage; }

 protected:
  // How a choice ended, and what its last chunk tells beside the parts.
  struct Ending {
    chat::Finish finish = chat::Finish::stop;
    std::string broken_call;       // name of a call whose arguments are no JSON object
    std::string chosen, top;       // elements of logprobsResult
    std::string queries, sources;  // elements of groundingMetadata
  };

  // A part goes on or is said: text, thinking, media, a tool_call with whole and plain arguments, or a
  // signature of the part before it (redacted_thinking: of none).
  virtual void put(const chat::Event& part) = 0;
  // A choice has said its last part.
  virtual void finished(uint16_t choice) { (void)choice; }

  Ending& ending_of(uint16_t choice);
  // Appends the members after "content": finishReason, index, logprobsResult, groundingMetadata.
  void append_ending(uint16_t choice, std::string& out);
  // ,"usageMetadata":{..} if any is known.
  void append_usage(std::string& out) const;

  const std::string about_;  // ,"modelVersion":..,"createTime":..,"responseId":..
  std::vector<Ending> endings_;

 private:
  void signature(const chat::Event& event);
  void release_proof();
  void open_call(const chat::Event& event);
  void close_call();
  void add_logprobs(const chat::Event& event);
  void add_search(const chat::Event& event);

  chat::Usage usage_;
  bool shows_thoughts_;

  struct Call {
    bool open = false, encoded = false;
    uint16_t choice = 0, index = 0;
    std::string id, name, arguments, proof, home;
    Origin origin = Origin::none;
  } call_;

  // Another protocol's proof of thoughts, until the part is known that carries it: the call it led to, for
  // clients drop thoughts but never a call's signature.
  struct Proof {
    uint16_t choice = 0;
    std::string text, home;
    Origin origin = Origin::none;
  } proof_;
  bool after_thinking_ = false;
  json::Document document_;
};

// Appends `part` (as put() gets it) as a JSON object.
void append_part(const chat::Event& part, std::string& out);
// ,"thoughtSignature":".." if there is one.
void append_proof(const chat::Signature& proof, std::string& out);

}  // namespace protocol::gemini
