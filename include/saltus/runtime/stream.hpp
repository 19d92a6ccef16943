#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include <saltus/common/array.hpp>
#include <saltus/plan/plan.hpp>

namespace saltus {

class CompiledNetwork;

/// What an input population receives in one timestep, for each example: the neurons that spike
/// (SpikeInput), or an array of values [examples, neurons], which hold until others are given.
using StepInput = std::variant<std::vector<std::vector<std::uint32_t>>, Array>;

/// A network that runs one timestep at a time, for input that arrives meanwhile: a sensor, a
/// simulated body, a user. Its state stays from step to step, over any number of them. Made by
/// CompiledNetwork::stream(), with a copy of the weights as they are then; it outlives the network.
class Stream {
  public:
    Stream(Stream&&) noexcept;
    Stream& operator=(Stream&&) noexcept;
    ~Stream();

    /// Runs one timestep. A spike that is given here reaches its targets in the next step, or as
    /// many steps later as its synapse delays it.
    /// @param inputs by input population; one of a SpikeInput that is left out is silent.
    /// @throws ModelError for a population that is no input, a neuron that it does not have, or an
    /// array of another shape; the network is then as before.
    void step(const std::map<std::string, StepInput>& inputs = {});

    /// Steps that were run, and the time in ms at which the next one begins.
    std::size_t num_steps() const;
    double time() const;
    std::size_t num_examples() const;
    const Plan& plan() const;

    /// Neurons of a population that spiked in the last step, in order.
    std::vector<std::uint32_t> spikes(const std::string& population, std::size_t example = 0) const;
    /// A state of every neuron after the last step: [examples, neurons].
    Array state(const std::string& population, const std::string& state) const;
    /// The readout over the steps so far, [examples, neurons]: after as many steps as an example
    /// has, what predict() gives. Means go on with the weight that a step has in an example;
    /// weights that change from step to step end with the example's.
    Array readout(const std::string& population) const;

    /// Takes over the weights of the network that made it, as they are now; the state stays.
    void take_weights(const CompiledNetwork& network);
    /// Goes back to the initial state, at time 0.
    void reset();
    /// Sets the clock back to time 0; the state stays.
    void reset_time();

  private:
    friend CompiledNetwork;
    struct Implementation;
    explicit Stream(std::unique_ptr<Implementation> implementation);
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace saltus
