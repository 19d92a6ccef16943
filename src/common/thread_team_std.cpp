// Threads of the standard library, started for every loop: slow, but what happens between them is
// visible to the thread sanitizer, which cannot see into the library that is used otherwise.
#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "common/thread_team.hpp"

namespace saltus {

struct ThreadTeam::Implementation {};

ThreadTeam::ThreadTeam(int num_threads)
    : num_threads_(num_threads > 0
                       ? num_threads
                       : std::max(1, static_cast<int>(std::thread::hardware_concurrency()))) {}

ThreadTeam::~ThreadTeam() = default;

void ThreadTeam::enter(const std::function<void()>& work) {
    work();
}

void ThreadTeam::loop(std::size_t count, std::size_t grain, Balance balance, const Body& body) {
    const auto threads = static_cast<std::size_t>(num_threads_);
    const std::size_t part = balance == Balance::kEven
                                 ? std::max(grain, (count + threads - 1) / threads)
                                 : std::max<std::size_t>(grain, 1);
    std::atomic<std::size_t> next{0};
    std::exception_ptr error;
    std::mutex error_mutex;
    const auto run = [&](std::size_t thread) {
        try {
            for (std::size_t first = next.fetch_add(part); first < count;
                 first = next.fetch_add(part)) {
                body(first, std::min(count, first + part), thread);
            }
        } catch (...) {
            const std::lock_guard<std::mutex> lock(error_mutex);
            error = std::current_exception();
        }
    };
    std::vector<std::thread> others;
    for (std::size_t thread = 1; thread < threads; ++thread)
        others.emplace_back(run, thread);
    run(0);
    for (std::thread& other : others)
        other.join();
    if (error) std::rethrow_exception(error);
}

}  // namespace saltus
