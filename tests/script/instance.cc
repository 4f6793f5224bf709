#include "script/instance.h"

#include <dlfcn.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/text.h"

namespace fake {

namespace {
// The loader knows a library by its file: copies that live side by side need files of their own.
struct Copies {
  std::filesystem::path folder;
  std::vector<bool> in_use;

  ~Copies() {
    std::error_code ignored;
    if (!folder.empty()) std::filesystem::remove_all(folder, ignored);
  }

  size_t take() {
    size_t copy = 0;
    while (copy < in_use.size() && in_use[copy]) copy++;
    if (copy == in_use.size()) in_use.push_back(false);
    in_use[copy] = true;
    return copy;
  }

  std::string file(size_t copy) {
    if (copy == 0) return ISTHMUS_CORE;
    if (folder.empty()) folder = make_folder();
    std::filesystem::path to = folder / ("core-" + std::to_string(copy) + ".so");
    if (!std::filesystem::exists(to)) std::filesystem::copy_file(ISTHMUS_CORE, to);
    return to;
  }

  // mkdtemp puts a name of its own in the place of the six X.
  static std::string make_folder() {
    std::string name = std::filesystem::temp_directory_path() / "isthmus-XXXXXX";
    return mkdtemp(name.data()) ? name : std::filesystem::temp_directory_path().string();
  }
};
Copies& copies() {
  static Copies instance;
  return instance;
}

[[noreturn]] void give_up(const char* what) {
  std::fprintf(stderr, "cannot load the core: %s\n", what);
  std::exit(1);
}

std::string path_of(std::string_view message) {
  base::take_until(message, ' ');
  return std::string(message.substr(0, message.find_first_of("? \n")));
}
std::string headers_of(std::string_view message) {
  return std::string(message.substr(0, message.find("\n\n") + 1));
}
}  // namespace

template <class Function>
void Instance::look_up(Function& function, const char* name) {
  function = reinterpret_cast<Function>(dlsym(library_, name));
  if (!function) give_up(name);
}

Instance::Instance(World& world, const Environment& environment) : Core(world), copy_(copies().take()) {
  library_ = dlopen(copies().file(copy_).c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library_) give_up(dlerror());
  look_up(open_, "open_exchange");
  look_up(start_, "start_exchange");
  look_up(input_, "input_buffer");
  look_up(resume_, "resume_exchange");
  look_up(cancel_, "cancel_exchange");
  look_up(live_, "live_exchanges");
  look_up(max_body_, "max_body");
  look_up(attach_, "attach_host");
  attach_(this);
  open(0, "CONFIG env\n\n" + nlohmann::json(environment).dump());
  start_(0);
}

Instance::~Instance() {
  for (Exchange& exchange : world().exchanges) {
    if (exchange.core == this) world().leave(exchange), exchange.lingers = false;
  }
  for (const Operation& operation : world().waiting()) {
    if (operation.exchange->core == this) orphan(operation.exchange->req, operation.op);
  }
  world().forget(*this);
  dying_ = true;
  // After a trap its exchanges went elsewhere, but their frames are still here.
  for (uint32_t req = 0; req < next_; req++) cancel_(req);
  while (!orphans_.empty()) {
    auto [req, op] = orphans_.back();
    orphans_.pop_back();
    resume_(req, op, 503, 0);
  }
  attach_(nullptr);
  dlclose(library_);
  copies().in_use[copy_] = false;
}

bool Instance::open(uint32_t req, std::string_view message) {
  char* at = open_(req, uint32_t(message.size()));
  if (at) std::memcpy(at, message.data(), message.size());
  return at != nullptr;
}

Exchange& Instance::send(std::string_view name, std::string_view message) {
  uint32_t req = next_++;
  Exchange& exchange = world().open(*this, req, name);
  exchange.path = path_of(message);
  size_t body = message.size() - std::min(message.size(), message.find("\n\n") + 2);
  std::string oversize;
  if (body > max_body_()) {
    oversize = headers_of(message) + "x-isthmus-oversize: " + std::to_string(body) + "\n\n";
    message = oversize;
  }
  if (!open(req, message)) open(req, headers_of(message) + "x-isthmus-overload: 1\n\n");
  start_(req);
  world().part(exchange);
  return exchange;
}

void Instance::trap_into(Instance& heir) {
  for (Exchange& exchange : world().exchanges) {
    if (exchange.core != this || exchange.over()) continue;
    world().drop_operations(exchange);
    if (exchange.finished || exchange.left) {
      exchange.lingers = false;
      continue;
    }
    if (exchange.fetch()) exchange.fetch()->closed = true;
    exchange.core = &heir;
    exchange.req = heir.next_++;
    std::string responded = exchange.responded() ? "1" : "0";
    heir.open(exchange.req, "TRAP " + exchange.path + "\nresponded: " + responded + "\n\n");
    heir.start_(exchange.req);
    world().part(exchange);
  }
}

void Instance::complete(uint32_t req, uint32_t op, uint32_t status, std::string_view data) {
  if (!data.empty()) {
    char* at = input_(req, uint32_t(data.size()));
    if (!at) return;
    std::memcpy(at, data.data(), data.size());
  }
  resume_(req, op, status, uint32_t(data.size()));
}

}  // namespace fake
