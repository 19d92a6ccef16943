#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <saltus/common/shape.hpp>
#include <saltus/network/init_value.hpp>
#include <saltus/network/matrix_type.hpp>
#include <saltus/network/neuron.hpp>
#include <saltus/network/synapse_rows.hpp>
#include <saltus/optimisers/weight_constraint.hpp>
#include <saltus/plan/neuron_kernel.hpp>

namespace saltus {

struct SynapseTable;
class ElementDelays;
class CoefficientRecipe;

/// What a plan is for.
enum class PlanMode { kInference, kEventProp, kSurrogate, kEProp };

/// The equations of a neuron before discretisation, with everything that is constant replaced by
/// coefficients: what the reference backend derives the adjoint from.
struct NeuronFlow {
    /// dx/dt of each state, as a function of the states, the coefficients and the current "i".
    std::vector<expr::Expression> right_sides;
    /// The function whose crossing of zero from below is a spike.
    expr::Expression crossing;
    /// Whether the right sides are linear in the states and the current, and steps exact.
    bool linear = true;
    /// By group: whether its state is part of the current i.
    std::vector<bool> is_current;
};

/// A readout of one population, in plain terms.
struct ReadoutPlan {
    std::string name;
    ReadoutSource source = ReadoutSource::kVariable;
    std::vector<double> step_weights;
    /// Of a folded readout: its value without any spike, one or one a neuron.
    std::vector<double> baseline;

    /// The weight of a step, also of one after those of an example: weights that are all the same
    /// go on, others end.
    double weight_of(std::size_t step) const;
};

/// What draws the numbers of spikes of a population's neurons into a range, and neurons that do not
/// spike to their threshold (EventProp). The loss that is reported does not contain it.
struct Regularisation {
    /// Strengths with which neurons that spike more often than `most` (spikes an example, in the
    /// mean over a batch) or less often than `least` are drawn there: at each of its spikes a
    /// neuron's voltage counts as if it changed the loss by strength times the difference.
    double upper = 0.0;
    double lower = 0.0;
    double most = 0.0;
    double least = 0.0;
    /// Strength of what draws a neuron, in an example in which it does not spike, up to its
    /// threshold, by the step in which it came nearest to it; times the fraction of the batch's
    /// examples by which it spikes in fewer than `active`. Of an output that is read by first
    /// spikes, the label's neuron alone is drawn, whatever the fraction.
    double silent = 0.0;
    double active = 0.5;

    bool counts() const { return upper > 0.0 || lower > 0.0; }
    bool any() const { return counts() || silent > 0.0; }
};

/// A parameter that training changes; learned delays are one, too, in timesteps.
struct TrainedParameter {
    std::string owner;        ///< the population, or the connection of a synapse's parameter
    std::string parameter;    ///< its name in the model; "delay"
    std::string coefficient;  ///< its name in the recipe; delays have none
    double lower = 0.0;
    double upper = 0.0;
    std::vector<double> initial;  ///< one value, or one a neuron; delays: one a weight
    Shape shape = {};             ///< of delays: as that of the weights

    /// "population.parameter".
    std::string name() const { return owner + "." + parameter; }
};

/// One population.
struct PopulationPlan {
    std::string name;
    std::size_t size = 0;
    InputKind input = InputKind::kNone;
    /// Of inputs that take values; `signed_spikes` where negative ones spike, too.
    InputFrames frames;
    bool signed_spikes = false;
    std::string model;

    /// With equations only: one step as expressions, and the flow it solves. The first group of an
    /// input with equations has no connections: its values arrive there.
    NeuronKernel kernel;
    NeuronFlow flow;
    std::vector<Coefficient> coefficients;
    /// The parameters that training changes, and, where there is any, how coefficients follow.
    std::vector<TrainedParameter> trained;
    std::shared_ptr<const CoefficientRecipe> recipe;
    /// Value of each state at the start of an example, one or one a neuron.
    std::vector<Coefficient> initial;
    /// The connections of each group of synapses. Groups without any follow others: they are the
    /// further states of synapses with several. Coefficients: dg/dt = -_rateG g + sum_H _feedG_H h.
    std::vector<std::vector<std::size_t>> groups;
    std::optional<ReadoutPlan> readout;
    Regularisation regularisation;
    /// Whether a loss may compare its output variable in every step.
    bool compares_steps = false;
    /// Whether it and its connections are evaluated as folded readouts instead of step by step.
    bool folded = false;

    /// Whether its spikes come from equations rather than from the data alone.
    bool has_equations() const { return input == InputKind::kNone || input == InputKind::kCurrent; }
    const Coefficient& coefficient(const std::string& coefficient_name) const;
    /// The same, or null when there is none of that name.
    const Coefficient* find_coefficient(const std::string& coefficient_name) const;
};

/// A connection into a linear output whose readout is a fixed weighting in time: a spike in step s
/// adds weight * response[s] to the readout, and moving it in time changes the readout by
/// weight * shift[s] per ms (with the sign of the gradient).
struct FoldPlan {
    std::vector<double> response;
    std::vector<double> shift;
};

/// How training rewires a connection (see DeepR).
struct RewiringPlan {
    double l1_strength = 0.0;
    /// Whether no neuron gets a synapse to itself: of a recurrent connection that begins without.
    bool skips_self = false;
};

/// One connection.
struct ConnectionPlan {
    std::string name;
    std::size_t source = 0;
    std::size_t target = 0;
    std::size_t group = 0;
    std::size_t num_pre = 0;
    std::size_t num_post = 0;
    std::string connectivity;
    MatrixType matrix_type = MatrixType::kDense;
    /// Which synapses there are.
    std::shared_ptr<const SynapseRows> rows;
    /// All of them in memory; null where the matrix type and the delays do not need that.
    std::shared_ptr<const SynapseTable> table;
    /// Timesteps on top of the one that every spike takes, of all synapses ...
    std::uint32_t delay = 0;
    /// The same in timesteps that need not be whole, of a plan with exact spike times ...
    double exact_delay = 0.0;
    /// ... and when they differ those of each on top of that.
    std::shared_ptr<const ElementDelays> delays;
    /// Likewise with exact spike times: those of all weights, in timesteps.
    std::shared_ptr<const std::vector<double>> exact_delays;
    /// Set where training changes the delays: one of each weight, which belongs to one synapse.
    /// Those above are then 0. On the grid a spike takes what is the nearest number of steps.
    std::shared_ptr<const TrainedParameter> learned_delay;
    /// Greatest of all delays.
    std::uint32_t greatest_delay = 0;
    InitValue weight = 0.0;
    /// The weights that are kept: their shape, as the user sees it. Without elements when none is.
    Shape weight_shape;
    /// What a weight is multiplied with on its way to the target.
    double weight_scale = 1.0;
    /// Whether its connectivity lets training change them, and whether the plan does.
    bool may_train = true;
    bool trainable = false;
    /// What they keep to.
    WeightConstraint constraint;
    /// Set when its synapses go and others come. `rows` and `table` of the plan that a program or a
    /// network holds are then those of the present.
    std::optional<RewiringPlan> rewiring;
    /// Whether its source learns from what its spikes do to its target.
    bool feeds_back = true;
    /// Steps from a spike to the adjoint of the target by which its part of the gradient is given,
    /// besides the delay.
    std::size_t gradient_lag = 1;
    /// Set when the connection is evaluated as part of a folded readout.
    std::optional<FoldPlan> fold;
    /// Which fold of its source's kernel it reads.
    std::size_t fold_index = 0;

    /// Number of weights that are kept.
    std::size_t num_weights() const { return weight_shape.size(); }
    bool has_uniform_delay() const { return !delays && !exact_delays && !learned_delay; }
};

/// Weights that carry the learning signal of an output straight to a population that learns by
/// e-prop; no spike takes that way forward.
struct FeedbackPlan {
    std::size_t source = 0;  ///< the population that learns
    std::size_t output = 0;
    std::vector<double> weights;  ///< [output neurons][source neurons]
    /// Whether they are the difference from the weights of a connection, which fades away.
    bool fades = false;
};

/// What is kept for how long.
enum class BufferScope { kNetwork, kBatch, kExample, kWorker };

struct Buffer {
    std::string name;
    std::string type;
    std::string shape;
    BufferScope scope;
};

enum class PassKind {
    kEmitInput,     ///< the input population's spikes of an example
    kDrive,         ///< an input's values become the current of its neurons
    kPropagate,     ///< spikes of the source add their weights to the target's input
    kAdvance,       ///< the neuron update: spikes, tape
    kWeighSpikes,   ///< what a folded connection adds to the readout, from sums over spikes
    kFoldReadout,   ///< the readout from what folded connections add to it
    kReadOut,       ///< the readout's value
    kLoss,          ///< loss and its derivative by the readout
    kFoldFeedback,  ///< folded connections: derivative by the time of the source's spikes
    kFeedback,      ///< derivative by the time of the source's spikes
    kBroadcast,     ///< learning signals through feedback weights
    kRetreat,       ///< the adjoint of the neuron update, in reverse
    kFoldGradient,  ///< gradient of a folded connection's weights
    kGradient,      ///< gradient of a connection's weights, from its spikes and the adjoint
    kOptimise,      ///< weight update; the last of the kinds
};
inline constexpr std::size_t kNumPassKinds = static_cast<std::size_t>(PassKind::kOptimise) + 1;

/// "emit input", "propagate", ...
const char* pass_name(PassKind kind);
/// Whether passes of this kind concern a connection rather than a population.
bool concerns_connection(PassKind kind);

/// One step of the work; `index` is a population or a connection, as the kind says.
struct Pass {
    PassKind kind;
    std::size_t index;
};

/// Passes over one strongly connected component of the network. A component without recurrence is
/// run over a block of steps at once; a recurrent one step by step, inputs from outside in blocks.
struct Stage {
    std::vector<std::size_t> populations;
    bool recurrent = false;
    std::vector<Pass> blocks;
    std::vector<Pass> steps;
};

/// What an example takes over from the one that was at its place in the batch before it; the rest
/// begins from its initial value.
struct PlanCarry {
    bool states = false;    ///< of neurons
    bool synapses = false;  ///< synaptic currents, and spikes that are on their way
    bool readouts = false;  ///< what readouts have summed up

    bool any() const { return states || synapses || readouts; }
};

/// Everything a backend needs to know: plain data.
struct Plan {
    PlanMode mode = PlanMode::kInference;
    bool trains() const { return mode != PlanMode::kInference; }
    /// Whether a surrogate stands for the derivative of a spike.
    bool has_surrogates() const { return mode == PlanMode::kSurrogate || mode == PlanMode::kEProp; }
    /// Whether training changes the delays of any connection.
    bool learns_delays() const;
    double dt = 1.0;
    std::size_t num_steps = 0;
    std::size_t batch_size = 1;
    std::uint64_t seed = 0;
    PlanCarry carry = {};
    /// Whether a batch begins at the time at which the one before it ended, rather than at 0.
    bool clock_goes_on = false;
    /// Whether spikes fall at the times at which the threshold is crossed, rather than at the ends
    /// of steps. A spike then reaches its targets after the delay alone.
    bool exact_times = false;
    /// With surrogate gradients: in how many steps states are kept for the backward pass, which
    /// computes those of earlier ones again from what is kept of every so many steps; 0 keeps all.
    std::size_t checkpoint_interval = 0;
    /// Whether the gradients of delays are computed besides those of weights.
    bool wants_delay_gradients = false;
    std::vector<PopulationPlan> populations;
    std::vector<ConnectionPlan> connections;
    std::vector<FeedbackPlan> feedbacks;
    /// By how much feedback weights that fade do so in an update.
    double feedback_decay = 0.0;
    /// Whether populations without a readout learn with the lags of mlGeNN: from learning signals
    /// of one step earlier, without the last step.
    bool lags_behind = false;
    std::vector<Buffer> buffers;
    /// Per example, in order.
    std::vector<Stage> forward;
    /// Per example, in order; empty for inference.
    std::vector<Stage> backward;
    /// Per batch, in order; empty for inference.
    std::vector<Pass> update;

    /// Populations with a readout.
    std::vector<std::size_t> outputs() const;
    /// Steps before an example whose spikes may arrive in it.
    std::size_t history_steps() const;
    /// The index of the population of that name.
    /// @throws ModelError with the nearest name when there is none.
    std::size_t population_index(const std::string& name) const;
    /// The plan as text: buffers and passes in order.
    std::string explain() const;
};

}  // namespace saltus
