#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace saltus {

/// How the work of a loop is spread.
enum class Balance {
    kEven,     ///< each thread gets the same part of the same loop every time
    kOnDemand  ///< in small parts to whoever is free
};

/// Threads that share loops. In a process that was forked from one that had threads, loops run on
/// the thread that calls.
class ThreadTeam {
  public:
    /// Runs indices `begin` to `end - 1`. Threads that run at the same time have different numbers.
    using Body = std::function<void(std::size_t begin, std::size_t end, std::size_t thread)>;

    /// @param num_threads how many, 0 for one a core.
    explicit ThreadTeam(int num_threads);
    ThreadTeam(const ThreadTeam&) = delete;
    ThreadTeam& operator=(const ThreadTeam&) = delete;
    ~ThreadTeam();

    /// Numbers of threads lie below this.
    int num_threads() const { return num_threads_; }
    /// Runs work that contains loops: entering a team costs as much as a short loop. What the work
    /// throws comes out.
    void enter(const std::function<void()>& work);
    /// Runs a loop over [0, count). To be called from within enter().
    /// @param grain indices that are worth a part of their own.
    void loop(std::size_t count, std::size_t grain, Balance balance, const Body& body);

  private:
    struct Implementation;
    int num_threads_;
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace saltus
