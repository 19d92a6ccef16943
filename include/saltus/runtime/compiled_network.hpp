#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <saltus/backend/backend_options.hpp>
#include <saltus/backend/profile.hpp>
#include <saltus/common/array.hpp>
#include <saltus/data/spike_list.hpp>
#include <saltus/network/loss.hpp>
#include <saltus/optimisers/update_step.hpp>
#include <saltus/plan/deep_r.hpp>
#include <saltus/plan/plan.hpp>
#include <saltus/runtime/callback.hpp>
#include <saltus/runtime/gradient_check.hpp>
#include <saltus/runtime/inputs.hpp>
#include <saltus/runtime/stream.hpp>
#include <saltus/runtime/training.hpp>

namespace saltus {

/// What one example did in a network, step by step.
struct Trace {
    /// Spikes of every population, by its name.
    std::map<std::string, SpikeList> spikes;
    /// States after every step (after the reset), [steps, neurons], by "population.state".
    std::map<std::string, Array> states;
    /// Readouts, [neurons], by population.
    std::map<std::string, Array> readouts;
};

/// The synapses of a connection one by one.
struct SynapseList {
    std::vector<std::uint32_t> pre;   ///< source neuron of each
    std::vector<std::uint32_t> post;  ///< target neuron
    std::vector<double> weight;       ///< what a spike adds at the target
    /// Timesteps on top of the one that every spike takes, rounded where delays need not be whole.
    std::vector<std::uint32_t> delay;
};

/// A network that is ready to run. The description that it was compiled from is not needed any
/// more.
class CompiledNetwork {
  public:
    CompiledNetwork(Plan plan, BackendOptions backend);
    CompiledNetwork(CompiledNetwork&&) noexcept;
    CompiledNetwork& operator=(CompiledNetwork&&) noexcept;
    virtual ~CompiledNetwork();

    /// Runs every example and compares the readouts with the labels.
    /// @param metrics names: "accuracy", "mean_square_error".
    /// @param visit sees the readouts of every batch before the callbacks do; may be empty.
    /// @throws ModelError when inputs or labels do not fit the network or each other.
    Metrics evaluate(const Inputs& x, const Labels& y,
                     const std::vector<std::string>& metrics = {"accuracy"},
                     const std::vector<std::shared_ptr<Callback>>& callbacks = {},
                     const ReadoutVisitor& visit = {});

    /// The same of a dataset that comes in parts. Examples count on from part to part; each part is
    /// cut into batches of its own.
    Metrics evaluate(const DatasetSource& next,
                     const std::vector<std::string>& metrics = {"accuracy"},
                     const std::vector<std::shared_ptr<Callback>>& callbacks = {},
                     const ReadoutVisitor& visit = {});

    /// Runs every example. @return the readouts [examples, neurons] of each output population.
    std::map<std::string, Array> predict(
        const Inputs& x, const std::vector<std::shared_ptr<Callback>>& callbacks = {});

    /// Runs one example step by step and returns all that happened.
    Trace trace(const Inputs& x, std::size_t example);

    /// The network as it is now, to be run one timestep at a time.
    /// @param num_examples how many run side by side, each with its own state.
    Stream stream(std::size_t num_examples = 1) const;

    /// Lets the next examples begin from their initial states at time 0, in a network that was
    /// compiled to carry anything from batch to batch.
    void reset();

    /// The weights that a connection keeps: [source neurons, target neurons] of a dense one, the
    /// kernel of a convolution, one a synapse of a sparse one in the order of synapses().
    /// @throws ModelError for a connection that is computed whenever it is used (PROCEDURAL).
    Array weights(const std::string& connection) const;
    /// @throws ModelError when the shape is another or a value is not finite.
    void set_weights(const std::string& connection, const Array& weights);
    /// The delays of a connection in timesteps, on top of the one that every spike takes: one
    /// number when all synapses have the same, otherwise one for each weight, in the shape of
    /// weights(). Learned ones are those of now, which need not be whole.
    /// @throws ModelError for different delays of a connection that keeps no weights (PROCEDURAL).
    Array delays(const std::string& connection) const;
    /// The synapses of a connection, by source neuron, then by target.
    SynapseList synapses(const std::string& connection) const;
    /// Puts others in the place of a connection's synapses: as many, by source neuron, then by
    /// target, each pair once. Weights keep their order. What training has rewired gets into other
    /// networks of the same description in this way, before set_weights().
    /// @throws ModelError when it is not laid out as SPARSE with weights of its own and one delay
    /// for all synapses, or the pairs are not as above.
    void set_synapses(const std::string& connection, const SynapsePairs& synapses);
    /// Names of the connections whose synapses training rewires (Deep-R), or set_synapses() has
    /// replaced: to save their weights is to save synapses(), too.
    std::vector<std::string> rewired_connections() const;
    /// Names of the connections, in order of creation.
    std::vector<std::string> connections() const;
    /// Names of those that keep weights in memory.
    std::vector<std::string> connections_with_weights() const;

    /// Names of the parameters that are marked as trainable: "population.parameter", or
    /// "connection.parameter" of a synapse; learned delays are "connection.delay".
    std::vector<std::string> parameters() const;
    /// The value of such a parameter, in its unit: without axes, or [neurons] where each has its
    /// own; delays in timesteps, in the shape of the weights. @throws ModelError with the nearest
    /// name when there is none.
    Array parameter(const std::string& name) const;
    /// @throws ModelError when the shape is another, a value is not finite or out of the
    /// parameter's bounds, or the neuron's equations are not finite with it.
    void set_parameter(const std::string& name, const Array& values);

    const Plan& plan() const;
    const BackendOptions& backend() const;
    /// Number of threads that run it.
    int threads() const;
    /// Where the time of runs went, of a network that was compiled with
    /// BackendOptions::kernel_profiling.
    /// @throws ModelError for one that was not.
    Profile profile() const;
    /// Begins the profile anew.
    void reset_profile();
    /// The plan as text, and where the neuron kernels came from.
    std::string explain() const;

  protected:
    friend Stream;
    struct Implementation;
    /// @param losses by output population.
    CompiledNetwork(Plan plan, BackendOptions backend,
                    const std::map<std::string, std::shared_ptr<const Loss>>& losses);
    std::unique_ptr<Implementation> implementation_;
};

/// A network that is ready to be trained.
class CompiledTrainingNetwork : public CompiledNetwork {
  public:
    CompiledTrainingNetwork(Plan plan, BackendOptions backend,
                            std::map<std::string, std::shared_ptr<const Loss>> losses,
                            Optimiser optimiser, GradientClip clip = {},
                            const ParameterOptimisers& parameters = {});

    /// Trains for some epochs. The last, smaller batch counts with what it holds.
    /// @return one result an epoch whose batches were all trained with.
    /// @throws ModelError when inputs or labels do not fit the network or each other.
    std::vector<EpochResult> train(const Inputs& x, const Labels& y,
                                   const TrainOptions& options = {});

    /// The gradient of the mean loss of these examples, taken as one batch, by the weights of every
    /// connection, in the shape of weights(), and by trained parameters, under their names. Weights
    /// stay as they are.
    std::map<std::string, Array> gradients(const Inputs& x, const Labels& y);

    /// The gradient of the mean loss by the delays of every connection, per timestep: one number
    /// when all synapses have the same delay, otherwise one for each weight, in their shape; none
    /// for different delays that no memory holds (PROCEDURAL). Spikes on the grid count as moved in
    /// time to first order.
    std::map<std::string, Array> delay_gradients(const Inputs& x, const Labels& y);

    /// Compares gradients with finite differences of the loss that is reported: those of the
    /// weights of each trained connection, and of each trained parameter and learned delay, whose
    /// gradients are the greatest. Regularisation is left out, which is no part of that loss.
    /// @param per_connection how many of each, at most.
    /// @param step by how much weights are changed, relative to the greatest of the connection.
    /// @return those with the greatest errors first.
    /// @throws ModelError as require_checkable() does.
    std::vector<CheckedGradient> check_gradients(const Inputs& x, const Labels& y,
                                                 std::size_t per_connection = 8,
                                                 double step = 1e-4) const;
    /// @throws ModelError for a network whose loss jumps or whose gradients are no derivatives:
    /// only EventProp with exact spike times has neither.
    void require_checkable() const;

    /// The mean loss of these examples.
    double loss(const Inputs& x, const Labels& y);

    /// The optimiser's settings, which may change between batches.
    const Optimiser& optimiser() const;
    /// @throws ModelError naming the setting that is out of its range, or when it is another kind
    /// of optimiser: what one keeps of each weight means nothing to another.
    void set_optimiser(const Optimiser& optimiser);

    /// What is needed to go on with training later: as copies, which outlive the network.
    TrainingState training_state() const;
    /// Continues from a state; the next epoch is state.next_epoch, to be given as start_epoch.
    /// @throws ModelError when the state is not of this network, naming what it lacks or has too
    /// much, or which array has another shape; the network then stays as it was.
    void restore(const TrainingState& state);
};

}  // namespace saltus
