// Writes the source of the neuron kernels that are compiled with the library: every combination of
// the built-in models' options that a network is likely to use. Run by the build.
#include <array>
#include <fstream>
#include <iostream>
#include <set>
#include <stdexcept>
#include <string>

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

/// Files that the kernels of one instruction set are spread over, to be compiled side by side.
constexpr std::size_t kParts = 4;

/// Kernels by their functions' text, without repetition.
class Collection {
  public:
    void add(const NeuronKernel& kernel) {
        const std::string hash = kernel_hash(kernel);
        if (!hashes_.insert(hash).second) return;
        const std::size_t part = (hashes_.size() - 1) % kParts;
        functions_[part] += kernel_functions(kernel, "_SALTUS_SUFFIX");
        declarations_ += declaration("Advance", "saltus_advance_" + hash);
        std::string retreat = "nullptr";
        if (kernel.adjoint) {
            retreat = "saltus_retreat_" + hash;
            declarations_ += declaration("Retreat", retreat);
            retreat += "_SALTUS_SUFFIX";
        }
        table_ += "    {\"" + hash + "\", saltus_advance_" + hash + "_SALTUS_SUFFIX, " + retreat +
                  "},\n";
    }

    /// The functions of one part, for one instruction set: the suffix keeps those of several apart.
    std::string functions(std::size_t part, const std::string& instruction_set) const {
        return named(kernel_prelude() + functions_[part], instruction_set);
    }

    /// The table of all parts.
    std::string table(const std::string& instruction_set) const {
        return named("#include <type_traits>\n\n#include \"jit/built_in.hpp\"\n\nextern \"C\" {\n" +
                         declarations_ +
                         "}\n\nnamespace saltus {\nconst BuiltInKernel kBuiltInKernels" +
                         "_SALTUS_SUFFIX[] = {\n" + table_ +
                         "    {nullptr, nullptr, nullptr}};\n}\n",
                     instruction_set);
    }

    std::size_t size() const { return hashes_.size(); }

  private:
    static std::string declaration(const std::string& kind, const std::string& name) {
        return "std::remove_pointer_t<Saltus" + kind + "Function> " + name + "_SALTUS_SUFFIX;\n";
    }

    static std::string named(std::string text, const std::string& instruction_set) {
        const std::string mark = "_SALTUS_SUFFIX";
        for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at)) {
            text.replace(at, mark.size(), "_" + instruction_set);
        }
        return text;
    }

    std::set<std::string> hashes_;
    std::array<std::string, kParts> functions_;
    std::string declarations_;
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

void write(const std::string& path, const std::string& text) {
    std::ofstream stream(path);
    stream << text;
    if (!stream.flush()) throw std::runtime_error("cannot write " + path);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::cerr << "usage: saltus_kernel_generator FOLDER\n";
        return 2;
    }
    try {
        const Collection collection = standard_kernels();
        const std::string folder = std::string(argv[1]) + "/built_in_";
        for (const std::string instruction_set : {"baseline", "avx2", "avx512"}) {
            write(folder + instruction_set + ".cpp", collection.table(instruction_set));
            for (std::size_t part = 0; part < kParts; ++part) {
                write(folder + instruction_set + "_" + std::to_string(part) + ".cpp",
                      collection.functions(part, instruction_set));
            }
        }
        std::cout << collection.size() << " neuron kernels\n";
    } catch (const std::exception& error) {
        std::cerr << error.what() << "\n";
        return 1;
    }
    return 0;
}
