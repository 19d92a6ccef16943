#include "backend/exact/flow_parameters.hpp"

#include <array>
#include <cmath>
#include <string>

namespace saltus {
namespace {

constexpr std::size_t kMost = LinearFlow::kMostDimensions;
constexpr std::size_t kMostNodes = 8;

/// Points and weights of Gauss's quadrature over 0 ... 1.
struct Nodes {
    std::array<double, kMostNodes> at{};
    std::array<double, kMostNodes> weight{};
};

Nodes nodes_of(std::size_t count) {
    Nodes nodes;
    const auto n = static_cast<double>(count);
    for (std::size_t k = 0; k < count; ++k) {
        // Newton's method for the roots of Legendre's polynomial.
        double x = std::cos(3.14159265358979323846 * (static_cast<double>(k) + 0.75) / (n + 0.5));
        double slope = 1.0;
        for (int round = 0; round < 20; ++round) {
            double before = 1.0;
            double value = x;
            for (std::size_t m = 2; m <= count; ++m) {
                const auto order = static_cast<double>(m);
                const double next =
                    ((2.0 * order - 1.0) * x * value - (order - 1.0) * before) / order;
                before = value;
                value = next;
            }
            slope = n * (x * value - before) / (x * x - 1.0);
            x -= value / slope;
        }
        nodes.at[k] = 0.5 * (1.0 - x);
        nodes.weight[k] = 1.0 / ((1.0 - x * x) * slope * slope);
    }
    return nodes;
}

/// The integrand grows no faster than exp(2 g t) over a time t with g t <= 1: by how much g t may
/// be for the error of so many nodes to be below rounding.
double reach_of(std::size_t count) {
    double factorial = 1.0;  // (n!)^4 / ((2 n)!)^3
    for (std::size_t k = 1; k <= count; ++k) {
        const auto a = static_cast<double>(k);
        factorial *= a * a * a * a / std::pow((2.0 * a) * (2.0 * a - 1.0), 3.0);
    }
    const auto n = static_cast<double>(count);
    return 0.5 * std::pow(1e-17 * (2.0 * n + 1.0) / factorial, 1.0 / (2.0 * n));
}

struct Quadrature {
    std::array<Nodes, kMostNodes + 1> nodes;
    std::array<double, kMostNodes + 1> reach{};
};

const Quadrature& quadrature() {
    static const Quadrature kQuadrature = [] {
        Quadrature all;
        for (std::size_t count = 1; count <= kMostNodes; ++count) {
            all.nodes[count] = nodes_of(count);
            all.reach[count] = reach_of(count);
        }
        return all;
    }();
    return kQuadrature;
}

}  // namespace

FlowParameters::FlowParameters(const PopulationPlan& plan, const LinearFlow& flow,
                               const std::vector<bool>& held)
    : num_parameters_(plan.kernel.parameters.size()), size_(flow.size), dimension_(flow.dimension) {
    if (num_parameters_ == 0) return;
    transposed_ = flow.transposed();
    const auto& names = plan.kernel.parameters;
    const auto& states = plan.kernel.states;
    const auto find = [&](const std::string& name, std::vector<Place>& list, std::size_t row,
                          std::size_t column, double sign = 1.0) {
        for (std::size_t q = 0; q < names.size(); ++q)
            if (names[q] == name) list.push_back({q, row, column, sign});
    };
    for (std::size_t a = 0; a < states.size(); ++a) {
        for (std::size_t b = 0; b < states.size(); ++b) {
            find("_flow_" + states[a] + "_" + states[b], matrix_, a, b);
            find("_reset_" + states[a] + "_" + states[b], reset_, a, b);
        }
        for (std::size_t g = states.size(); g < dimension_; ++g) {
            if (plan.flow.is_current[g - states.size()]) find("_slope_" + states[a], matrix_, a, g);
        }
        find("_flow_" + states[a], offset_, a, 0);
        find("_reset_" + states[a], reset_offset_, a, 0);
        find("_crossing_" + states[a], crossing_, a, 0);
    }
    for (std::size_t g = states.size(); g < dimension_; ++g)
        find("_rate" + std::to_string(g - states.size()), matrix_, g, g, -1.0);
    for (std::size_t g = states.size(); g < dimension_; ++g) {
        for (std::size_t h = states.size(); h < dimension_; ++h) {
            find("_feed" + std::to_string(g - states.size()) + "_" +
                     std::to_string(h - states.size()),
                 matrix_, g, h);
        }
    }
    find("_crossing", crossing_offset_, 0, 0);
    const auto stays = [&](const Place& place) {
        return place.row < held.size() && held[place.row];
    };
    std::erase_if(matrix_, stays);
    std::erase_if(offset_, stays);
}

void FlowParameters::add_way(const LinearFlow& flow, double h, std::size_t neuron, const double* y,
                             const double* lambda, std::span<double> sums) const {
    if (h <= 0.0 || (matrix_.empty() && offset_.empty())) return;
    const Quadrature& all = quadrature();
    std::size_t count = 1;
    while (count < kMostNodes && flow.growth * h > all.reach[count])
        ++count;
    const Nodes& nodes = all.nodes[count];
    LinearFlow::Path forward;
    LinearFlow::Path back;
    flow.begin(h, neuron, y, forward);
    transposed_.begin(h, neuron, lambda, back);
    std::array<double, kMost> there{};
    std::array<double, kMost> adjoint{};
    for (std::size_t k = 0; k < count; ++k) {
        flow.follow(forward, h * nodes.at[k], there.data());
        transposed_.follow(back, h * (1.0 - nodes.at[k]), adjoint.data());
        const double weight = h * nodes.weight[k];
        for (const Place& entry : matrix_) {
            sums[entry.parameter * size_ + neuron] +=
                entry.sign * weight * adjoint[entry.row] * there[entry.column];
        }
        for (const Place& b : offset_)
            sums[b.parameter * size_ + neuron] += weight * adjoint[b.row];
    }
}

void FlowParameters::add_reset(std::size_t neuron, const double* before, const double* lambda,
                               std::span<double> sums) const {
    for (const Place& entry : reset_)
        sums[entry.parameter * size_ + neuron] += lambda[entry.row] * before[entry.column];
    for (const Place& r : reset_offset_)
        sums[r.parameter * size_ + neuron] += lambda[r.row];
}

void FlowParameters::add_crossing(std::size_t neuron, const double* before, double factor,
                                  std::span<double> sums) const {
    for (const Place& c : crossing_)
        sums[c.parameter * size_ + neuron] += factor * before[c.row];
    for (const Place& c : crossing_offset_)
        sums[c.parameter * size_ + neuron] += factor;
}

}  // namespace saltus
