#include "support/networks.hpp"

namespace saltus::test {

SpikeData SpikeData::select(const std::vector<std::size_t>& examples) const {
    SpikeData selected{
        std::make_shared<GridSpikes>(spikes->num_neurons(), spikes->num_steps(), spikes->dt()), {}};
    SpikeList list;
    for (const std::size_t example : examples) {
        spikes->unpack(example, list);
        selected.spikes->append(list);
        selected.labels.push_back(labels[example]);
    }
    return selected;
}

SpikeData random_spikes(Numbers& numbers, std::size_t examples, std::size_t neurons,
                        std::size_t steps, double density, std::size_t classes, double dt) {
    SpikeData data{std::make_shared<GridSpikes>(neurons, steps, dt), {}};
    for (std::size_t example = 0; example < examples; ++example) {
        SpikeList list;
        list.step_begin.push_back(0);
        for (std::size_t step = 0; step < steps; ++step) {
            for (std::size_t neuron = 0; neuron < neurons; ++neuron) {
                if (numbers.uniform() >= density) continue;
                list.neurons.push_back(static_cast<std::uint32_t>(neuron));
            }
            list.step_begin.push_back(static_cast<std::uint32_t>(list.neurons.size()));
        }
        data.spikes->append(list);
        data.labels.push_back(static_cast<std::int32_t>(numbers.below(classes)));
    }
    return data;
}

SpikeData separable_spikes(Numbers& numbers, std::size_t examples, std::size_t neurons,
                           std::size_t steps, std::size_t classes) {
    SpikeTrains trains(neurons);
    SpikeData data;
    for (std::size_t example = 0; example < examples; ++example) {
        const std::size_t label = example % classes;
        std::vector<Spike> spikes;
        for (std::size_t neuron = 0; neuron < neurons; ++neuron) {
            const double end = static_cast<double>(steps);
            const bool early = neuron % classes == label;
            const double time =
                early ? numbers.uniform(1.0, 0.3 * end) : numbers.uniform(0.6 * end, 0.9 * end);
            spikes.push_back({static_cast<std::uint32_t>(neuron), time});
        }
        trains.append(spikes);
        data.labels.push_back(static_cast<std::int32_t>(label));
    }
    data.spikes = std::make_shared<GridSpikes>(GridSpikes::from(trains, 1.0, steps));
    return data;
}

std::shared_ptr<GridSpikes> spikes_at(const std::vector<std::vector<std::size_t>>& steps,
                                      std::size_t num_steps, double dt) {
    auto spikes = std::make_shared<GridSpikes>(steps.size(), num_steps, dt);
    SpikeList list;
    list.step_begin.push_back(0);
    for (std::size_t step = 0; step < num_steps; ++step) {
        for (std::size_t neuron = 0; neuron < steps.size(); ++neuron) {
            for (const std::size_t at : steps[neuron]) {
                if (at == step) list.neurons.push_back(static_cast<std::uint32_t>(neuron));
            }
        }
        list.step_begin.push_back(static_cast<std::uint32_t>(list.neurons.size()));
    }
    spikes->append(list);
    return spikes;
}

Network small_network(const SmallNetwork& sizes) {
    Numbers numbers(sizes.seed);
    Network network(EventPropCompiler::default_params());
    Population& input = network.population(SpikeInput(), Shape{sizes.inputs}, "input");
    Population& hidden = network.population(LeakyIntegrateFire(), Shape{sizes.hidden}, "hidden");
    Population& output = network.population(LeakyIntegrate({.readout = std::make_shared<AvgVar>()}),
                                            Shape{sizes.outputs}, "output");
    const double scale = 12.0 / static_cast<double>(sizes.inputs);
    network.connect(input, hidden, Dense(numbers.dyadic(sizes.inputs, sizes.hidden, scale, scale)),
                    Exponential());
    if (sizes.recurrent) {
        network.connect(hidden, hidden, Dense(numbers.dyadic(sizes.hidden, sizes.hidden, 0.0, 0.8)),
                        Exponential());
    }
    network.connect(hidden, output, Dense(numbers.dyadic(sizes.hidden, sizes.outputs, 0.0, 1.0)),
                    Exponential());
    return network;
}

std::vector<std::pair<std::size_t, std::size_t>> spike_pairs(const SpikeList& list) {
    std::vector<std::pair<std::size_t, std::size_t>> pairs;
    for (std::size_t step = 0; step + 1 < list.step_begin.size(); ++step) {
        for (std::uint32_t k = list.step_begin[step]; k < list.step_begin[step + 1]; ++k) {
            pairs.emplace_back(step, list.neurons[k]);
        }
    }
    return pairs;
}

}  // namespace saltus::test
