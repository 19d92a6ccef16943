#include <nanobind/stl/map.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/unique_ptr.h>
#include <nanobind/stl/vector.h>
#include <saltus/runtime/compiled_network.hpp>

#include "bindings.hpp"
#include "conversions.hpp"
#include "optimisers.hpp"
#include "python_callback.hpp"

namespace saltus::python {
namespace {

using Callbacks = std::vector<std::shared_ptr<Callback>>;

/// Those callbacks of a run that are the engine's own, such as recorders.
Callbacks engine_callbacks(const nb::object& run) {
    return nb::cast<Callbacks>(run.attr("engine_callbacks"));
}

/// Runs the engine with a Python object that is told about its progress, or none.
template <typename Work>
auto with_callback(const nb::object& run, Work work) {
    if (run.is_none()) return without_lock([&] { return work(Callbacks()); });
    const auto callback = std::make_shared<PythonCallback>(run);
    Callbacks callbacks = engine_callbacks(run);
    callbacks.push_back(callback);
    auto result = without_lock([&] { return work(callbacks); });
    callback->rethrow();
    return result;
}

nb::dict to_dict(const Metrics& metrics) {
    nb::dict figures;
    for (const auto& [name, value] : metrics)
        figures[name.c_str()] = value;
    return figures;
}

/// A function of the user that sees readouts by population; none when it is None.
ReadoutVisitor to_visitor(const nb::object& visit) {
    if (visit.is_none()) return {};
    return [function = PythonObject(visit)](const std::map<std::string, Array>& readouts) {
        const nb::gil_scoped_acquire lock;
        function.get()(to_numpy(readouts));
    };
}

nb::dict evaluate(CompiledNetwork& network, const nb::dict& x, const nb::dict& y,
                  const std::vector<std::string>& metrics, const nb::object& run,
                  const nb::object& visit) {
    const Inputs inputs = to_inputs(x);
    const Labels labels = to_labels(y);
    const ReadoutVisitor visitor = to_visitor(visit);
    return to_dict(with_callback(run, [&](const Callbacks& callbacks) {
        return network.evaluate(inputs, labels, metrics, callbacks, visitor);
    }));
}

nb::dict evaluate_parts(CompiledNetwork& network, const nb::object& next,
                        const std::vector<std::string>& metrics, const nb::object& run,
                        const nb::object& visit) {
    const DatasetSource source = [&next]() -> std::optional<Dataset> {
        const nb::gil_scoped_acquire lock;
        const nb::object part = next();
        if (part.is_none()) return {};
        return Dataset{to_inputs(part[0]), to_labels(part[1])};
    };
    const ReadoutVisitor visitor = to_visitor(visit);
    return to_dict(with_callback(run, [&](const Callbacks& callbacks) {
        return network.evaluate(source, metrics, callbacks, visitor);
    }));
}

nb::dict predict(CompiledNetwork& network, const nb::dict& x, const nb::object& run) {
    const Inputs inputs = to_inputs(x);
    return to_numpy(with_callback(
        run, [&](const Callbacks& callbacks) { return network.predict(inputs, callbacks); }));
}

/// One example: spikes as (step, neuron) by population, states and readouts by name.
nb::tuple trace(CompiledNetwork& network, const nb::dict& x, std::size_t example) {
    const Inputs inputs = to_inputs(x);
    Trace trace = without_lock([&] { return network.trace(inputs, example); });
    nb::dict spikes;
    for (auto& [name, list] : trace.spikes) {
        std::vector<std::uint32_t> steps;
        for (std::size_t step = 0; step + 1 < list.step_begin.size(); ++step)
            steps.resize(list.step_begin[step + 1], static_cast<std::uint32_t>(step));
        spikes[name.c_str()] =
            nb::make_tuple(to_numpy(std::move(steps)), to_numpy(std::move(list.neurons)));
    }
    return nb::make_tuple(spikes, to_numpy(std::move(trace.states)),
                          to_numpy(std::move(trace.readouts)));
}

nb::tuple synapses(const CompiledNetwork& network, const std::string& connection) {
    SynapseList list = without_lock([&] { return network.synapses(connection); });
    return nb::make_tuple(to_numpy(std::move(list.pre)), to_numpy(std::move(list.post)),
                          to_numpy(std::move(list.weight)), to_numpy(std::move(list.delay)));
}

/// The figures of a profile, (pass, of, seconds, calls, events, unit) of each pass, and its table.
nb::tuple profile(const CompiledNetwork& network) {
    const Profile profile = network.profile();
    nb::list passes;
    for (const PassProfile& pass : profile.passes) {
        passes.append(nb::make_tuple(pass.pass, pass.subject, pass.seconds, pass.calls, pass.events,
                                     pass.unit));
    }
    return nb::make_tuple(passes, profile.seconds, profile.other_seconds(), profile.threads,
                          profile.to_string());
}

/// The figures of summary(): (name, model, size) of populations; (name, source, target,
/// connectivity, matrix type, weights kept, trainable) of connections.
nb::tuple described(const CompiledNetwork& network) {
    nb::list populations;
    nb::list connections;
    const Plan& plan = network.plan();
    for (const PopulationPlan& population : plan.populations)
        populations.append(nb::make_tuple(population.name, population.model, population.size));
    for (const ConnectionPlan& connection : plan.connections) {
        connections.append(nb::make_tuple(
            connection.name, plan.populations[connection.source].name,
            plan.populations[connection.target].name, connection.connectivity,
            to_string(connection.matrix_type), connection.num_weights(), connection.trainable));
    }
    return nb::make_tuple(populations, connections);
}

/// The user's function is called on the thread that called train().
Schedule to_schedule(const nb::object& given) {
    if (given.is_none()) return {};
    if (nb::isinstance<Schedule>(given)) return nb::cast<Schedule>(given);
    return [function = PythonObject(given)](double fraction) {
        const nb::gil_scoped_acquire lock;
        return nb::cast<double>(function.get()(fraction));
    };
}

/// Likewise.
std::function<Dataset(std::size_t)> to_augmentation(const nb::object& given) {
    if (given.is_none()) return {};
    return [function = PythonObject(given)](std::size_t epoch) {
        const nb::gil_scoped_acquire lock;
        const nb::object made = function.get()(epoch);
        return Dataset{to_inputs(made[0]), to_labels(made[1])};
    };
}

nb::list train(CompiledTrainingNetwork& network, const nb::dict& x, const nb::dict& y,
               std::size_t num_epochs, std::size_t start_epoch, bool shuffle,
               const std::vector<std::string>& metrics, double input_dropout,
               const nb::object& schedule, const nb::object& augment, double validation_split,
               const nb::dict& validation_x, const nb::dict& validation_y,
               const nb::object& validation_run, const nb::object& run) {
    const Inputs inputs = to_inputs(x);
    const Labels labels = to_labels(y);
    TrainOptions options;
    options.num_epochs = num_epochs;
    options.start_epoch = start_epoch;
    options.shuffle = shuffle;
    options.metrics = metrics;
    options.input_dropout = input_dropout;
    options.schedule = to_schedule(schedule);
    options.augment = to_augmentation(augment);
    options.validation_split = validation_split;
    options.validation = {to_inputs(validation_x), to_labels(validation_y)};
    std::shared_ptr<PythonCallback> validation_callback;
    if (!validation_run.is_none()) {
        validation_callback = std::make_shared<PythonCallback>(validation_run);
        options.validation_callbacks = engine_callbacks(validation_run);
        options.validation_callbacks.push_back(validation_callback);
    }
    const std::vector<EpochResult> results = with_callback(run, [&](const Callbacks& callbacks) {
        options.callbacks = callbacks;
        return network.train(inputs, labels, options);
    });
    if (validation_callback) validation_callback->rethrow();
    nb::list epochs;
    for (const EpochResult& result : results)
        epochs.append(nb::make_tuple(result.epoch, to_dict(result.metrics), result.seconds));
    return epochs;
}

/// Figures of epochs by the number of the epoch.
nb::dict to_python(const EpochHistory& history) {
    nb::dict epochs;
    for (const auto& [epoch, figures] : history)
        epochs[nb::int_(epoch)] = to_dict(figures);
    return epochs;
}

void restore(CompiledTrainingNetwork& network, std::size_t next_epoch, std::uint64_t num_updates,
             const PythonOptimiser& optimiser, const nb::dict& weights,
             const nb::dict& mean_gradients, const nb::dict& mean_squares,
             const EpochHistory& history, const nb::dict& synapses) {
    const TrainingState state{.next_epoch = next_epoch,
                              .num_updates = num_updates,
                              .optimiser = optimiser.value,
                              .weights = to_arrays(weights),
                              .mean_gradients = to_arrays(mean_gradients),
                              .mean_squares = to_arrays(mean_squares),
                              .synapses = to_synapses(synapses),
                              .history = history};
    without_lock([&] { network.restore(state); });
}

}  // namespace

nb::dict to_python(TrainingState state) {
    nb::dict parts;
    parts["next_epoch"] = state.next_epoch;
    parts["num_updates"] = state.num_updates;
    parts["optimiser"] =
        nb::make_tuple(optimiser_name(state.optimiser), to_dict(settings_of(state.optimiser)));
    parts["weights"] = to_numpy(std::move(state.weights));
    parts["mean_gradients"] = to_numpy(std::move(state.mean_gradients));
    parts["mean_squares"] = to_numpy(std::move(state.mean_squares));
    parts["history"] = to_python(state.history);
    parts["synapses"] = synapses_to_python(std::move(state.synapses));
    return parts;
}

void bind_compiled_network(nb::module_& module) {
    nb::class_<CompiledNetwork>(module, "CompiledNetwork")
        .def("evaluate", &evaluate, nb::arg("x"), nb::arg("y"), nb::arg("metrics"),
             nb::arg("run").none(), nb::arg("visit").none())
        .def("evaluate_parts", &evaluate_parts, nb::arg("next"), nb::arg("metrics"),
             nb::arg("run").none(), nb::arg("visit").none())
        .def("predict", &predict, nb::arg("x"), nb::arg("run").none())
        .def("trace", &trace)
        .def("stream",
             [](const CompiledNetwork& network, std::size_t num_examples) {
                 return without_lock(
                     [&] { return std::make_unique<Stream>(network.stream(num_examples)); });
             })
        .def("reset", &CompiledNetwork::reset)
        .def("weights",
             [](const CompiledNetwork& network, const std::string& connection) {
                 return to_numpy(without_lock([&] { return network.weights(connection); }));
             })
        .def("set_weights",
             [](CompiledNetwork& network, const std::string& connection, nb::handle weights) {
                 const Array values = to_array(weights);
                 without_lock([&] { network.set_weights(connection, values); });
             })
        .def("parameters", &CompiledNetwork::parameters)
        .def("parameter",
             [](const CompiledNetwork& network, const std::string& name) {
                 return to_numpy(without_lock([&] { return network.parameter(name); }));
             })
        .def("set_parameter",
             [](CompiledNetwork& network, const std::string& name, nb::handle value) {
                 const Array values = to_array(value);
                 without_lock([&] { network.set_parameter(name, values); });
             })
        .def("delays",
             [](const CompiledNetwork& network, const std::string& connection) {
                 return to_numpy(without_lock([&] { return network.delays(connection); }));
             })
        .def("synapses", &synapses)
        .def("set_synapses",
             [](CompiledNetwork& network, const std::string& connection, nb::handle pre,
                nb::handle post) {
                 const SynapsePairs pairs{to_vector<std::uint32_t>(pre),
                                          to_vector<std::uint32_t>(post)};
                 without_lock([&] { network.set_synapses(connection, pairs); });
             })
        .def("rewired_connections", &CompiledNetwork::rewired_connections)
        .def("connections", &CompiledNetwork::connections)
        .def("connections_with_weights", &CompiledNetwork::connections_with_weights)
        .def("states",
             [](const CompiledNetwork& network, const std::string& population) {
                 const Plan& plan = network.plan();
                 return plan.populations[plan.population_index(population)].kernel.states;
             })
        .def("described", &described)
        .def("num_steps", [](const CompiledNetwork& network) { return network.plan().num_steps; })
        .def("batch_size", [](const CompiledNetwork& network) { return network.plan().batch_size; })
        .def("profile", &profile)
        .def("reset_profile", &CompiledNetwork::reset_profile)
        .def("threads", &CompiledNetwork::threads)
        .def("explain", &CompiledNetwork::explain, nb::call_guard<nb::gil_scoped_release>());
    using Training = CompiledTrainingNetwork;
    nb::class_<Training, CompiledNetwork>(module, "CompiledTrainingNetwork")
        .def("train", &train, nb::arg("x"), nb::arg("y"), nb::arg("num_epochs"),
             nb::arg("start_epoch"), nb::arg("shuffle"), nb::arg("metrics"),
             nb::arg("input_dropout"), nb::arg("schedule").none(), nb::arg("augment").none(),
             nb::arg("validation_split"), nb::arg("validation_x"), nb::arg("validation_y"),
             nb::arg("validation_run").none(), nb::arg("run").none())
        .def("gradients",
             [](Training& network, const nb::dict& x, const nb::dict& y) {
                 const Inputs inputs = to_inputs(x);
                 const Labels labels = to_labels(y);
                 return to_numpy(without_lock([&] { return network.gradients(inputs, labels); }));
             })
        .def(
            "check_gradients",
            [](CompiledTrainingNetwork& network, const nb::dict& x, const nb::dict& y,
               std::size_t per_connection, double step) {
                const Inputs inputs = to_inputs(x);
                const Labels labels = to_labels(y);
                const auto checked = without_lock(
                    [&] { return network.check_gradients(inputs, labels, per_connection, step); });
                nb::list rows;
                for (const CheckedGradient& row : checked)
                    rows.append(nb::make_tuple(row.connection, row.weight, row.value, row.gradient,
                                               row.difference, row.error));
                return rows;
            },
            nb::arg("x"), nb::arg("y"), nb::arg("per_connection"), nb::arg("step"))
        .def("delay_gradients",
             [](Training& network, const nb::dict& x, const nb::dict& y) {
                 const Inputs inputs = to_inputs(x);
                 const Labels labels = to_labels(y);
                 return to_numpy(
                     without_lock([&] { return network.delay_gradients(inputs, labels); }));
             })
        .def("training_state",
             [](const CompiledTrainingNetwork& network) {
                 return to_python(without_lock([&] { return network.training_state(); }));
             })
        .def("restore", &restore, nb::arg("next_epoch"), nb::arg("num_updates"),
             nb::arg("optimiser"), nb::arg("weights"), nb::arg("mean_gradients"),
             nb::arg("mean_squares"), nb::arg("history"), nb::arg("synapses"))
        .def("loss", [](Training& network, const nb::dict& x, const nb::dict& y) {
            const Inputs inputs = to_inputs(x);
            const Labels labels = to_labels(y);
            return without_lock([&] { return network.loss(inputs, labels); });
        });
}

}  // namespace saltus::python
