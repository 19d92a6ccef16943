// Writes the source of the neuron kernels that are compiled with the library: every combination of
// the built-in models' options that a network is likely to use. Run by the build.
#include <cstdio>
#include <fstream>
#include <iostream>
#include <set>
#include <string>

#include <saltus/common/errors.hpp>
#include <saltus/connectivity/dense.hpp>
#include <saltus/network/network.hpp>
#include <saltus/neurons/adaptive_leaky_integrate_fire.hpp>
#include <saltus/neurons/inputs.hpp>
#include <saltus/neurons/integrate_fire.hpp>
#include <saltus/neurons/leaky_integrate.hpp>
#include <saltus/neurons/leaky_integrate_fire.hpp>
#include <saltus/plan/lower.hpp>
#include <saltus/readouts/readouts.hpp>
#include <saltus/synapses/delta.hpp>
#include <saltus/synapses/exponential.hpp>

#include "codegen/neuron_source.hpp"

namespace {

using namespace saltus;

/// Kernels by their functions' text, without repetition.
class Collection {
  public:
    void add(const NeuronKernel& kernel) {
        const std::string hash = kernel_hash(kernel);
        if (!hashes_.insert(hash).second) return;
        functions_ += kernel_functions(kernel, "_SALTUS_SUFFIX");
        const std::string retreat =
            kernel.adjoint ? "saltus_retreat_" + hash + "_SALTUS_SUFFIX" : "nullptr";
        table_ +=
            "    {\"" + hash + "\", saltus_advance_" + hash + "_SALTUS_SUFFIX, " + retreat + "},\n";
    }

    /// The source for one instruction set: the suffix keeps the functions of several apart.
    std::string source(const std::string& instruction_set) const {
        std::string text = kernel_prelude() + functions_ + "#include \"jit/built_in.hpp\"\n" +
                           "namespace saltus {\nconst BuiltInKernel kBuiltInKernels_" +
                           instruction_set + "[] = {\n" + table_ +
                           "    {nullptr, nullptr, nullptr}};\n}\n";
        const std::string mark = "_SALTUS_SUFFIX";
        for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at)) {
            text.replace(at, mark.size(), "_" + instruction_set);
        }
        return text;
    }

    std::size_t size() const { return hashes_.size(); }

  private:
    std::set<std::string> hashes_;
    std::string functions_;
    std::string table_;
};

/// How a neuron is run or trained.
struct Use {
    PlanMode mode = PlanMode::kInference;
    /// What stands for the derivative of a spike; its numbers do not matter.
    std::string surrogate = {};
};

/// The forms of fast_sigmoid and super_spike, and of arctan, by default and with other widths.
const std::vector<Use> kSurrogates = {
    {PlanMode::kSurrogate, "1 / ((1 + 25 * abs(x)) * (1 + 25 * abs(x)))"},
    {PlanMode::kSurrogate, "1 / (1 + 26 * x * x)"},
    {PlanMode::kSurrogate, "25 / (1 + 26 * x * x)"},
    {PlanMode::kEProp}};

/// A small network with the neuron behind each kind of synapse, alone and recurrent, and, for
/// neurons that spike, in front of folded outputs.
void add_neuron(const Neuron& neuron, const Synapse& synapse, bool folds, const Use& use,
                Collection& collection) {
    Network network;
    Population& input = network.population(SpikeInput(), Shape{2}, "input");
    Population& tested = network.population(neuron, Shape{2}, "tested");
    network.connect(input, tested, Dense(0.5), synapse);
    if (!neuron.readout || use.mode == PlanMode::kEventProp) {
        Population& output = network.population(
            LeakyIntegrate({.readout = std::make_shared<AvgVar>()}), Shape{2}, "output");
        if (neuron.declare().threshold.empty()) {
            network.connect(input, output, Dense(0.5), Exponential(5.0));
        } else {
            network.connect(tested, output, Dense(0.5), Exponential(5.0));
        }
    }
    LowerOptions options;
    options.mode = use.mode;
    options.surrogate = use.surrogate;
    if (use.mode == PlanMode::kEProp) {
        options.rate_target.strength = 0.001;
        options.trains_output_bias = true;
    }
    options.num_steps = 10;
    options.min_slope = 0.01;
    options.fold_readouts = folds;
    const Plan plan = lower(network, options);
    for (const PopulationPlan& population : plan.populations) {
        if (population.has_equations()) collection.add(population.kernel);
    }
}

void add_everywhere(const Neuron& neuron, bool trainable, Collection& collection) {
    const Delta delta;
    const Exponential exponential;
    for (const Synapse* synapse :
         {static_cast<const Synapse*>(&delta), static_cast<const Synapse*>(&exponential)}) {
        for (const bool folds : {false, true}) {
            add_neuron(neuron, *synapse, folds, {PlanMode::kInference}, collection);
            const bool counts = neuron.readout && neuron.readout->name() == "spike_count";
            if (trainable && synapse == &exponential && !counts) {
                add_neuron(neuron, *synapse, folds, {PlanMode::kEventProp}, collection);
            }
        }
    }
}

/// With surrogates for the derivative of spikes, behind exponential synapses.
void add_surrogates(const Neuron& neuron, Collection& collection) {
    for (const Use& use : kSurrogates) {
        for (const bool folds : {false, true})
            add_neuron(neuron, Exponential(5.0), folds, use, collection);
    }
}

Collection standard_kernels() {
    Collection collection;
    const std::shared_ptr<const Readout> none;
    const std::shared_ptr<const Readout> count = std::make_shared<SpikeCount>();
    const std::shared_ptr<const Readout> average = std::make_shared<AvgVar>();
    const std::shared_ptr<const Readout> last = std::make_shared<Var>();
    for (const auto& readout : {none, count, average, last}) {
        add_everywhere(IntegrateFire({.readout = readout}), true, collection);
        for (const bool relative : {false, true}) {
            LeakyIntegrateFireOptions options;
            options.relative_reset = relative;
            options.readout = readout;
            add_everywhere(LeakyIntegrateFire(options), true, collection);
            for (const bool integrate : {false, true}) {
                options.tau_refrac = 5.0;
                options.integrate_during_refrac = integrate;
                add_everywhere(LeakyIntegrateFire(options), true, collection);
            }
        }
    }
    for (const auto& readout : {none, count}) {
        for (const bool relative : {false, true}) {
            AdaptiveLeakyIntegrateFireOptions options;
            options.relative_reset = relative;
            options.readout = readout;
            add_everywhere(AdaptiveLeakyIntegrateFire(options), true, collection);
        }
    }
    for (const auto& readout : {average, last}) {
        for (const double bias : {0.0, 0.5}) {
            LeakyIntegrateOptions options;
            options.bias = bias;
            options.readout = readout;
            add_everywhere(LeakyIntegrate(options), true, collection);
        }
    }
    LeakyIntegrateOptions greatest;
    greatest.readout = std::make_shared<MaxVar>();
    add_everywhere(LeakyIntegrate(greatest), true, collection);
    for (const bool relative : {false, true}) {
        LeakyIntegrateFireOptions options;
        options.relative_reset = relative;
        add_surrogates(LeakyIntegrateFire(options), collection);
        options.tau_refrac = 5.0;
        add_surrogates(LeakyIntegrateFire(options), collection);
        add_surrogates(AdaptiveLeakyIntegrateFire({.relative_reset = relative}), collection);
    }
    for (const auto& readout : {average, last})
        add_surrogates(LeakyIntegrate({.readout = readout}), collection);
    add_surrogates(LeakyIntegrate(greatest), collection);
    return collection;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::cerr << "usage: saltus_kernel_generator FOLDER\n";
        return 2;
    }
    try {
        const Collection collection = standard_kernels();
        for (const std::string instruction_set : {"baseline", "avx2", "avx512"}) {
            std::ofstream stream(std::string(argv[1]) + "/built_in_" + instruction_set + ".cpp");
            stream << collection.source(instruction_set);
            if (!stream.flush()) {
                std::cerr << "cannot write to " << argv[1] << "\n";
                return 1;
            }
        }
        std::cout << collection.size() << " neuron kernels\n";
    } catch (const saltus::Error& error) {
        std::cerr << error.what() << "\n";
        return 1;
    }
    return 0;
}
