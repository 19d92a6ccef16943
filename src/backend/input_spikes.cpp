#include "backend/input_spikes.hpp"

#include <cmath>
#include <vector>

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

void end_step(SpikeList& spikes) {
    spikes.step_begin.push_back(static_cast<std::uint32_t>(spikes.neurons.size()));
}

/// The values of an example, frame by frame.
class Frames {
  public:
    Frames(const PopulationPlan& input, const InputView& view, const Batch& batch,
           std::uint32_t example)
        : input_(input), view_(view), batch_(batch), example_(example), values_(input.size) {}

    /// Reads the values of a step. @return whether they are others than before.
    bool go_to(std::size_t step) {
        const std::size_t frame = input_.frames.of_step(batch_.first_step + step);
        if (step > 0 && frame == frame_) return false;
        frame_ = frame;
        read_frame(input_, view_, batch_, example_, step, std::span<double>(values_));
        return true;
    }
    const std::vector<double>& values() const { return values_; }

  private:
    const PopulationPlan& input_;
    const InputView& view_;
    const Batch& batch_;
    std::uint32_t example_;
    std::size_t frame_ = 0;
    std::vector<double> values_;
};

void emit_binary(Frames& frames, std::size_t num_steps, bool is_signed, SpikeList& spikes,
                 SpikeList& negative) {
    std::vector<std::uint32_t> above;
    std::vector<std::uint32_t> below;
    for (std::size_t step = 0; step < num_steps; ++step) {
        if (frames.go_to(step)) {
            above.clear();
            below.clear();
            const std::vector<double>& values = frames.values();
            for (std::size_t neuron = 0; neuron < values.size(); ++neuron) {
                if (values[neuron] > 0.0) above.push_back(static_cast<std::uint32_t>(neuron));
                if (values[neuron] < 0.0) below.push_back(static_cast<std::uint32_t>(neuron));
            }
        }
        spikes.neurons.insert(spikes.neurons.end(), above.begin(), above.end());
        end_step(spikes);
        if (!is_signed) continue;
        negative.neurons.insert(negative.neurons.end(), below.begin(), below.end());
        end_step(negative);
    }
}

void emit_poisson(Frames& frames, const Plan& plan, const PopulationPlan& input,
                  const RandomStream& stream, const Batch& batch, std::uint32_t example,
                  SpikeList& spikes, SpikeList& negative) {
    for (std::size_t step = 0; step < plan.num_steps; ++step) {
        frames.go_to(step);
        const std::vector<double>& values = frames.values();
        for (std::size_t neuron = 0; neuron < values.size(); ++neuron) {
            const double rate = input.signed_spikes ? std::abs(values[neuron]) : values[neuron];
            if (!(rate > 0.0)) continue;
            const std::uint64_t element = (batch.first_step + step) * values.size() + neuron;
            if (stream.uniform(element, example) < std::exp(-rate * plan.dt)) continue;
            SpikeList& list = values[neuron] > 0.0 ? spikes : negative;
            list.neurons.push_back(static_cast<std::uint32_t>(neuron));
        }
        end_step(spikes);
        if (input.signed_spikes) end_step(negative);
    }
}

template <class Number>
void read(const PopulationPlan& input, const InputView& view, const Batch& batch,
          std::uint32_t example, std::size_t step, std::span<Number> values) {
    const std::size_t frame = input.frames.of_step(batch.first_step + step);
    view.values->read((example * input.frames.count + frame) * input.size, values);
}

}  // namespace

void read_frame(const PopulationPlan& input, const InputView& view, const Batch& batch,
                std::uint32_t example, std::size_t step, std::span<double> values) {
    read(input, view, batch, example, step, values);
}

void read_frame(const PopulationPlan& input, const InputView& view, const Batch& batch,
                std::uint32_t example, std::size_t step, std::span<float> values) {
    read(input, view, batch, example, step, values);
}

void emit_input(const Plan& plan, std::size_t population, const Batch& batch, std::uint32_t example,
                SpikeList& spikes, SpikeList& negative) {
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
    begin_example(spikes);
    if (input.signed_spikes) begin_example(negative);
    Frames frames(input, view, batch, example);
    if (input.input == InputKind::kBinary) {
        emit_binary(frames, plan.num_steps, input.signed_spikes, spikes, negative);
    } else {
        const RandomStream stream =
            stream_of(plan, population, batch, RandomPurpose::kPoissonInput);
        emit_poisson(frames, plan, input, stream, batch, example, spikes, negative);
    }
}

}  // namespace saltus
