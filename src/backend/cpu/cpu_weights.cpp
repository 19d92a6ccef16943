#include "backend/cpu/cpu_program.hpp"

#include "plan/replace_synapses.hpp"

namespace saltus {

std::size_t CpuProgram::num_columns(std::size_t connection) const {
    const Block& last = split_.blocks[connection].back();
    return last.first_column + bound_.connections[last.connection].columns;
}

template <class Pack>
void CpuProgram::pack(std::size_t connection, const std::vector<double>& values,
                      const Pack& pack_block) {
    const std::size_t width = num_columns(connection);
    for (const Block& block : split_.blocks[connection]) {
        pack_block(bound_.connections[block.connection],
                   values.data() + block.first_row * width + block.first_column, width);
    }
}

template <class Unpack>
std::vector<double> CpuProgram::unpack(std::size_t connection, const Unpack& unpack_block) const {
    const Block& last = split_.blocks[connection].back();
    const std::size_t width = num_columns(connection);
    const std::size_t rows = last.first_row + bound_.connections[last.connection].rows;
    std::vector<double> unpacked(rows * width);
    for (const Block& block : split_.blocks[connection]) {
        unpack_block(bound_.connections[block.connection],
                     unpacked.data() + block.first_row * width + block.first_column, width);
    }
    return unpacked;
}

std::vector<double> CpuProgram::weights(std::size_t connection) const {
    return unpack(connection, [](const BoundConnection& bound, double* to, std::size_t width) {
        bound.unpack(bound.weight, 1.0 / bound.scale, to, width);
    });
}

void CpuProgram::set_weights(std::size_t connection, const std::vector<double>& values) {
    pack(connection, values, [](BoundConnection& bound, const double* from, std::size_t width) {
        bound.pack(from, bound.scale, width, bound.weight);
    });
}

std::vector<double> CpuProgram::gradient(std::size_t connection) const {
    return unpack(connection, [](const BoundConnection& bound, double* to, std::size_t width) {
        bound.unpack(bound.gradient, bound.scale, to, width);
    });
}

std::shared_ptr<const SynapseTable> CpuProgram::synapses(std::size_t connection) const {
    const ConnectionPlan& now = current(connection);
    return why_synapses_stay(now).empty() ? now.table : nullptr;
}

void CpuProgram::set_synapses(std::size_t connection, std::shared_ptr<const SynapseTable> table) {
    // A plan with sparse matrices is never cut.
    bind_synapses(std::move(table), split_.blocks[connection].front().connection, bound_);
    norm_bounds_.regroup(connection);
}

Moments CpuProgram::moments(std::size_t connection) const {
    const auto copy_m = [](const BoundConnection& bound, double* to, std::size_t width) {
        bound.unpack(bound.m, 1.0, to, width);
    };
    const auto copy_v = [](const BoundConnection& bound, double* to, std::size_t width) {
        bound.unpack(bound.v, 1.0, to, width);
    };
    return {unpack(connection, copy_m), unpack(connection, copy_v)};
}

void CpuProgram::set_moments(std::size_t connection, const Moments& moments) {
    pack(connection, moments.m, [](BoundConnection& bound, const double* from, std::size_t width) {
        bound.pack(from, 1.0, width, bound.m);
    });
    pack(connection, moments.v, [](BoundConnection& bound, const double* from, std::size_t width) {
        bound.pack(from, 1.0, width, bound.v);
    });
}

std::vector<double> CpuProgram::delay_gradient(std::size_t connection) const {
    if (bound_.connections[connection].learned) return delays_.state(connection).gradient;
    const double dt = bound_.plan.dt;
    if (bound_.plan.connections[connection].has_uniform_delay())
        return {dt * bound_.connections[connection].delay_gradient.at(0)};
    return unpack(connection, [dt](const BoundConnection& bound, double* to, std::size_t width) {
        bound.unpack(bound.delay_gradient, dt, to, width);
    });
}

ParameterState CpuProgram::parameter(std::size_t population, std::size_t index) const {
    return parameters_.state(population, index);
}

void CpuProgram::set_parameter(std::size_t population, std::size_t index,
                               const ParameterState& state) {
    parameters_.set_state(population, index, state);
    bind_parameters(population);
}

ParameterState CpuProgram::delays(std::size_t connection) const {
    return delays_.state(connection);
}

void CpuProgram::set_delays(std::size_t connection, const ParameterState& state) {
    delays_.set_state(connection, state);
    LearnedDelays& learned = *bound_.connections[connection].learned;
    for (std::size_t row = 0; row < learned.num_rows(); ++row)
        take_delays(connection, learned, row);
}

template <class Visit>
void CpuProgram::for_each_delay_row(const Visit& visit) {
    for (const std::size_t index : delays_.connections()) {
        LearnedDelays& learned = *bound_.connections[index].learned;
        evenly_(learned.num_rows(), [&](std::size_t begin, std::size_t end, Worker&) {
            for (std::size_t row = begin; row < end; ++row)
                visit(index, learned, row);
        });
    }
}

void CpuProgram::find_delay_gradients(BatchResult& result) {
    if (!learns_delays_) return;
    const double dt = plan_.dt;
    for_each_delay_row([&](std::size_t index, const LearnedDelays& learned, std::size_t row) {
        double* const gradient = delays_.gradient(index).data() + learned.first_weight(row);
        const float* const sums = learned.gradient.data() + learned.first_place(row);
        for (std::size_t k = 0; k < learned.row_size(row); ++k)
            gradient[k] = dt * static_cast<double>(sums[k]);
    });
    delays_.watch(result);
}

void CpuProgram::update_delays(const Batch& batch) {
    if (!batch.delay_step) return;
    for_each_delay_row([&](std::size_t index, LearnedDelays& learned, std::size_t row) {
        const std::size_t first = learned.first_weight(row);
        delays_.update(*batch.delay_step, index, first, learned.row_size(row));
        take_delays(index, learned, row);
    });
}

void CpuProgram::take_delays(std::size_t index, LearnedDelays& learned, std::size_t row) {
    learned.take(row, std::span<const double>(delays_.state(index).values)
                          .subspan(learned.first_weight(row), learned.row_size(row)));
}

void CpuProgram::update_parameters(const Batch& batch) {
    if (batch.parameter_steps.empty()) return;
    parameters_.update(batch.parameter_steps);
    for (const std::size_t population : parameters_.populations())
        bind_parameters(population);
}

void CpuProgram::bind_parameters(std::size_t population) {
    for (const Part& part : split_.parts[population]) {
        PopulationPlan& plan = bound_.plan.populations[part.population];
        const std::vector<Coefficient>& now = parameters_.coefficients(population);
        for (std::size_t k = 0; k < now.size(); ++k) {
            if (now[k].moves) plan.coefficients[k] = slice(now[k], part.first, plan.size);
        }
        bind_coefficients(plan, bound_.populations[part.population]);
    }
}

void CpuProgram::sum_parameters(std::size_t count) {
    for (const std::size_t population : parameters_.populations()) {
        for (const Part& part : split_.parts[population]) {
            const std::size_t padded = bound_.populations[part.population].padded;
            const std::size_t size = bound_.plan.populations[part.population].size;
            for (std::size_t slot = 0; slot < count; ++slot) {
                const Floats& rows = chunk_.slots[slot].parameters[part.population];
                for (std::size_t k = 0; k * padded < rows.size(); ++k) {
                    parameters_.add(population, k, part.first,
                                    std::span<const float>(rows.data() + k * padded, size));
                }
            }
        }
    }
}

}  // namespace saltus
