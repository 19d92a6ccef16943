#include "backend/exact/linear_flow.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include "plan/coefficients.hpp"

namespace saltus {
namespace {

using expr::Expression;

constexpr std::size_t kMostDimensions = kMaxKernelStates + kMaxKernelGroups;
constexpr std::size_t kMostTerms = 32;

/// The values of a coefficient for all neurons, the last repeated in the padding.
std::vector<double> values_of(const Coefficient& coefficient, std::size_t size,
                              std::size_t padded) {
    std::vector<double> values(padded);
    for (std::size_t j = 0; j < padded; ++j)
        values[j] = coefficient.at(std::min(j, size - 1));
    return values;
}

bool is_zero(const std::vector<double>& values) {
    return std::all_of(values.begin(), values.end(), [](double value) { return value == 0.0; });
}

}  // namespace

LinearFlow::LinearFlow(const PopulationPlan& plan, double dt)
    : size(plan.size),
      padded((plan.size + kLanes - 1) / kLanes * kLanes),
      num_states(plan.kernel.num_states()),
      dimension(plan.kernel.num_states() + plan.kernel.num_groups()),
      output(plan.kernel.output),
      spiking(plan.kernel.spiking) {
    const auto& states = plan.kernel.states;
    const auto values = [&](const std::string& name) {
        return values_of(plan.coefficient(name), size, padded);
    };
    const auto evaluated = [&](const Expression& expression) {
        return values_of(evaluate_all("", simplify(expression), plan.coefficients, size), size,
                         padded);
    };
    const auto add = [&](std::vector<Entry>& list, std::size_t row, std::size_t column,
                         std::vector<double> numbers) {
        if (!is_zero(numbers)) list.push_back({row, column, std::move(numbers)});
    };
    const auto add_constant = [&](std::vector<Constant>& list, std::size_t row,
                                  std::vector<double> numbers) {
        if (!is_zero(numbers)) list.push_back({row, std::move(numbers)});
    };
    for (std::size_t a = 0; a < num_states; ++a) {
        for (std::size_t b = 0; b < num_states; ++b)
            add(matrix, a, b, values("_flow_" + states[a] + "_" + states[b]));
        for (std::size_t g = num_states; g < dimension; ++g)
            add(matrix, a, g, values("_slope_" + states[a]));
        add_constant(offset, a, values("_flow_" + states[a]));
    }
    for (std::size_t g = 0; g + num_states < dimension; ++g) {
        std::vector<double> decay = values("_rate" + std::to_string(g));
        for (double& rate : decay)
            rate = -rate;
        add(matrix, num_states + g, num_states + g, std::move(decay));
    }
    initial.resize(dimension * padded, 0.0);
    for (std::size_t a = 0; a < num_states; ++a) {
        const std::vector<double> numbers = values_of(plan.initial[a], size, padded);
        std::copy(numbers.begin(), numbers.end(),
                  initial.begin() + static_cast<std::ptrdiff_t>(a * padded));
    }
    if (spiking) {
        std::map<std::string, Expression> at_zero;
        for (const std::string& state : states)
            at_zero.emplace(state, Expression(0.0));
        for (std::size_t a = 0; a < num_states; ++a) {
            add_constant(crossing, a, evaluated(derivative(plan.flow.crossing, states[a])));
            for (std::size_t b = 0; b < num_states; ++b)
                add(reset, a, b, evaluated(derivative(plan.kernel.reset[a], states[b])));
            add_constant(reset_offset, a, evaluated(substitute(plan.kernel.reset[a], at_zero)));
        }
        crossing_offset = evaluated(substitute(plan.flow.crossing, at_zero));
    }
    choose_order(dt);
}

void LinearFlow::choose_order(double dt) {
    // The greatest sum over a column bounds how much a series grows with each term.
    double norm = 0.0;
    for (std::size_t j = 0; j < padded; ++j) {
        for (std::size_t column = 0; column < dimension; ++column) {
            double sum = 0.0;
            for (const Entry& entry : matrix)
                if (entry.column == column) sum += std::abs(entry.value[j]);
            norm = std::max(norm, sum);
        }
    }
    longest = norm * dt <= 1.0 ? dt : dt / std::ceil(norm * dt);
    const double growth = norm * longest;
    double term = 1.0;
    order = 1;
    while (term > 1e-18 && order < kMostTerms) {
        term *= growth / static_cast<double>(order);
        ++order;
    }
}

void LinearFlow::advance(double h, const double* y, double* out, unsigned char* may_spike) const {
    for (std::size_t first = 0; first < padded; first += kLanes) {
        double term[kMostDimensions][kLanes];
        double sum[kMostDimensions][kLanes];
        double next[kMostDimensions][kLanes];
        double bound[kLanes] = {};
        for (std::size_t a = 0; a < dimension; ++a) {
            for (std::size_t k = 0; k < kLanes; ++k)
                term[a][k] = sum[a][k] = y[a * padded + first + k];
        }
        const bool crosses = spiking && may_spike != nullptr;
        if (crosses) {
            for (std::size_t k = 0; k < kLanes; ++k)
                bound[k] = crossing_offset[first + k];
            for (const Constant& c : crossing) {
                for (std::size_t k = 0; k < kLanes; ++k)
                    bound[k] += c.value[first + k] * term[c.row][k];
            }
        }
        for (std::size_t m = 1; m <= order; ++m) {
            const double factor = h / static_cast<double>(m);
            for (std::size_t a = 0; a < dimension; ++a)
                for (std::size_t k = 0; k < kLanes; ++k)
                    next[a][k] = 0.0;
            for (const Entry& entry : matrix) {
                const double* const value = entry.value.data() + first;
                for (std::size_t k = 0; k < kLanes; ++k)
                    next[entry.row][k] += value[k] * term[entry.column][k];
            }
            if (m == 1) {
                for (const Constant& b : offset)
                    for (std::size_t k = 0; k < kLanes; ++k)
                        next[b.row][k] += b.value[first + k];
            }
            for (std::size_t a = 0; a < dimension; ++a) {
                for (std::size_t k = 0; k < kLanes; ++k) {
                    term[a][k] = factor * next[a][k];
                    sum[a][k] += term[a][k];
                }
            }
            if (!crosses) continue;
            // No trajectory rises above the sum of its rising terms.
            double rise[kLanes] = {};
            for (const Constant& c : crossing) {
                for (std::size_t k = 0; k < kLanes; ++k)
                    rise[k] += c.value[first + k] * term[c.row][k];
            }
            for (std::size_t k = 0; k < kLanes; ++k)
                bound[k] += rise[k] > 0.0 ? rise[k] : 0.0;
        }
        for (std::size_t a = 0; a < dimension; ++a) {
            for (std::size_t k = 0; k < kLanes; ++k)
                out[a * padded + first + k] = sum[a][k];
        }
        if (!crosses) continue;
        for (std::size_t k = 0; k < kLanes; ++k)
            may_spike[first + k] = bound[k] > -1e-12 ? 1 : 0;
    }
}

void LinearFlow::retreat(double h, double* lambda) const {
    for (std::size_t first = 0; first < padded; first += kLanes) {
        double term[kMostDimensions][kLanes];
        double sum[kMostDimensions][kLanes];
        double next[kMostDimensions][kLanes];
        for (std::size_t a = 0; a < dimension; ++a) {
            for (std::size_t k = 0; k < kLanes; ++k)
                term[a][k] = sum[a][k] = lambda[a * padded + first + k];
        }
        for (std::size_t m = 1; m <= order; ++m) {
            const double factor = h / static_cast<double>(m);
            for (std::size_t a = 0; a < dimension; ++a)
                for (std::size_t k = 0; k < kLanes; ++k)
                    next[a][k] = 0.0;
            for (const Entry& entry : matrix) {
                const double* const value = entry.value.data() + first;
                for (std::size_t k = 0; k < kLanes; ++k)
                    next[entry.column][k] += value[k] * term[entry.row][k];
            }
            for (std::size_t a = 0; a < dimension; ++a) {
                for (std::size_t k = 0; k < kLanes; ++k) {
                    term[a][k] = factor * next[a][k];
                    sum[a][k] += term[a][k];
                }
            }
        }
        for (std::size_t a = 0; a < dimension; ++a) {
            for (std::size_t k = 0; k < kLanes; ++k)
                lambda[a * padded + first + k] = sum[a][k];
        }
    }
}

void LinearFlow::read(const double* y, std::size_t neuron, double* one) const {
    for (std::size_t a = 0; a < dimension; ++a)
        one[a] = y[a * padded + neuron];
}

void LinearFlow::write(const double* one, std::size_t neuron, double* y) const {
    for (std::size_t a = 0; a < dimension; ++a)
        y[a * padded + neuron] = one[a];
}

void LinearFlow::speed_of(std::size_t neuron, const double* y, double* speed) const {
    std::fill(speed, speed + dimension, 0.0);
    for (const Constant& b : offset)
        speed[b.row] += b.value[neuron];
    for (const Entry& entry : matrix)
        speed[entry.row] += entry.value[neuron] * y[entry.column];
}

void LinearFlow::advance_one(double h, std::size_t neuron, double* y) const {
    double term[kMostDimensions];
    double next[kMostDimensions];
    std::copy(y, y + dimension, term);
    for (std::size_t m = 1; m <= order; ++m) {
        const double factor = h / static_cast<double>(m);
        std::fill(next, next + dimension, 0.0);
        for (const Entry& entry : matrix)
            next[entry.row] += entry.value[neuron] * term[entry.column];
        if (m == 1) {
            for (const Constant& b : offset)
                next[b.row] += b.value[neuron];
        }
        for (std::size_t a = 0; a < dimension; ++a) {
            term[a] = factor * next[a];
            y[a] += term[a];
        }
    }
}

void LinearFlow::retreat_one(double h, std::size_t neuron, double* lambda) const {
    double term[kMostDimensions];
    double next[kMostDimensions];
    std::copy(lambda, lambda + dimension, term);
    for (std::size_t m = 1; m <= order; ++m) {
        const double factor = h / static_cast<double>(m);
        std::fill(next, next + dimension, 0.0);
        for (const Entry& entry : matrix)
            next[entry.column] += entry.value[neuron] * term[entry.row];
        for (std::size_t a = 0; a < dimension; ++a) {
            term[a] = factor * next[a];
            lambda[a] += term[a];
        }
    }
}

double LinearFlow::crossing_of(std::size_t neuron, const double* y) const {
    return crossing_offset[neuron] + along_crossing(neuron, y);
}

double LinearFlow::along_crossing(std::size_t neuron, const double* v) const {
    double sum = 0.0;
    for (const Constant& c : crossing)
        sum += c.value[neuron] * v[c.row];
    return sum;
}

void LinearFlow::add_crossing(std::size_t neuron, double factor, double* lambda) const {
    for (const Constant& c : crossing)
        lambda[c.row] += factor * c.value[neuron];
}

void LinearFlow::reset_one(std::size_t neuron, double* y) const {
    double next[kMostDimensions] = {};
    for (const Constant& r : reset_offset)
        next[r.row] += r.value[neuron];
    for (const Entry& entry : reset)
        next[entry.row] += entry.value[neuron] * y[entry.column];
    std::copy(next, next + num_states, y);
}

void LinearFlow::pull_reset(std::size_t neuron, double* lambda) const {
    double pulled[kMostDimensions] = {};
    for (const Entry& entry : reset)
        pulled[entry.column] += entry.value[neuron] * lambda[entry.row];
    std::copy(pulled, pulled + num_states, lambda);
}

double LinearFlow::first_crossing(double h, std::size_t neuron, const double* y) const {
    const double never = h + 1.0;
    double at = 0.0;
    double state[kMostDimensions];
    std::copy(y, y + dimension, state);
    for (int iteration = 0; iteration < 200; ++iteration) {
        // The crossing function around here as a power series.
        double series[kMostTerms + 1];
        double term[kMostDimensions];
        double next[kMostDimensions];
        std::copy(state, state + dimension, term);
        series[0] = crossing_of(neuron, state);
        if (series[0] >= 0.0) return at;
        for (std::size_t m = 1; m <= order; ++m) {
            std::fill(next, next + dimension, 0.0);
            for (const Entry& entry : matrix)
                next[entry.row] += entry.value[neuron] * term[entry.column];
            if (m == 1) {
                for (const Constant& b : offset)
                    next[b.row] += b.value[neuron];
            }
            for (std::size_t a = 0; a < dimension; ++a)
                term[a] = next[a] / static_cast<double>(m);
            series[m] = along_crossing(neuron, term);
        }
        // It stays below the series of its rising terms, which is convex and rises: up to where
        // that crosses zero there is no crossing. Repeated, this converges to the first one from
        // below like Newton's method, and never steps over it.
        const auto majorant = [&](double d, double& slope) {
            double value = 0.0;
            slope = 0.0;
            for (std::size_t m = order; m >= 1; --m) {
                const double rising = std::max(series[m], 0.0);
                slope = slope * d + static_cast<double>(m) * rising;
                value = value * d + rising;
            }
            return value * d + series[0];
        };
        const double rest = h - at;
        double slope = 0.0;
        if (majorant(rest, slope) < 0.0) return never;
        double step = rest;
        for (int k = 0; k < 60; ++k) {
            const double value = majorant(step, slope);
            const double closer = step - value / slope;
            if (!(closer < step)) break;
            step = std::max(closer, 0.0);
        }
        at += step;
        if (step <= 1e-15 * std::max(at, 1e-3)) {
            // What is left is rounding: it touches the threshold here.
            return series[1] > 0.0 ? at : never;
        }
        std::copy(y, y + dimension, state);
        advance_one(at, neuron, state);
    }
    return never;
}

}  // namespace saltus
