#include <saltus/neurons/adaptive_exponential.hpp>
#include <saltus/neurons/adaptive_leaky_integrate_fire.hpp>
#include <saltus/neurons/inputs.hpp>
#include <saltus/neurons/integrate_fire.hpp>
#include <saltus/neurons/integrate_fire_input.hpp>
#include <saltus/neurons/izhikevich.hpp>
#include <saltus/neurons/leaky_integrate.hpp>
#include <saltus/neurons/leaky_integrate_fire.hpp>
#include <saltus/neurons/leaky_integrate_fire_input.hpp>
#include <saltus/neurons/resonate_fire.hpp>
#include <saltus/neurons/user_neuron.hpp>
#include <saltus/readouts/readouts.hpp>

#include "io/model_kinds.hpp"
#include "io/user_neuron_kind.hpp"

namespace saltus {
namespace {

std::shared_ptr<const Readout> take_readout(const TomlTable& table) {
    std::string name;
    table.read("readout", name);
    if (!table.has("readout")) return nullptr;
    return table.locate("readout", [&] { return readout_by_name(name); });
}

std::unique_ptr<Neuron> read_spike_input(const TomlTable& table) {
    std::size_t max_spikes = 1000000;
    table.read_count("max_spikes", max_spikes, 1, std::size_t{1} << 40);
    return std::make_unique<SpikeInput>(max_spikes);
}

// Greater numbers would be mistakes.
constexpr std::size_t kMostFrames = 1'000'000'000;

InputFrames take_frames(const TomlTable& table) {
    InputFrames frames;
    table.read_count("input_frames", frames.count, 1, kMostFrames);
    table.read_count("input_frame_timesteps", frames.timesteps, 1, kMostFrames);
    return frames;
}

template <typename Input>
std::unique_ptr<Neuron> read_value_input(const TomlTable& table) {
    ValueInputOptions options;
    table.read("signed_spikes", options.signed_spikes);
    const InputFrames frames = take_frames(table);
    options.input_frames = frames.count;
    options.input_frame_timesteps = frames.timesteps;
    return std::make_unique<Input>(options);
}

IntegrateFireOptions take_integrate_fire(const TomlTable& table) {
    IntegrateFireOptions options;
    take(table, "v_thresh", options.v_thresh);
    take(table, "v_reset", options.v_reset);
    take(table, "v", options.v);
    return options;
}

std::unique_ptr<Neuron> read_integrate_fire(const TomlTable& table) {
    IntegrateFireOptions options = take_integrate_fire(table);
    options.readout = take_readout(table);
    return std::make_unique<IntegrateFire>(options);
}

std::unique_ptr<Neuron> read_integrate_fire_input(const TomlTable& table) {
    return std::make_unique<IntegrateFireInput>(
        IntegrateFireInputOptions{take_integrate_fire(table), take_frames(table)});
}

std::unique_ptr<Neuron> read_leaky_integrate(const TomlTable& table) {
    LeakyIntegrateOptions options;
    take(table, "v", options.v);
    take(table, "bias", options.bias);
    take(table, "tau_mem", options.tau_mem);
    table.read("scale_i", options.scale_i);
    options.readout = take_readout(table);
    return std::make_unique<LeakyIntegrate>(options);
}

LeakyIntegrateFireOptions take_leaky_integrate_fire(const TomlTable& table) {
    LeakyIntegrateFireOptions options;
    take(table, "v_thresh", options.v_thresh);
    take(table, "v_reset", options.v_reset);
    take(table, "v", options.v);
    take(table, "tau_mem", options.tau_mem);
    take(table, "tau_refrac", options.tau_refrac);
    table.read("relative_reset", options.relative_reset);
    table.read("integrate_during_refrac", options.integrate_during_refrac);
    table.read("scale_i", options.scale_i);
    return options;
}

std::unique_ptr<Neuron> read_leaky_integrate_fire(const TomlTable& table) {
    LeakyIntegrateFireOptions options = take_leaky_integrate_fire(table);
    options.readout = take_readout(table);
    return std::make_unique<LeakyIntegrateFire>(options);
}

std::unique_ptr<Neuron> read_adaptive_leaky_integrate_fire(const TomlTable& table) {
    AdaptiveLeakyIntegrateFireOptions options;
    take(table, "v_thresh", options.v_thresh);
    take(table, "v_reset", options.v_reset);
    take(table, "v", options.v);
    take(table, "a", options.a);
    take(table, "beta", options.beta);
    take(table, "tau_mem", options.tau_mem);
    take(table, "tau_refrac", options.tau_refrac);
    take(table, "tau_adapt", options.tau_adapt);
    table.read("relative_reset", options.relative_reset);
    table.read("integrate_during_refrac", options.integrate_during_refrac);
    table.read("scale_i", options.scale_i);
    options.readout = take_readout(table);
    return std::make_unique<AdaptiveLeakyIntegrateFire>(options);
}

std::unique_ptr<Neuron> read_leaky_integrate_fire_input(const TomlTable& table) {
    return std::make_unique<LeakyIntegrateFireInput>(
        LeakyIntegrateFireInputOptions{take_leaky_integrate_fire(table), take_frames(table)});
}

/// A neuron whose arguments are values by name, and perhaps a solver.
template <typename Model, typename Options>
std::unique_ptr<Neuron> read_by_name(const TomlTable& table) {
    Options options;
    for_each_argument(options,
                      [&](const char* name, auto& argument) { take(table, name, argument); });
    if constexpr (requires { options.solver; })
        read_solver(table, options.solver, options.sub_steps);
    options.readout = take_readout(table);
    return std::make_unique<Model>(options);
}

template <typename Model, typename Options>
Kind<Neuron> kind_by_name(const std::string& name) {
    Options options;
    std::vector<std::string> keys{"readout"};
    for_each_argument(options, [&](const char* key, auto&) { keys.emplace_back(key); });
    if constexpr (requires { options.solver; }) keys.insert(keys.end(), {"solver", "sub_steps"});
    return {name, keys, read_by_name<Model, Options>};
}

std::unique_ptr<Neuron> read_equations(const TomlTable& table) {
    return std::make_unique<UserNeuron>(read_user_neuron(table), take_readout(table));
}

std::vector<std::string> with_readout(std::vector<std::string> keys) {
    keys.emplace_back("readout");
    return keys;
}

const std::vector<Kind<Neuron>>& neuron_kinds() {
    static const std::vector<Kind<Neuron>> kKinds = {
        {"spike_input", {"max_spikes"}, read_spike_input},
        {"binary_spike_input",
         {"signed_spikes", "input_frames", "input_frame_timesteps"},
         read_value_input<BinarySpikeInput>},
        {"poisson_input",
         {"signed_spikes", "input_frames", "input_frame_timesteps"},
         read_value_input<PoissonInput>},
        {"integrate_fire", {"v_thresh", "v_reset", "v", "readout"}, read_integrate_fire},
        {"leaky_integrate", {"v", "bias", "tau_mem", "scale_i", "readout"}, read_leaky_integrate},
        {"leaky_integrate_fire",
         {"v_thresh", "v_reset", "v", "tau_mem", "tau_refrac", "relative_reset",
          "integrate_during_refrac", "scale_i", "readout"},
         read_leaky_integrate_fire},
        {"adaptive_leaky_integrate_fire",
         {"v_thresh", "v_reset", "v", "a", "beta", "tau_mem", "tau_refrac", "tau_adapt",
          "relative_reset", "integrate_during_refrac", "scale_i", "readout"},
         read_adaptive_leaky_integrate_fire},
        kind_by_name<AdaptiveExponential, AdaptiveExponentialOptions>("adaptive_exponential"),
        kind_by_name<Izhikevich, IzhikevichOptions>("izhikevich"),
        kind_by_name<ResonateFire, ResonateFireOptions>("resonate_fire"),
        {"user_neuron", with_readout(user_neuron_keys()), read_equations},
        {"integrate_fire_input",
         {"v_thresh", "v_reset", "v", "input_frames", "input_frame_timesteps"},
         read_integrate_fire_input},
        {"leaky_integrate_fire_input",
         {"v_thresh", "v_reset", "v", "tau_mem", "tau_refrac", "relative_reset",
          "integrate_during_refrac", "scale_i", "input_frames", "input_frame_timesteps"},
         read_leaky_integrate_fire_input}};
    return kKinds;
}

}  // namespace

std::unique_ptr<Neuron> read_neuron(const TomlTable& population,
                                    const std::vector<std::string>& own_keys) {
    const std::string name = population.require_kind("neuron");
    return read_kind(neuron_kinds(), "neuron", name, population.renamed(printable(name)), own_keys,
                     population, "neuron");
}

}  // namespace saltus
