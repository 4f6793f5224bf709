// Plays a script: one World, one instance of the core at a time.
#pragma once

#include <list>
#include <memory>
#include <string>
#include <vector>

#include "script/instance.h"
#include "script/match.h"
#include "script/objects.h"
#include "script/script.h"

namespace script {

struct Options {
  // Before this completion (counted from 1) its client leaves instead, and the script ends: whatever else is
  // in flight must come to an end as well. 0: nobody leaves but by the script's own word.
  uint64_t leave_before = 0;
};

class Runner {
 public:
  explicit Runner(const Options& options = {});

  // Plays all steps. Empty: everything was as expected; otherwise "line N: what was wrong".
  std::string play(const std::vector<Step>& steps);
  // Operations completed in the play: the number of points at which a client could leave.
  uint64_t completions() const { return world_.completions; }

 private:
  // What a client has not yet looked at.
  struct Client {
    fake::Exchange* exchange;
    size_t read = 0;  // bytes of the body that the script has gone through
  };
  using Verb = std::string (Runner::*)(const Step&, std::string& rest);
  struct Entry {
    std::string_view name;
    Verb verb;
  };
  static const Entry kVerbs[];

  std::string perform(const Step& step);
  std::string finish();
  std::string check_quiet();
  fake::Instance& instance();
  Client* client(std::string& rest, std::string& problem);
  fake::Fetch* answered(std::string& rest, std::string& problem);

  // ---- given
  std::string set(const Step&, std::string& rest);
  std::string account(const Step&, std::string& rest);
  std::string stored(const Step&, std::string& rest);
  std::string kv(const Step&, std::string& rest);
  std::string fault(const Step&, std::string& rest);
  std::string object(const Step&, std::string& rest);
  // ---- clients act
  std::string send(const Step&, std::string& rest);
  std::string cron(const Step&, std::string& rest);
  std::string leave(const Step&, std::string& rest);
  std::string stall(const Step&, std::string& rest);
  std::string take(const Step&, std::string& rest);
  std::string advance(const Step&, std::string& rest);
  std::string trap(const Step&, std::string& rest);
  // ---- upstreams
  std::string fetch(const Step&, std::string& rest);
  std::string reply(const Step&, std::string& rest);
  std::string begin(const Step&, std::string& rest);
  std::string event(const Step&, std::string& rest);
  std::string chunk(const Step&, std::string& rest);
  std::string end(const Step&, std::string& rest);
  std::string cut(const Step&, std::string& rest);
  std::string refuse(const Step&, std::string& rest);
  std::string closed(const Step&, std::string& rest);
  // ---- what clients get
  std::string answer(const Step&, std::string& rest);
  std::string head(const Step&, std::string& rest);
  std::string gets(const Step&, std::string& rest);
  std::string nothing(const Step&, std::string& rest);
  std::string done(const Step&, std::string& rest);
  // ---- what else can be seen
  std::string holds(const Step&, std::string& rest);
  std::string lacks(const Step&, std::string& rest);
  std::string logged(const Step&, std::string& rest);
  std::string live(const Step&, std::string& rest);

  std::string check_headers(const Message& expected, std::string_view lines);

  fake::LedgerObject ledger_;
  fake::MeterObject meter_;
  fake::World world_;
  fake::Environment environment_;
  std::string accounts_;
  std::unique_ptr<fake::Instance> instance_;
  std::list<std::pair<std::string, Client>> clients_;
  Variables variables_;
  bool left_ = false;
};

}  // namespace script
