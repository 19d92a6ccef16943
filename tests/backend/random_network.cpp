#include "backend/random_network.hpp"

#include <algorithm>
#include <cmath>

namespace saltus::test {
namespace {

std::vector<double> around(Numbers& numbers, std::size_t count, double mean, double spread) {
    std::vector<double> values(count);
    for (double& value : values)
        value = numbers.dyadic(mean, spread);
    return values;
}

class Builder {
  public:
    explicit Builder(const RandomNetwork& description)
        : d_(description), numbers_(description.hidden.size() * 1000 + description.inputs) {}

    Network build() {
        Network network(d_.training ? EventPropCompiler::default_params() : DefaultParams());
        Population* before = &network.population(SpikeInput(), Shape{d_.inputs}, "input");
        double density = std::max(d_.density, 0.02);
        for (std::size_t layer = 0; layer < d_.hidden.size(); ++layer) {
            Population& hidden =
                network.population(*hidden_neuron(d_.hidden[layer]), Shape{d_.hidden[layer]},
                                   "hidden" + std::to_string(layer));
            connect(network, *before, hidden, drive() / density, 1.0);
            if (d_.two_time_constants)
                connect(network, *before, hidden, 0.3 * drive() / density, 1.0, 2.0);
            if (d_.recurrent) connect(network, hidden, hidden, 0.0, 8.0 * drive());
            before = &hidden;
            density = 0.1;
        }
        Population& output = network.population(*output_neuron(), Shape{d_.outputs}, "output");
        connect(network, *before, output, reads_first() ? 4.0 * drive() : 0.0, 4.0 * drive());
        if (d_.two_time_constants) connect(network, *before, output, 0.0, 4.0 * drive(), 2.0);
        if (d_.recurrent && d_.hidden.size() > 1) {
            // A loop over two populations.
            Population& first = *network.populations()[1];
            connect(network, *before, first, 0.0, 4.0 * drive());
        }
        return network;
    }

  private:
    /// The current that makes a neuron spike every few steps, and the weight for it.
    double drive() const {
        if (d_.integrate_and_fire) return d_.delta ? 0.3 : 0.06;
        if (d_.training) return 0.5;
        return d_.delta ? 0.2 : 0.04;
    }

    std::unique_ptr<Neuron> hidden_neuron(std::size_t size) {
        const auto readout =
            d_.reads_hidden ? readout_by_name(d_.training ? "avg_var" : "spike_count") : nullptr;
        if (d_.integrate_and_fire) {
            return std::make_unique<IntegrateFire>(IntegrateFireOptions{{}, 0.125, {}, readout});
        }
        if (d_.adaptive) {
            AdaptiveLeakyIntegrateFireOptions options;
            set(options, size, readout);
            options.beta =
                d_.arrays ? InitValue(around(numbers_, size, 0.2, 0.1)) : InitValue(0.25);
            options.tau_adapt = 50.0;
            return std::make_unique<AdaptiveLeakyIntegrateFire>(options);
        }
        LeakyIntegrateFireOptions options;
        set(options, size, readout);
        return std::make_unique<LeakyIntegrateFire>(options);
    }

    template <typename Options>
    void set(Options& options, std::size_t size, const std::shared_ptr<const Readout>& readout) {
        options.relative_reset = d_.relative_reset;
        options.v_reset = 0.125;
        options.readout = readout;
        if (d_.refractory != "none") {
            options.tau_refrac =
                d_.arrays ? InitValue(around(numbers_, size, 3.0, 2.0)) : InitValue(3.0);
            options.integrate_during_refrac = d_.refractory == "integrate";
        }
        if (d_.arrays) {
            options.tau_mem = around(numbers_, size, 15.0, 10.0);
            options.v_thresh = around(numbers_, size, 0.9, 0.3);
            options.v = around(numbers_, size, 0.0, 0.8);
        }
    }

    bool reads_first() const { return d_.readout == "first_spike_time"; }

    std::unique_ptr<Neuron> output_neuron() {
        if (reads_first()) {
            LeakyIntegrateFireOptions spiking;
            set(spiking, d_.outputs, readout_by_name(d_.readout));
            return std::make_unique<LeakyIntegrateFire>(spiking);
        }
        LeakyIntegrateOptions options;
        options.bias = d_.bias;
        if (d_.arrays && d_.bias != 0.0) {
            options.bias = around(numbers_, d_.outputs, d_.bias, d_.bias);
            options.v = around(numbers_, d_.outputs, 0.0, 1.0);
        }
        options.readout = readout_by_name(d_.readout);
        return std::make_unique<LeakyIntegrate>(options);
    }

    /// @param mean, spread of the sum over all sources.
    void connect(Network& network, Population& source, Population& target, double mean,
                 double spread, double tau = 5.0) {
        const double count = static_cast<double>(source.size());
        const double scale = std::max(std::abs(mean), spread);
        const Array weights = numbers_.dyadic(source.size(), target.size(), mean / count,
                                              2.0 * scale / std::sqrt(count) / std::sqrt(count));
        const Dense dense(weights, d_.delay);
        if (d_.delta) {
            network.connect(source, target, dense, Delta());
        } else {
            network.connect(source, target, dense, Exponential(ExponentialOptions{tau, {}}));
        }
    }

    const RandomNetwork& d_;
    Numbers numbers_;
};

}  // namespace

void PrintTo(const RandomNetwork& network, std::ostream* stream) {
    *stream << network.label;
}

Network build(const RandomNetwork& description) {
    return Builder(description).build();
}

SpikeData data_for(const RandomNetwork& d) {
    Numbers numbers(d.inputs + d.steps);
    return random_spikes(numbers, d.examples, d.inputs, d.steps, d.density, d.outputs, d.dt);
}

}  // namespace saltus::test
