#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <vector>

#include <saltus/plan/plan.hpp>

namespace saltus {

/// Time and work of every pass of a plan on one thread.
class PassAccounts {
  public:
    struct Account {
        std::chrono::nanoseconds time{0};
        std::uint64_t calls = 0;
        std::uint64_t events = 0;

        void add(const Account& other) {
            time += other.time;
            calls += other.calls;
            events += other.events;
        }
    };

    explicit PassAccounts(const Plan& plan)
        : width_(std::max(plan.populations.size(), plan.connections.size())),
          accounts_(kNumPassKinds * width_) {}

    Account& of(PassKind kind, std::size_t index) {
        return accounts_[static_cast<std::size_t>(kind) * width_ + index];
    }
    const Account& of(PassKind kind, std::size_t index) const {
        return accounts_[static_cast<std::size_t>(kind) * width_ + index];
    }
    void clear() { std::fill(accounts_.begin(), accounts_.end(), Account()); }

  private:
    std::size_t width_;
    std::vector<Account> accounts_;
};

/// Books the time until its end, and some work, on the account of a pass; nothing when there are no
/// accounts.
class TimedPass {
  public:
    TimedPass(PassAccounts* accounts, PassKind kind, std::size_t index, std::uint64_t events = 0)
        : account_(accounts != nullptr ? &accounts->of(kind, index) : nullptr) {
        if (account_ == nullptr) return;
        account_->events += events;
        ++account_->calls;
        start_ = Clock::now();
    }
    ~TimedPass() {
        if (account_ != nullptr) account_->time += Clock::now() - start_;
    }
    TimedPass(const TimedPass&) = delete;
    TimedPass& operator=(const TimedPass&) = delete;

    /// More work, that was only known after it was done.
    void add_events(std::uint64_t events) {
        if (account_ != nullptr) account_->events += events;
    }

  private:
    using Clock = std::chrono::steady_clock;

    PassAccounts::Account* account_;
    Clock::time_point start_;
};

}  // namespace saltus
