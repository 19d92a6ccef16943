#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <saltus/network/defaults.hpp>
#include <saltus/network/init_value.hpp>
#include <saltus/network/readout.hpp>

namespace saltus {

/// A parameter of a model: a constant of the equations, the same or different for every neuron.
struct ParameterDeclaration {
    std::string name;
    InitValue value;
    std::string unit;         ///< "ms", "1", ...
    std::string description;  ///< one sentence
};

/// A constant computed from the parameters and `dt` (ms), for example "1 / (1 - exp(-dt / tau))".
struct DerivedDeclaration {
    std::string name;
    std::string expression;
};

/// A state variable and its value at the start of an example.
struct StateDeclaration {
    std::string name;
    InitValue initial;
    std::string unit;
};

/// No spikes for `duration` after a spike.
struct RefractoryDeclaration {
    InitValue duration;  ///< ms
    bool integrate;      ///< whether the states go on evolving; otherwise some are held
    /// Those which are; all of them when there is none here.
    std::vector<std::string> held = {};
};

/// How differential equations are solved over a step, during which the input current is constant.
enum class Solver {
    kAuto,              ///< exactly where they are linear, otherwise by exponential Euler
    kExact,             ///< exactly; they must be linear in the states and the current
    kExponentialEuler,  ///< each state exactly, for its equation linearised where the step begins
    kEuler,             ///< x + dt dx/dt
    kRungeKutta4        ///< the classical method of fourth order
};

/// "auto", "exact", "exponential_euler", "euler", "rk4".
std::string to_string(Solver solver);
/// @throws ModelError listing the names when there is none like it.
Solver solver_by_name(const std::string& name);

/// More steps within a step would be a mistake.
inline constexpr std::size_t kMostSubSteps = 64;

/// A neuron model as equations. In scope are the states, the parameters, the derived constants, the
/// synaptic input current `i` and the timestep `dt` (ms). Within a step `i` is constant and the
/// differential equations are solved; then the threshold is tested and the reset applied.
struct NeuronDeclaration {
    std::vector<ParameterDeclaration> parameters;
    std::vector<DerivedDeclaration> derived;
    std::vector<StateDeclaration> states;
    /// "dv/dt = (i - v) / tau_mem", one a state.
    std::vector<std::string> equations;
    Solver solver = Solver::kAuto;
    /// Into how many the solver divides a step, unless it is exact. After that which crosses the
    /// threshold the others are left out.
    std::size_t sub_steps = 1;
    /// A comparison, for example "v >= v_thresh"; empty when the neuron does not spike.
    std::string threshold;
    /// Assignments, for example "v = v_reset", all evaluated on the state before the reset.
    std::vector<std::string> reset;
    std::optional<RefractoryDeclaration> refractory;
    /// The state that readouts sample.
    std::string output;
};

/// What an input population takes from the data.
enum class InputKind {
    kNone,     ///< not an input: synapses drive it
    kSpikes,   ///< spike trains
    kBinary,   ///< a spike every step while the value is positive
    kPoisson,  ///< a Poisson process of the value's rate (spikes per ms)
    kCurrent   ///< the value is the current `i` of the neuron's equations, which make the spikes
};

/// How the values of an input change during an example: frame f holds for `timesteps` steps from
/// step f * timesteps on, the last one until the end.
struct InputFrames {
    std::size_t count = 1;
    std::size_t timesteps = 1;

    /// The frame of a step of the clock.
    std::size_t of_step(std::size_t step) const { return std::min(step / timesteps, count - 1); }
    /// @throws ModelError naming the model when one of the two is 0.
    void check(const std::string& model) const;
};

/// What a population is made of.
class Neuron {
  public:
    virtual ~Neuron() = default;
    /// The name in network files, for example "leaky_integrate_fire".
    virtual std::string name() const = 0;
    /// The name in DefaultParams, for example "LeakyIntegrateFire".
    virtual std::string class_name() const = 0;
    virtual std::unique_ptr<Neuron> clone() const = 0;
    virtual InputKind input_kind() const { return InputKind::kNone; }
    /// Of inputs that take values.
    virtual InputFrames input_frames() const { return {}; }
    /// Of inputs that turn values into spikes: whether negative values make spikes that deliver
    /// minus the weight.
    virtual bool signed_spikes() const { return false; }
    /// The equations; empty for inputs whose spikes are made from the data alone.
    virtual NeuronDeclaration declare() const { return {}; }
    /// Takes the defaults for arguments that were not given.
    virtual void apply_defaults(const ParameterDefaults& defaults);

    /// How the population is read, if it is an output.
    std::shared_ptr<const Readout> readout;
};

}  // namespace saltus
