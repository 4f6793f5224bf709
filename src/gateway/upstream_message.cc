// The request as an upstream gets it.
#include "base/text.h"
#include "gateway/conversation.h"
#include "gateway/generation.h"
#include "json/edit.h"
#include "json/prune.h"

namespace gateway {

namespace {

// The client's headers that belong to the protocol, as lines.
std::string forwarded_headers(const http::Request& request, const protocol::Protocol& wire) {
  std::string lines;
  for (std::string_view name : wire.forwarded) {
    std::string_view value = request.header(name);
    if (!value.empty()) lines.append(name).append(": ").append(value).append("\n");
  }
  return lines;
}

void splice_body(const Generation& generation, const protocol::Target& target, std::string& out) {
  json::Document own;
  json::Value body = generation.body.root();
  if (generation.compacting && own.parse(generation.compact) == json::Error::none) body = own.root();
  if (!generation.surface().model_in_body) {
    out += body.raw();
    return;
  }
  std::string model = "\"" + target.model + "\"";
  json::edit(body, {{"model", model}}, out);
}

}  // namespace

bool same_lane(const Generation& generation, const provider::Provider& provider,
               const account::Account& account, const protocol::Protocol& wire) {
  const protocol::Protocol& surface = generation.surface();
  const chat::Request& request = generation.body.request;
  json::Value body = generation.body.root();
  // Whoever does not know a compaction's trigger would answer with an ordinary message.
  return wire.origin == surface.origin && generation.body.shape == &surface &&
         provider.splices(wire.origin, body) && !request.packed && !generation.stripped &&
         (!request.compacts || provider.compacts(account, body));
}

bool can_compact(const Generation& generation, const provider::Provider& provider,
                 const account::Account& account, const protocol::Protocol& wire) {
  json::Document own;
  bool asked = !generation.compact.empty() && own.parse(generation.compact) == json::Error::none;
  return asked && wire.origin == generation.surface().origin && !generation.body.request.packed &&
         !own.root()["previous_response_id"].has_value() && provider.compacts(account, own.root());
}

protocol::Target target_for(const Generation& generation, const Candidate& candidate,
                            const account::Account& account, const protocol::Protocol& wire) {
  protocol::Target target = candidate.provider->target(account, candidate.model);
  target.home = account.tag();
  uint64_t session = generation.body.session;
  if (wire.names_session) target.session = uuid_of(generation.moved ? ~session : session);
  target.retry = generation.fruitless;
  if (!generation.body.request.web_search) target.search_tool.clear();
  for (const chat::Tool& tool : generation.body.request.tools) {
    if (tool.name == target.search_tool) target.search_tool = "remote_" + target.search_tool;
  }
  return target;
}

std::optional<chat::Error> write_message(const Generation& generation, const Candidate& candidate,
                                         const account::Account& account, const protocol::Protocol& wire,
                                         const protocol::Target& target, bool lane, std::string& out) {
  const provider::Provider& provider = *candidate.provider;
  size_t size = generation.exchange.request.body.size();
  out.reserve(size + size / 8 + 2048);

  std::string session = base::to_text(int64_t(generation.body.session >> 1));
  std::string forwarded;
  if (wire.origin == generation.surface().origin) {
    forwarded = forwarded_headers(generation.exchange.request, wire);
  }
  bool stream = !lane || generation.body.request.stream;
  provider::Call call{account,   candidate.model, generation.body.request, stream, session,
                      forwarded, wire.origin,     generation.compacting};
  provider.head(call, out);
  provider.open_envelope(call, out);
  size_t body_at = out.size();
  if (lane) {
    splice_body(generation, target, out);
  } else if (auto problem = wire.write(generation.body.request, target, out)) {
    return problem;
  }
  if (auto problem = provider.edit_body(call, out, body_at)) return problem;
  for (std::string_view dropped = generation.dropped; !lane && !dropped.empty();) {
    std::string_view path = base::take_until(dropped, '\n');
    json::prune(out, body_at, path, base::take_until(dropped, '\n'));
  }
  provider.close_envelope(call, out);
  return std::nullopt;
}

}  // namespace gateway
