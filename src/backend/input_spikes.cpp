#include "backend/input_spikes.hpp"

#include <cmath>

#include <saltus/common/random.hpp>

namespace saltus {
namespace {

/// The stream of one population and presentation; elements and draws are left for the example.
RandomStream stream_of(const Plan& plan, std::size_t population, const Batch& batch,
                       RandomPurpose purpose) {
    // The odd constant keeps (population, presentation) pairs of any practical size apart.
    const auto owner = static_cast<std::uint32_t>(population) * 0x9E3779B1U +
                       static_cast<std::uint32_t>(batch.presentation);
    return {plan.seed, purpose, owner};
}

void begin_example(SpikeList& spikes) {
    spikes.step_begin.assign(1, 0);
    spikes.neurons.clear();
    spikes.offsets.clear();
}

void emit_binary(const double* values, std::size_t size, std::size_t num_steps, SpikeList& spikes) {
    begin_example(spikes);
    for (std::size_t step = 0; step < num_steps; ++step) {
        for (std::size_t neuron = 0; neuron < size; ++neuron) {
            if (values[neuron] > 0.0) spikes.neurons.push_back(static_cast<std::uint32_t>(neuron));
        }
        spikes.step_begin.push_back(static_cast<std::uint32_t>(spikes.neurons.size()));
    }
}

void emit_poisson(const double* values, std::size_t size, const Plan& plan,
                  const RandomStream& stream, const Batch& batch, std::uint32_t example,
                  SpikeList& spikes) {
    begin_example(spikes);
    for (std::size_t step = 0; step < plan.num_steps; ++step) {
        for (std::size_t neuron = 0; neuron < size; ++neuron) {
            if (!(values[neuron] > 0.0)) continue;
            const std::uint64_t element = (batch.first_step + step) * size + neuron;
            if (stream.uniform(element, example) >= std::exp(-values[neuron] * plan.dt)) {
                spikes.neurons.push_back(static_cast<std::uint32_t>(neuron));
            }
        }
        spikes.step_begin.push_back(static_cast<std::uint32_t>(spikes.neurons.size()));
    }
}

}  // namespace

void emit_input(const Plan& plan, std::size_t population, const Batch& batch, std::uint32_t example,
                SpikeList& spikes) {
    const PopulationPlan& input = plan.populations[population];
    const InputView& view = batch.inputs[population];
    if (view.lists != nullptr) {
        spikes = view.lists[example];
        return;
    }
    if (input.input == InputKind::kSpikes) {
        if (batch.input_dropout > 0.0) {
            const RandomStream stream =
                stream_of(plan, population, batch, RandomPurpose::kInputDropout);
            view.spikes->unpack(example, batch.input_dropout, stream, example, spikes);
        } else {
            view.spikes->unpack(example, spikes);
        }
        return;
    }
    const double* values = view.values->values.data() + std::size_t{example} * input.size;
    if (input.input == InputKind::kBinary) {
        emit_binary(values, input.size, plan.num_steps, spikes);
    } else {
        emit_poisson(values, input.size, plan,
                     stream_of(plan, population, batch, RandomPurpose::kPoissonInput), batch,
                     example, spikes);
    }
}

}  // namespace saltus
