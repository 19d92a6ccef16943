#include <saltus/data/spike_list.hpp>

#include <cmath>

namespace saltus {

std::uint64_t grid_step(double time, double dt) {
    constexpr double kTolerance = 1e-6;
    constexpr double kMostSteps = 0x1p62;
    const double step = std::ceil(time / dt - kTolerance);
    if (step >= kMostSteps) return static_cast<std::uint64_t>(kMostSteps);
    return step > 0.0 ? static_cast<std::uint64_t>(step) : 0;
}

}  // namespace saltus
