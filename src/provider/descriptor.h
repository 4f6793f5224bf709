// What is known about an upstream and rots within weeks: URLs, client versions, user agents, models, aliases,
// limits.
//
// Data, not code: every provider brings a built-in descriptor as JSON, Worker variables may set some of its
// values, and what is stored under the KV key "descriptors" is laid over both without a deploy.
// docs/descriptors.md gives the format.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/task.h"
#include "provider/model.h"

namespace provider {

class Descriptor {
 public:
  // `built_in`: the descriptor's JSON, which must be right (a test parses every one).
  explicit Descriptor(std::string_view built_in) : built_in_(built_in) {}

  // The value named `key`. Every key that code asks for stands in the built-in descriptor.
  std::string_view value(std::string_view key) const;
  const std::vector<Model>& models() const { return laid().models; }

  // Lays `json` (an object of the same shape) over the built-in descriptor: values by key, models by id. A
  // bad one changes nothing; the sentence says what is wrong. "{}" brings the built-in one back.
  std::optional<std::string> lay_over(std::string_view json);
  // Takes the values that Worker variables give ("environment": {"VARIABLE": "key"}); the next lay_over()
  // lays them between the built-in descriptor and the override. A variable that is wrong is left out; the
  // sentence names it.
  std::optional<std::string> take_environment();
  // What lay_over() would say, without doing it.
  std::optional<std::string> check(std::string_view json) const;

 private:
  using Values = std::map<std::string, std::string, std::less<>>;

  struct Laid {
    Values values;
    std::vector<Model> models;
  };
  // Few have an account with every provider: the built-in one is laid when it is first needed.
  const Laid& laid() const;

  std::string_view built_in_;
  std::optional<Values> variables_;   // those that may set a value, and its key; read when first needed
  Values environment_;                // what they set, by key
  mutable std::optional<Laid> laid_;  // what is in force
  bool laid_over_ = false;            // that is not the built-in one
};

// Reads the stored overrides (one KV read) and lays each over its provider's descriptor. What is wrong with
// one is logged, and its built-in descriptor stays in force.
base::Task<> load_descriptors(uint32_t req);

}  // namespace provider
