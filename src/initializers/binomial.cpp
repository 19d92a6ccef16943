#include <saltus/initializers/binomial.hpp>

#include <algorithm>
#include <cmath>

#include "initializers/arguments.hpp"

namespace saltus {
namespace {

constexpr std::uint64_t kMostTrials = 0x7FFFFFFF;
// Beyond numbers less likely than this there is nothing but rounding errors.
constexpr double kNever = 1e-30;

}  // namespace

Binomial::Binomial(std::uint64_t n, double p) : n_(n), p_(p) {
    require_probability("Binomial", p);
    if (n > kMostTrials) {
        throw ModelError("Binomial", fmt::format("n is {}", n), "give at most 2147483647 trials")
            .with("parameter", "n");
    }
    const auto trials = static_cast<double>(n);
    mode_ = std::min(n, static_cast<std::uint64_t>((trials + 1.0) * p));
    if (p == 0.0 || p == 1.0) return;
    const auto k = static_cast<double>(mode_);
    probability_of_mode_ =
        std::exp(std::lgamma(trials + 1.0) - std::lgamma(k + 1.0) - std::lgamma(trials - k + 1.0) +
                 k * std::log(p) + (trials - k) * std::log1p(-p));
}

double Binomial::value(const RandomStream& stream, std::uint64_t element) const {
    // Inversion from the likeliest number outwards: about a standard deviation of steps.
    const auto word = stream.words(element);
    const std::uint64_t bits = (std::uint64_t{word[0]} << 32) | word[1];
    double rest = static_cast<double>(bits >> 11) * 0x1p-53 - probability_of_mode_;
    const double odds = p_ / (1.0 - p_);
    const auto n = static_cast<double>(n_);
    auto up = static_cast<double>(mode_);
    double down = up;
    double up_probability = probability_of_mode_;
    double down_probability = probability_of_mode_;
    if (rest < 0.0 || p_ == 0.0 || p_ == 1.0) return up;
    while (up_probability > kNever || down_probability > kNever) {
        up_probability *= (n - up) / (up + 1.0) * odds;
        up += 1.0;
        rest -= up_probability;
        if (rest < 0.0) return up;
        down_probability *= down / (n - down + 1.0) / odds;
        down -= 1.0;
        rest -= down_probability;
        if (rest < 0.0) return down;
    }
    return static_cast<double>(mode_);
}

std::string Binomial::describe() const {
    return fmt::format("binomial(n {}, p {:g})", n_, p_);
}

}  // namespace saltus
