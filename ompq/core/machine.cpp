// SPDX-License-Identifier: MIT
#include "ompq/core/machine.h"

#include <chrono>
#include <ctime>
#include <fstream>

#include <fmt/chrono.h>
#include <sched.h>
#include <sys/utsname.h>
#include <unistd.h>

namespace ompq {
namespace {

std::string processor_name() {
  std::ifstream stream("/proc/cpuinfo");
  for (std::string line; std::getline(stream, line);) {
    const std::size_t colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) {
      return line.substr(colon + 2);
    }
  }
  return {};
}

int usable_cores() {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  return sched_getaffinity(0, sizeof(cores), &cores) == 0 ? CPU_COUNT(&cores)
                                                          : 0;
}

std::string system_name() {
  utsname name{};
  return uname(&name) == 0
             ? fmt::format("{} {} {}", name.sysname, name.release, name.machine)
             : std::string();
}

}  // namespace

Machine describe_machine() {
  return {
      .processor = processor_name(),
      .cores = usable_cores(),
      .memory =
          Bytes{
              std::int64_t{sysconf(_SC_PHYS_PAGES)} *
              std::int64_t{sysconf(_SC_PAGESIZE)}},
      .system = system_name()};
}

Json to_json(const Machine& machine) {
  return {
      {"processor", machine.processor},
      {"cores", machine.cores},
      {"memory_bytes", machine.memory.count},
      {"system", machine.system}};
}

std::string time_now() {
  const std::time_t now =
      std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(now));
}

}  // namespace ompq
