#include <nanobind/stl/optional.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/unique_ptr.h>
#include <nanobind/stl/vector.h>
#include <saltus/losses/mean_square_error_loss.hpp>
#include <saltus/losses/relative_mean_square_error.hpp>
#include <saltus/losses/sparse_categorical_crossentropy.hpp>
#include <saltus/neurons/adaptive_leaky_integrate_fire.hpp>
#include <saltus/neurons/inputs.hpp>
#include <saltus/neurons/integrate_fire.hpp>
#include <saltus/neurons/integrate_fire_input.hpp>
#include <saltus/neurons/leaky_integrate.hpp>
#include <saltus/neurons/leaky_integrate_fire.hpp>
#include <saltus/neurons/leaky_integrate_fire_input.hpp>
#include <saltus/neurons/user_neuron.hpp>
#include <saltus/readouts/readouts.hpp>
#include <saltus/synapses/alpha.hpp>
#include <saltus/synapses/delta.hpp>
#include <saltus/synapses/dual_exponential.hpp>
#include <saltus/synapses/exponential.hpp>
#include <saltus/synapses/user_synapse.hpp>

#include "bindings.hpp"
#include "conversions.hpp"

namespace saltus::python {
namespace {

using MadeNeuron = std::unique_ptr<Neuron>;
using GivenReadout = std::optional<std::string>;

std::shared_ptr<const Readout> readout_of(const GivenReadout& name) {
    return name ? readout_by_name(*name) : nullptr;
}

IntegrateFireOptions integrate_fire_options(nb::handle v_thresh, nb::handle v_reset, nb::handle v) {
    IntegrateFireOptions options;
    options.v_thresh = to_init_value(v_thresh);
    options.v_reset = to_init_value(v_reset);
    options.v = to_init_value(v);
    return options;
}

MadeNeuron integrate_fire(nb::handle v_thresh, nb::handle v_reset, nb::handle v,
                          const GivenReadout& readout) {
    IntegrateFireOptions options = integrate_fire_options(v_thresh, v_reset, v);
    options.readout = readout_of(readout);
    return std::make_unique<IntegrateFire>(options);
}

MadeNeuron integrate_fire_input(nb::handle v_thresh, nb::handle v_reset, nb::handle v,
                                std::size_t frames, std::size_t timesteps,
                                const GivenReadout& readout) {
    IntegrateFireOptions options = integrate_fire_options(v_thresh, v_reset, v);
    options.readout = readout_of(readout);
    return std::make_unique<IntegrateFireInput>(
        IntegrateFireInputOptions{options, {frames, timesteps}});
}

/// An input that turns values into spikes.
template <typename Input>
MadeNeuron value_input(bool signed_spikes, std::size_t frames, std::size_t timesteps) {
    return std::make_unique<Input>(ValueInputOptions{signed_spikes, frames, timesteps});
}

MadeNeuron leaky_integrate(nb::handle v, nb::handle bias, nb::handle tau_mem, bool scale_i,
                           const GivenReadout& readout) {
    LeakyIntegrateOptions options;
    options.v = to_init_value(v);
    options.bias = to_init_value(bias);
    options.tau_mem = to_init_value(tau_mem);
    options.scale_i = scale_i;
    options.readout = readout_of(readout);
    return std::make_unique<LeakyIntegrate>(options);
}

LeakyIntegrateFireOptions leaky_integrate_fire_options(nb::handle v_thresh, nb::handle v_reset,
                                                       nb::handle v, nb::handle tau_mem,
                                                       nb::handle tau_refrac, bool relative_reset,
                                                       bool integrate_during_refrac, bool scale_i) {
    LeakyIntegrateFireOptions options;
    options.v_thresh = to_init_value(v_thresh);
    options.v_reset = to_init_value(v_reset);
    options.v = to_init_value(v);
    options.tau_mem = to_init_value(tau_mem);
    if (!tau_refrac.is_none()) options.tau_refrac = to_init_value(tau_refrac);
    options.relative_reset = relative_reset;
    options.integrate_during_refrac = integrate_during_refrac;
    options.scale_i = scale_i;
    return options;
}

MadeNeuron leaky_integrate_fire(nb::handle v_thresh, nb::handle v_reset, nb::handle v,
                                nb::handle tau_mem, nb::handle tau_refrac, bool relative_reset,
                                bool integrate_during_refrac, bool scale_i,
                                const GivenReadout& readout) {
    LeakyIntegrateFireOptions options =
        leaky_integrate_fire_options(v_thresh, v_reset, v, tau_mem, tau_refrac, relative_reset,
                                     integrate_during_refrac, scale_i);
    options.readout = readout_of(readout);
    return std::make_unique<LeakyIntegrateFire>(options);
}

MadeNeuron adaptive_leaky_integrate_fire(nb::handle v_thresh, nb::handle v_reset, nb::handle v,
                                         nb::handle a, nb::handle beta, nb::handle tau_mem,
                                         nb::handle tau_refrac, nb::handle tau_adapt,
                                         bool relative_reset, bool integrate_during_refrac,
                                         bool scale_i, const GivenReadout& readout) {
    AdaptiveLeakyIntegrateFireOptions options;
    options.v_thresh = to_init_value(v_thresh);
    options.v_reset = to_init_value(v_reset);
    options.v = to_init_value(v);
    options.a = to_init_value(a);
    options.beta = to_init_value(beta);
    options.tau_mem = to_init_value(tau_mem);
    if (!tau_refrac.is_none()) options.tau_refrac = to_init_value(tau_refrac);
    options.tau_adapt = to_init_value(tau_adapt);
    options.relative_reset = relative_reset;
    options.integrate_during_refrac = integrate_during_refrac;
    options.scale_i = scale_i;
    options.readout = readout_of(readout);
    return std::make_unique<AdaptiveLeakyIntegrateFire>(options);
}

MadeNeuron leaky_integrate_fire_input(nb::handle v_thresh, nb::handle v_reset, nb::handle v,
                                      nb::handle tau_mem, nb::handle tau_refrac,
                                      bool relative_reset, bool integrate_during_refrac,
                                      bool scale_i, std::size_t frames, std::size_t timesteps,
                                      const GivenReadout& readout) {
    LeakyIntegrateFireOptions options =
        leaky_integrate_fire_options(v_thresh, v_reset, v, tau_mem, tau_refrac, relative_reset,
                                     integrate_during_refrac, scale_i);
    options.readout = readout_of(readout);
    return std::make_unique<LeakyIntegrateFireInput>(
        LeakyIntegrateFireInputOptions{options, {frames, timesteps}});
}

/// @param parameters tuples of name, value, unit, description; @param derived of name, expression;
/// @param states of name, initial value, unit; @param refractory of duration (ms), whether the
/// states go on meanwhile, and those that do not, or None.
MadeNeuron user_neuron(const nb::list& parameters, const nb::list& derived, const nb::list& states,
                       std::vector<std::string> equations, std::string threshold,
                       std::vector<std::string> reset, nb::handle refractory, std::string output,
                       const std::string& solver, std::size_t sub_steps,
                       const GivenReadout& readout) {
    const auto text = [](nb::handle entry, int index) {
        return nb::cast<std::string>(entry[index]);
    };
    NeuronDeclaration declaration;
    for (nb::handle entry : parameters) {
        declaration.parameters.push_back(
            {text(entry, 0), to_init_value(nb::object(entry[1])), text(entry, 2), text(entry, 3)});
    }
    for (nb::handle entry : derived)
        declaration.derived.push_back({text(entry, 0), text(entry, 1)});
    for (nb::handle entry : states) {
        declaration.states.push_back(
            {text(entry, 0), to_init_value(nb::object(entry[1])), text(entry, 2)});
    }
    declaration.equations = std::move(equations);
    declaration.threshold = std::move(threshold);
    declaration.reset = std::move(reset);
    if (!refractory.is_none()) {
        declaration.refractory = RefractoryDeclaration{
            to_init_value(nb::object(refractory[0])), nb::cast<bool>(refractory[1]),
            nb::cast<std::vector<std::string>>(nb::object(refractory[2]))};
    }
    declaration.output = std::move(output);
    declaration.solver = solver_by_name(solver);
    declaration.sub_steps = sub_steps;
    return std::make_unique<UserNeuron>(std::move(declaration), readout_of(readout));
}

void bind_neurons(nb::module_& module) {
    nb::class_<Neuron>(module, "Neuron").def("name", &Neuron::name);
    module.def("spike_input", [](std::size_t max_spikes) -> MadeNeuron {
        return std::make_unique<SpikeInput>(max_spikes);
    });
    module.def("binary_spike_input", &value_input<BinarySpikeInput>, nb::arg("signed_spikes"),
               nb::arg("input_frames"), nb::arg("input_frame_timesteps"));
    module.def("poisson_input", &value_input<PoissonInput>, nb::arg("signed_spikes"),
               nb::arg("input_frames"), nb::arg("input_frame_timesteps"));
    module.def("integrate_fire_input", &integrate_fire_input, nb::arg("v_thresh"),
               nb::arg("v_reset"), nb::arg("v"), nb::arg("input_frames"),
               nb::arg("input_frame_timesteps"), nb::arg("readout").none());
    module.def("leaky_integrate_fire_input", &leaky_integrate_fire_input, nb::arg("v_thresh"),
               nb::arg("v_reset"), nb::arg("v"), nb::arg("tau_mem"), nb::arg("tau_refrac").none(),
               nb::arg("relative_reset"), nb::arg("integrate_during_refrac"), nb::arg("scale_i"),
               nb::arg("input_frames"), nb::arg("input_frame_timesteps"),
               nb::arg("readout").none());
    module.def("integrate_fire", &integrate_fire, nb::arg("v_thresh"), nb::arg("v_reset"),
               nb::arg("v"), nb::arg("readout").none());
    module.def("leaky_integrate", &leaky_integrate, nb::arg("v"), nb::arg("bias"),
               nb::arg("tau_mem"), nb::arg("scale_i"), nb::arg("readout").none());
    module.def("leaky_integrate_fire", &leaky_integrate_fire, nb::arg("v_thresh"),
               nb::arg("v_reset"), nb::arg("v"), nb::arg("tau_mem"), nb::arg("tau_refrac").none(),
               nb::arg("relative_reset"), nb::arg("integrate_during_refrac"), nb::arg("scale_i"),
               nb::arg("readout").none());
    module.def("adaptive_leaky_integrate_fire", &adaptive_leaky_integrate_fire, nb::arg("v_thresh"),
               nb::arg("v_reset"), nb::arg("v"), nb::arg("a"), nb::arg("beta"), nb::arg("tau_mem"),
               nb::arg("tau_refrac").none(), nb::arg("tau_adapt"), nb::arg("relative_reset"),
               nb::arg("integrate_during_refrac"), nb::arg("scale_i"), nb::arg("readout").none());
    module.def("user_neuron", &user_neuron, nb::arg("parameters"), nb::arg("derived"),
               nb::arg("states"), nb::arg("equations"), nb::arg("threshold"), nb::arg("reset"),
               nb::arg("refractory").none(), nb::arg("output"), nb::arg("solver"),
               nb::arg("sub_steps"), nb::arg("readout").none());
}

/// Synapses that are written as equations.
std::unique_ptr<Synapse> user_synapse(const nb::list& parameters, const nb::list& derived,
                                      std::vector<std::string> equations, std::string arrival,
                                      std::string current, std::string gain, bool scale_i) {
    const auto text = [](nb::handle entry, int index) {
        return nb::cast<std::string>(entry[index]);
    };
    SynapseDeclaration declaration;
    for (nb::handle entry : parameters) {
        declaration.parameters.push_back(
            {text(entry, 0), to_init_value(nb::object(entry[1])), text(entry, 2), {}});
    }
    for (nb::handle entry : derived)
        declaration.derived.push_back({text(entry, 0), text(entry, 1)});
    declaration.equations = std::move(equations);
    declaration.arrival = std::move(arrival);
    declaration.current = std::move(current);
    declaration.gain = std::move(gain);
    declaration.averages = scale_i;
    return std::make_unique<UserSynapse>(std::move(declaration));
}

void bind_synapses_of_states(nb::module_& module) {
    module.def("alpha", [](nb::handle tau, bool scale_i) -> std::unique_ptr<Synapse> {
        return std::make_unique<Alpha>(AlphaOptions{to_init_value(tau), scale_i});
    });
    module.def(
        "dual_exponential",
        [](nb::handle tau_rise, nb::handle tau_decay, bool scale_i) -> std::unique_ptr<Synapse> {
            return std::make_unique<DualExponential>(
                DualExponentialOptions{to_init_value(tau_rise), to_init_value(tau_decay), scale_i});
        });
    module.def("user_synapse", &user_synapse, nb::arg("parameters"), nb::arg("derived"),
               nb::arg("equations"), nb::arg("arrival"), nb::arg("current"), nb::arg("gain"),
               nb::arg("scale_i"));
}

}  // namespace

void bind_models(nb::module_& module) {
    bind_neurons(module);
    nb::class_<Synapse>(module, "Synapse").def("name", &Synapse::name);
    module.def("delta", []() -> std::unique_ptr<Synapse> { return std::make_unique<Delta>(); });
    module.def("exponential", [](nb::handle tau, bool scale_i) -> std::unique_ptr<Synapse> {
        return std::make_unique<Exponential>(ExponentialOptions{to_init_value(tau), scale_i});
    });
    bind_synapses_of_states(module);
    nb::class_<Loss>(module, "Loss").def("name", &Loss::name);
    module.def("mean_square_error_loss",
               []() -> std::shared_ptr<Loss> { return std::make_shared<MeanSquareErrorLoss>(); });
    module.def("relative_mean_square_error", [](double delta) -> std::shared_ptr<Loss> {
        return std::make_shared<RelativeMeanSquareError>(delta);
    });
    module.def("sparse_categorical_crossentropy", [](double temperature) -> std::shared_ptr<Loss> {
        return std::make_shared<SparseCategoricalCrossentropy>(temperature);
    });
}

}  // namespace saltus::python
