// How many processors this process may use. See parallel.h.
#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>

#if defined(__linux__)
#include <sched.h>
#endif

#include "kernels/parallel.h"

namespace tg {
namespace {

#if defined(__linux__)

int affinity_count() {
  for (int size = 1024; size <= 1 << 16;
       size *= 2) {  // a kernel built for more asks for a larger set
    cpu_set_t* const set = CPU_ALLOC(static_cast<size_t>(size));
    if (!set) return 0;
    const size_t bytes = CPU_ALLOC_SIZE(static_cast<size_t>(size));
    const int count = sched_getaffinity(0, bytes, set) == 0 ? CPU_COUNT_S(bytes, set) : 0;
    CPU_FREE(set);
    if (count > 0) return count;
  }
  return 0;
}

// Processors that a quota of so many microseconds a period is worth, rounded up; 0 is no limit.
int of_quota(double quota, double period) {
  if (!(quota > 0) || !(period > 0)) return 0;
  return static_cast<int>(std::clamp((quota + period - 1) / period, 1.0, 65535.0));
}
// Version 2: "quota period", or "max period".
int quota_of_group(const std::string& folder) {
  std::ifstream file(folder + "/cpu.max");
  double quota = 0, period = 0;
  file >> quota >> period;
  return file ? of_quota(quota, period) : 0;
}
int quota_of_old_group(const std::string& folder) {
  double quota = 0, period = 0;
  std::ifstream(folder + "/cpu.cfs_quota_us") >> quota;
  std::ifstream(folder + "/cpu.cfs_period_us") >> period;
  return of_quota(quota, period);
}

// The least quota of a control group and of those that it is in, up to the root of what is mounted.
template <class Quota>
int least_quota(const std::string& mount, std::string group, const Quota& quota) {
  int least = 0;
  for (;;) {
    const int found = quota(mount + group);
    if (found && (!least || found < least)) least = found;
    const size_t slash = group.rfind('/');
    if (slash == group.npos) return least;
    group.erase(slash);
  }
}

// Lines of /proc/self/cgroup: "number:controllers:group".
int quota_count() {
  std::ifstream file("/proc/self/cgroup");
  int least = 0;
  for (std::string line; std::getline(file, line);) {
    const size_t first = line.find(':'), second = line.find(':', first + 1);
    if (first == line.npos || second == line.npos) continue;
    std::istringstream controllers(line.substr(first + 1, second - first - 1));
    const std::string group = line.substr(second + 1);
    int found = 0;
    if (controllers.str().empty()) found = least_quota("/sys/fs/cgroup", group, quota_of_group);
    for (std::string name; std::getline(controllers, name, ',');)
      if (name == "cpu") found = least_quota("/sys/fs/cgroup/cpu", group, quota_of_old_group);
    if (found && (!least || found < least)) least = found;
  }
  return least;
}

#endif

}  // namespace

int cpu_count() {
  int count = 0;
#if defined(__linux__)
  count = affinity_count();
  const int quota = quota_count();
  if (quota && (!count || quota < count)) count = quota;
#endif
  if (!count) count = static_cast<int>(std::thread::hardware_concurrency());
  return std::max(count, 1);
}

}  // namespace tg
