// Neurons with many parameters, which come by name.
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/unique_ptr.h>
#include <saltus/neurons/adaptive_exponential.hpp>
#include <saltus/neurons/izhikevich.hpp>
#include <saltus/neurons/resonate_fire.hpp>
#include <saltus/readouts/readouts.hpp>

#include "bindings.hpp"
#include "conversions.hpp"

namespace saltus::python {
namespace {

using GivenReadout = std::optional<std::string>;

/// Arguments that were given, by name.
class Arguments {
  public:
    explicit Arguments(const nb::dict& given) : given_(given) {}
    void take(const char* name, std::optional<InitValue>& argument) const {
        if (given_.contains(name)) argument = to_init_value(given_[name]);
    }

  private:
    const nb::dict& given_;
};

template <typename Options>
void set_solver(Options& options, const std::string& solver, std::size_t sub_steps) {
    options.solver = solver_by_name(solver);
    options.sub_steps = sub_steps;
}

std::shared_ptr<const Readout> readout_of(const GivenReadout& name) {
    return name ? readout_by_name(*name) : nullptr;
}

std::unique_ptr<Neuron> adaptive_exponential(const nb::dict& given, const std::string& solver,
                                             std::size_t sub_steps, const GivenReadout& readout) {
    const Arguments arguments(given);
    AdaptiveExponentialOptions options;
    arguments.take("c_m", options.c_m);
    arguments.take("g_l", options.g_l);
    arguments.take("v_rest", options.v_rest);
    arguments.take("v_thresh", options.v_thresh);
    arguments.take("delta_t", options.delta_t);
    arguments.take("v_spike", options.v_spike);
    arguments.take("v_reset", options.v_reset);
    arguments.take("a", options.a);
    arguments.take("b", options.b);
    arguments.take("tau_w", options.tau_w);
    arguments.take("v", options.v);
    arguments.take("w", options.w);
    arguments.take("tau_refrac", options.tau_refrac);
    set_solver(options, solver, sub_steps);
    options.readout = readout_of(readout);
    return std::make_unique<AdaptiveExponential>(options);
}

std::unique_ptr<Neuron> izhikevich(const nb::dict& given, const std::string& solver,
                                   std::size_t sub_steps, const GivenReadout& readout) {
    const Arguments arguments(given);
    IzhikevichOptions options;
    arguments.take("a", options.a);
    arguments.take("b", options.b);
    arguments.take("c", options.c);
    arguments.take("d", options.d);
    arguments.take("v_thresh", options.v_thresh);
    arguments.take("v", options.v);
    arguments.take("u", options.u);
    arguments.take("tau_refrac", options.tau_refrac);
    set_solver(options, solver, sub_steps);
    options.readout = readout_of(readout);
    return std::make_unique<Izhikevich>(options);
}

std::unique_ptr<Neuron> resonate_fire(const nb::dict& given, const GivenReadout& readout) {
    const Arguments arguments(given);
    ResonateFireOptions options;
    arguments.take("v_thresh", options.v_thresh);
    arguments.take("x_reset", options.x_reset);
    arguments.take("y_reset", options.y_reset);
    arguments.take("omega", options.omega);
    arguments.take("tau_mem", options.tau_mem);
    arguments.take("x", options.x);
    arguments.take("y", options.y);
    arguments.take("tau_refrac", options.tau_refrac);
    options.readout = readout_of(readout);
    return std::make_unique<ResonateFire>(options);
}

}  // namespace

void bind_biophysical_neurons(nb::module_& module) {
    module.def("adaptive_exponential", &adaptive_exponential, nb::arg("arguments"),
               nb::arg("solver"), nb::arg("sub_steps"), nb::arg("readout").none());
    module.def("izhikevich", &izhikevich, nb::arg("arguments"), nb::arg("solver"),
               nb::arg("sub_steps"), nb::arg("readout").none());
    module.def("resonate_fire", &resonate_fire, nb::arg("arguments"), nb::arg("readout").none());
}

}  // namespace saltus::python
