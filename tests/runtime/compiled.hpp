#pragma once

#include "support/networks.hpp"

namespace saltus::test {

/// A small network for training, and data for it.
struct Compiled {
    Numbers numbers{8};
    SpikeData data = separable_spikes(numbers, 10, 12, 20, 3);
    CompiledTrainingNetwork network;

    explicit Compiled(const BackendOptions& backend = backend_case("cpu_built_in").options,
                      double alpha = 0.01)
        : network(EventPropCompiler(options(backend, alpha)).compile(small_network({}))) {}

    static EventPropOptions options(const BackendOptions& backend, double alpha) {
        EventPropOptions options;
        options.example_timesteps = 20;
        options.batch_size = 4;
        options.optimiser = Adam{.alpha = alpha};
        options.backend = backend;
        return options;
    }

    std::map<std::string, std::vector<double>> weights() const {
        std::map<std::string, std::vector<double>> weights;
        for (const std::string& name : network.connections())
            weights[name] = network.weights(name).values;
        return weights;
    }
    std::vector<EpochResult> train(const TrainOptions& options) {
        return network.train(data.inputs(), data.targets(), options);
    }
};

}  // namespace saltus::test
