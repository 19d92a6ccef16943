#include <pthread.h>

#include <atomic>
#include <optional>

#include <oneapi/tbb/blocked_range.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/info.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>

#include "common/thread_team.hpp"

namespace saltus {
namespace {

// A process that was forked has its own memory, but none of the threads: loops that waited for them
// would wait forever. Such a process runs all loops on the thread that calls.
std::atomic<bool> threads_exist{false};
std::atomic<bool> threads_are_lost{false};

void watch_for_forks() {
    static const int registered = pthread_atfork(nullptr, nullptr, [] {
        if (threads_exist.load(std::memory_order_relaxed))
            threads_are_lost.store(true, std::memory_order_relaxed);
    });
    static_cast<void>(registered);
}

bool runs_alone(int num_threads) {
    return num_threads == 1 || threads_are_lost.load(std::memory_order_relaxed);
}

}  // namespace

struct ThreadTeam::Implementation {
    explicit Implementation(int num_threads) : arena(num_threads) {
        // oneTBB would complain to the terminal about more threads than cores.
        if (num_threads > tbb::info::default_concurrency()) {
            allowance.emplace(tbb::global_control::max_allowed_parallelism,
                              static_cast<std::size_t>(num_threads));
        }
    }
    std::optional<tbb::global_control> allowance;
    tbb::task_arena arena;
};

ThreadTeam::ThreadTeam(int num_threads)
    : num_threads_(num_threads > 0 ? num_threads : tbb::info::default_concurrency()),
      implementation_(runs_alone(num_threads_) ? nullptr
                                               : std::make_unique<Implementation>(num_threads_)) {}

ThreadTeam::~ThreadTeam() {
    // It would wait for its threads.
    if (threads_are_lost.load(std::memory_order_relaxed))
        static_cast<void>(implementation_.release());
}

void ThreadTeam::enter(const std::function<void()>& work) {
    if (runs_alone(num_threads_)) {
        work();
        return;
    }
    watch_for_forks();
    threads_exist.store(true, std::memory_order_relaxed);
    implementation_->arena.execute(work);
}

void ThreadTeam::loop(std::size_t count, std::size_t grain, Balance balance, const Body& body) {
    if (runs_alone(num_threads_)) {
        if (count > 0) body(0, count, 0);
        return;
    }
    using Range = tbb::blocked_range<std::size_t>;
    const auto run = [&](const Range& range) {
        const int thread = tbb::this_task_arena::current_thread_index();
        body(range.begin(), range.end(), static_cast<std::size_t>(thread));
    };
    if (balance == Balance::kEven) {
        tbb::parallel_for(Range(0, count, grain), run, tbb::static_partitioner());
    } else {
        tbb::parallel_for(Range(0, count, grain), run, tbb::auto_partitioner());
    }
}

}  // namespace saltus
