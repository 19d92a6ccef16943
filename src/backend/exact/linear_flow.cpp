#include "backend/exact/linear_flow.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <type_traits>

namespace saltus {
namespace {

constexpr std::size_t kMostDimensions = LinearFlow::kMostDimensions;

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

LinearFlow::LinearFlow(const PopulationPlan& plan)
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
        for (std::size_t g = num_states; g < dimension; ++g) {
            if (plan.flow.is_current[g - num_states])
                add(matrix, a, g, values("_slope_" + states[a]));
        }
        add_constant(offset, a, values("_flow_" + states[a]));
    }
    for (std::size_t g = 0; g + num_states < dimension; ++g) {
        std::vector<double> decay = values("_rate" + std::to_string(g));
        for (double& rate : decay)
            rate = -rate;
        add(matrix, num_states + g, num_states + g, std::move(decay));
        for (std::size_t h = 0; h + num_states < dimension; ++h) {
            const std::string feed = "_feed" + std::to_string(g) + "_" + std::to_string(h);
            if (plan.find_coefficient(feed) != nullptr)
                add(matrix, num_states + g, num_states + h, values(feed));
        }
    }
    initial.resize(dimension * padded, 0.0);
    for (std::size_t a = 0; a < num_states; ++a) {
        const std::vector<double> numbers = values_of(plan.initial[a], size, padded);
        std::copy(numbers.begin(), numbers.end(),
                  initial.begin() + static_cast<std::ptrdiff_t>(a * padded));
    }
    if (spiking) {
        for (std::size_t a = 0; a < num_states; ++a) {
            add_constant(crossing, a, values("_crossing_" + states[a]));
            for (std::size_t b = 0; b < num_states; ++b)
                add(reset, a, b, values("_reset_" + states[a] + "_" + states[b]));
            add_constant(reset_offset, a, values("_reset_" + states[a]));
        }
        crossing_offset = values("_crossing");
    }
    find_growth();
    compact();
}

LinearFlow LinearFlow::transposed() const {
    LinearFlow flow;
    flow.size = size;
    flow.padded = padded;
    flow.num_states = num_states;
    flow.dimension = dimension;
    for (const Entry& entry : matrix)
        flow.matrix.push_back({entry.column, entry.row, entry.value});
    flow.find_growth();
    flow.compact();
    return flow;
}

LinearFlow LinearFlow::holding(const std::vector<bool>& held) const {
    LinearFlow flow = *this;
    const auto stays = [&](const auto& part) { return part.row < held.size() && held[part.row]; };
    std::erase_if(flow.matrix, stays);
    std::erase_if(flow.offset, stays);
    flow.growth = 0.0;
    flow.find_growth();
    flow.compact();
    return flow;
}

void LinearFlow::compact() {
    const std::size_t n = dimension;
    whole_matrix.assign(n * n * padded, 0.0);
    whole_offset.assign(n * padded, 0.0);
    whole_crossing.assign(n * padded, 0.0);
    const auto place = [&](const std::vector<double>& values, std::vector<double>& rows,
                           std::size_t row) {
        std::copy(values.begin(), values.end(),
                  rows.begin() + static_cast<std::ptrdiff_t>(row * padded));
    };
    for (const Entry& entry : matrix)
        place(entry.value, whole_matrix, entry.row * n + entry.column);
    for (const Constant& b : offset)
        place(b.value, whole_offset, b.row);
    for (const Constant& c : crossing)
        place(c.value, whole_crossing, c.row);
    matrix_of_.assign(size * n * n, 0.0);
    offset_of_.assign(size * n, 0.0);
    crossing_of_.assign(size * n, 0.0);
    for (std::size_t j = 0; j < size; ++j) {
        for (const Entry& entry : matrix)
            matrix_of_[(j * n + entry.row) * n + entry.column] = entry.value[j];
        for (const Constant& b : offset)
            offset_of_[j * n + b.row] = b.value[j];
        for (const Constant& c : crossing)
            crossing_of_[j * n + c.row] = c.value[j];
    }
}

void LinearFlow::find_growth() {
    // The greatest sum over a column bounds how much a series grows with each term.
    for (std::size_t j = 0; j < padded; ++j) {
        for (std::size_t column = 0; column < dimension; ++column) {
            double sum = 0.0;
            for (const Entry& entry : matrix)
                if (entry.column == column) sum += std::abs(entry.value[j]);
            growth = std::max(growth, sum);
        }
    }
    // growth^m h^m / m! is below rounding.
    double factorial = 1.0;
    for (std::size_t m = 1; m <= kMostTerms; ++m) {
        factorial *= static_cast<double>(m);
        reach_[m] = growth > 0.0
                        ? std::pow(1e-17 * factorial, 1.0 / static_cast<double>(m)) / growth
                        : 1e300;
    }
}

std::size_t LinearFlow::terms_of(double h) const {
    std::size_t terms = 2;
    while (terms < kMostTerms && h > reach_[terms])
        ++terms;
    return terms;
}

void LinearFlow::advance(double h, const double* y, double* out, unsigned char* may_spike) const {
    advance_series(*this, h, terms_of(h), y, out, spiking ? may_spike : nullptr);
}

void LinearFlow::follow_all(double h, const std::vector<std::uint32_t>& neurons, const double* y,
                            bool only_first, double* later, Spikes& spikes) const {
    follow_series(*this, h, neurons, y, only_first, later, spikes);
}

void LinearFlow::retreat(double h, double* lambda) const {
    retreat_series(*this, h, terms_of(h), lambda);
}

void LinearFlow::read(const double* y, std::size_t neuron, double* one) const {
    for (std::size_t a = 0; a < dimension; ++a)
        one[a] = y[a * padded + neuron];
}

void LinearFlow::write(const double* one, std::size_t neuron, double* y) const {
    for (std::size_t a = 0; a < dimension; ++a)
        y[a * padded + neuron] = one[a];
}

namespace {

/// Calls function(n) with the dimension as a constant where it is small, so that its loops unroll.
template <class Function>
void with_dimension(std::size_t dimension, const Function& function) {
    switch (dimension) {
        case 2:
            return function(std::integral_constant<std::size_t, 2>());
        case 3:
            return function(std::integral_constant<std::size_t, 3>());
        case 4:
            return function(std::integral_constant<std::size_t, 4>());
        default:
            return function(dimension);
    }
}

}  // namespace

void LinearFlow::speed_of(std::size_t neuron, const double* y, double* speed) const {
    const double* const entry = matrix_of_.data() + neuron * dimension * dimension;
    for (std::size_t a = 0; a < dimension; ++a) {
        speed[a] = offset_of_[neuron * dimension + a];
        for (std::size_t b = 0; b < dimension; ++b)
            speed[a] += entry[a * dimension + b] * y[b];
    }
}

void LinearFlow::begin(double h, std::size_t neuron, const double* y, Path& path) const {
    path.terms = terms_of(h);
    const double* const matrix_values = matrix_of_.data() + neuron * dimension * dimension;
    const double* const offsets = offset_of_.data() + neuron * dimension;
    const double* const c = crossing_of_.data() + neuron * dimension;
    with_dimension(dimension, [&](auto n) {
        double* term = path.term.data();
        double cross = crossing_offset.empty() ? 0.0 : crossing_offset[neuron];
        for (std::size_t a = 0; a < n; ++a) {
            term[a] = y[a];
            cross += c[a] * y[a];
        }
        path.crossing[0] = cross;
        for (std::size_t m = 1; m <= path.terms; ++m) {
            double* const next = term + n;
            cross = 0.0;
            for (std::size_t a = 0; a < n; ++a) {
                double sum = m == 1 ? offsets[a] : 0.0;
                for (std::size_t b = 0; b < n; ++b)
                    sum += matrix_values[a * n + b] * term[b];
                next[a] = sum * inverse(m);
                cross += c[a] * next[a];
            }
            path.crossing[m] = cross;
            term = next;
        }
    });
}

void LinearFlow::follow(const Path& path, double time, double* y) const {
    with_dimension(dimension, [&](auto n) {
        const double* const term = path.term.data();
        for (std::size_t a = 0; a < n; ++a)
            y[a] = term[path.terms * n + a];
        for (std::size_t m = path.terms; m-- > 0;) {
            for (std::size_t a = 0; a < n; ++a)
                y[a] = y[a] * time + term[m * n + a];
        }
    });
}

void LinearFlow::retreat_one(double h, std::size_t neuron, double* lambda) const {
    const std::size_t terms = terms_of(h);
    const double* const matrix_values = matrix_of_.data() + neuron * dimension * dimension;
    with_dimension(dimension, [&](auto n) {
        double term[kMostDimensions];
        double next[kMostDimensions];
        for (std::size_t a = 0; a < n; ++a)
            term[a] = lambda[a];
        for (std::size_t m = 1; m <= terms; ++m) {
            const double factor = h * inverse(m);
            for (std::size_t b = 0; b < n; ++b) {
                double sum = 0.0;
                for (std::size_t a = 0; a < n; ++a)
                    sum += matrix_values[a * n + b] * term[a];
                next[b] = factor * sum;
            }
            for (std::size_t a = 0; a < n; ++a) {
                term[a] = next[a];
                lambda[a] += next[a];
            }
        }
    });
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

}  // namespace saltus
