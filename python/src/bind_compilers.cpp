#include <nanobind/stl/map.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/unique_ptr.h>
#include <nanobind/stl/vector.h>
#include <saltus/compilers/e_prop_compiler.hpp>
#include <saltus/compilers/event_prop_compiler.hpp>
#include <saltus/compilers/inference_compiler.hpp>
#include <saltus/compilers/surrogate_compiler.hpp>

#include "bindings.hpp"
#include "conversions.hpp"
#include "optimisers.hpp"

namespace saltus::python {
namespace {

std::unique_ptr<CompiledNetwork> compile_inference(
    const Network& network, std::size_t timesteps, double dt, std::size_t batch_size,
    std::uint64_t seed, bool fold_readouts, bool prefer_in_memory_connect, const nb::dict& resets,
    const std::string& spike_times, const std::vector<std::string>& matrix_types,
    const BackendOptions& backend) {
    InferenceOptions options;
    options.evaluate_timesteps = timesteps;
    options.dt = dt;
    options.batch_size = batch_size;
    options.rng_seed = seed;
    options.fold_readouts = fold_readouts;
    options.prefer_in_memory_connect = prefer_in_memory_connect;
    options.reset_time_between_batches = nb::cast<bool>(resets["time"]);
    options.reset_vars_between_batches = nb::cast<bool>(resets["vars"]);
    options.reset_in_syn_between_batches = nb::cast<bool>(resets["in_syn"]);
    options.exact_spike_times = are_exact(spike_times);
    options.matrix_types = to_matrix_types(matrix_types);
    options.backend = backend;
    return without_lock([&] {
        return std::make_unique<CompiledNetwork>(InferenceCompiler(options).compile(network));
    });
}

/// What all compilers that train take.
template <typename Options>
Options training_options(std::size_t timesteps,
                         const std::map<std::string, std::shared_ptr<Loss>>& losses,
                         bool per_timestep_loss, const PythonOptimiser& optimiser,
                         std::optional<double> clip_norm, std::optional<double> clip_value,
                         const ParameterOptimisers& parameter_optimisers,
                         const WeightConstraints& weight_constraints, const DeepR& deep_r,
                         double dt, std::size_t batch_size, std::uint64_t seed, bool fold_readouts,
                         const std::vector<std::string>& matrix_types,
                         const BackendOptions& backend) {
    Options options;
    options.example_timesteps = timesteps;
    options.per_timestep_loss = per_timestep_loss;
    for (const auto& [name, loss] : losses)
        options.losses[name] = loss;
    options.optimiser = optimiser.value;
    options.clip_norm = clip_norm;
    options.clip_value = clip_value;
    options.parameter_optimisers = parameter_optimisers;
    options.weight_constraints = weight_constraints;
    options.deep_r = deep_r;
    options.dt = dt;
    options.batch_size = batch_size;
    options.rng_seed = seed;
    options.fold_readouts = fold_readouts;
    options.matrix_types = to_matrix_types(matrix_types);
    options.backend = backend;
    return options;
}

template <typename Compiler, typename Options>
std::unique_ptr<CompiledTrainingNetwork> compile_to_train(const Network& network,
                                                          const Options& options) {
    return without_lock([&] {
        return std::make_unique<CompiledTrainingNetwork>(Compiler(options).compile(network));
    });
}

std::unique_ptr<CompiledTrainingNetwork> compile_event_prop(
    const Network& network, std::size_t timesteps,
    const std::map<std::string, std::shared_ptr<Loss>>& losses, bool per_timestep_loss,
    const PythonOptimiser& optimiser, std::optional<double> clip_norm,
    std::optional<double> clip_value, const ParameterOptimisers& parameter_optimisers,
    const WeightConstraints& weight_constraints, const DeepR& deep_r, double dt,
    std::size_t batch_size, std::uint64_t seed, double min_slope, const std::string& spike_times,
    double ttfs_alpha, const Regularisation& regularisation,
    const std::map<std::string, Regularisation>& regularisations,
    const std::vector<std::string>& delay_learn_conns,
    const std::optional<PythonOptimiser>& delay_optimiser, bool fold_readouts,
    const std::vector<std::string>& matrix_types, const BackendOptions& backend) {
    auto options = training_options<EventPropOptions>(
        timesteps, losses, per_timestep_loss, optimiser, clip_norm, clip_value,
        parameter_optimisers, weight_constraints, deep_r, dt, batch_size, seed, fold_readouts,
        matrix_types, backend);
    options.min_slope = min_slope;
    options.exact_spike_times = are_exact(spike_times);
    options.ttfs_alpha = ttfs_alpha;
    options.regularisation = regularisation;
    options.regularisations = regularisations;
    options.delay_learn_conns = delay_learn_conns;
    if (delay_optimiser) options.delay_optimiser = delay_optimiser->value;
    return compile_to_train<EventPropCompiler>(network, options);
}

std::unique_ptr<CompiledTrainingNetwork> compile_surrogate(
    const Network& network, std::size_t timesteps,
    const std::map<std::string, std::shared_ptr<Loss>>& losses, bool per_timestep_loss,
    const PythonOptimiser& optimiser, std::optional<double> clip_norm,
    std::optional<double> clip_value, const ParameterOptimisers& parameter_optimisers,
    const WeightConstraints& weight_constraints, const DeepR& deep_r, double dt,
    std::size_t batch_size, std::uint64_t seed, const Surrogate& surrogate, bool detach_reset,
    std::size_t checkpoint_interval, bool fold_readouts,
    const std::vector<std::string>& matrix_types, const BackendOptions& backend) {
    auto options = training_options<SurrogateOptions>(
        timesteps, losses, per_timestep_loss, optimiser, clip_norm, clip_value,
        parameter_optimisers, weight_constraints, deep_r, dt, batch_size, seed, fold_readouts,
        matrix_types, backend);
    options.surrogate = surrogate;
    options.detach_reset = detach_reset;
    options.checkpoint_interval = checkpoint_interval;
    return compile_to_train<SurrogateCompiler>(network, options);
}

std::unique_ptr<CompiledTrainingNetwork> compile_e_prop(
    const Network& network, std::size_t timesteps,
    const std::map<std::string, std::shared_ptr<Loss>>& losses, const PythonOptimiser& optimiser,
    std::optional<double> clip_norm, std::optional<double> clip_value,
    const ParameterOptimisers& parameter_optimisers, const WeightConstraints& weight_constraints,
    const DeepR& deep_r, double dt, std::size_t batch_size, std::uint64_t seed,
    const EPropOptions& given, bool fold_readouts, const std::vector<std::string>& matrix_types,
    const BackendOptions& backend) {
    auto options = training_options<EPropOptions>(
        timesteps, losses, given.per_timestep_loss, optimiser, clip_norm, clip_value,
        parameter_optimisers, weight_constraints, deep_r, dt, batch_size, seed, fold_readouts,
        matrix_types, backend);
    options.tau_reg = given.tau_reg;
    options.c_reg = given.c_reg;
    options.f_target = given.f_target;
    options.feedback = given.feedback;
    options.feedback_scale = given.feedback_scale;
    options.feedback_decay = given.feedback_decay;
    options.surrogate = given.surrogate;
    options.mlgenn_lags = given.mlgenn_lags;
    options.train_output_bias = given.train_output_bias;
    return compile_to_train<EPropCompiler>(network, options);
}

/// What e-prop takes besides what all compilers do; checked.
void bind_e_prop_settings(nb::module_& module) {
    nb::class_<EPropOptions>(module, "EPropSettings")
        .def(
            "__init__",
            [](EPropOptions* self, double tau_reg, double c_reg, double f_target,
               const std::string& feedback, double feedback_scale, double feedback_decay,
               const std::optional<Surrogate>& surrogate, bool mlgenn_lags, bool per_timestep_loss,
               bool train_output_bias) {
                EPropOptions options;
                options.tau_reg = tau_reg;
                options.c_reg = c_reg;
                options.f_target = f_target;
                options.feedback = feedback_by_name(feedback);
                options.feedback_scale = feedback_scale;
                options.feedback_decay = feedback_decay;
                options.surrogate = surrogate;
                options.mlgenn_lags = mlgenn_lags;
                options.per_timestep_loss = per_timestep_loss;
                options.train_output_bias = train_output_bias;
                EPropCompiler{options};
                new (self) EPropOptions(options);
            },
            nb::arg("tau_reg"), nb::arg("c_reg"), nb::arg("f_target"), nb::arg("feedback"),
            nb::arg("feedback_scale"), nb::arg("feedback_decay"), nb::arg("surrogate").none(),
            nb::arg("mlgenn_lags"), nb::arg("per_timestep_loss"), nb::arg("train_output_bias"));
}

/// One for all (or none) and some by name.
void bind_parameter_optimisers(nb::module_& module) {
    nb::class_<ParameterOptimisers>(module, "ParameterOptimisers")
        .def(
            "__init__",
            [](ParameterOptimisers* self, std::optional<PythonOptimiser> all,
               const std::map<std::string, PythonOptimiser>& by_name) {
                new (self) ParameterOptimisers;
                if (all) self->all = all->value;
                for (const auto& [name, optimiser] : by_name)
                    self->by_name[name] = optimiser.value;
            },
            nb::arg("all").none(), nb::arg("by_name"));
}

/// Checked; none for no bound.
void bind_weight_constraint(nb::module_& module) {
    nb::class_<WeightConstraint>(module, "WeightConstraint")
        .def(
            "__init__",
            [](WeightConstraint* self, const std::string& where, std::optional<double> lower,
               std::optional<double> upper, bool keeps_sign, std::optional<double> max_norm,
               const std::string& norm_of) {
                WeightConstraint constraint;
                constraint.lower = lower.value_or(constraint.lower);
                constraint.upper = upper.value_or(constraint.upper);
                constraint.keeps_sign = keeps_sign;
                constraint.max_norm = max_norm.value_or(constraint.max_norm);
                constraint.norm_of = norm_of_by_name(norm_of, where);
                constraint.check(where);
                new (self) WeightConstraint(constraint);
            },
            nb::arg("where"), nb::arg("lower").none(), nb::arg("upper").none(),
            nb::arg("keeps_sign"), nb::arg("max_norm").none(), nb::arg("norm_of"));
}

/// Checked.
void bind_deep_r(nb::module_& module) {
    nb::class_<DeepR>(module, "DeepR")
        .def("__init__",
             [](DeepR* self, const std::vector<std::string>& connections, double l1_strength) {
                 const DeepR deep_r{connections, l1_strength};
                 deep_r.check();
                 new (self) DeepR(deep_r);
             });
}

}  // namespace

void bind_compilers(nb::module_& module) {
    bind_deep_r(module);
    bind_parameter_optimisers(module);
    bind_weight_constraint(module);
    nb::class_<BackendOptions>(module, "BackendOptions")
        .def("__init__",
             [](BackendOptions* self, const std::string& name, int threads, bool kernel_profiling) {
                 new (self) BackendOptions;
                 self->name = name;
                 self->threads = threads;
                 self->kernel_profiling = kernel_profiling;
             });
    module.def("backend_names", &backend_names);
    module.def("compile_inference", &compile_inference, nb::arg("network"), nb::arg("timesteps"),
               nb::arg("dt"), nb::arg("batch_size"), nb::arg("seed"), nb::arg("fold_readouts"),
               nb::arg("prefer_in_memory_connect"), nb::arg("resets"), nb::arg("spike_times"),
               nb::arg("matrix_types"), nb::arg("backend"));
    nb::class_<Surrogate>(module, "Surrogate")
        .def(nb::init<std::string>())
        .def("derivative", &Surrogate::derivative);
    module.def("fast_sigmoid", &Surrogate::fast_sigmoid, nb::arg("slope"));
    module.def("super_spike", &Surrogate::super_spike, nb::arg("beta"));
    module.def("sigmoid", &Surrogate::sigmoid, nb::arg("slope"));
    module.def("arctan", &Surrogate::arctan, nb::arg("alpha"));
    module.def("boxcar", &Surrogate::boxcar, nb::arg("width"));
    module.def("triangle", &Surrogate::triangle, nb::arg("height"), nb::arg("width"));
    module.def("multi_gaussian", &Surrogate::multi_gaussian, nb::arg("sigma"), nb::arg("h"),
               nb::arg("s"));
    module.def("compile_surrogate", &compile_surrogate, nb::arg("network"), nb::arg("timesteps"),
               nb::arg("losses"), nb::arg("per_timestep_loss"), nb::arg("optimiser"),
               nb::arg("clip_norm").none(), nb::arg("clip_value").none(),
               nb::arg("parameter_optimisers"), nb::arg("weight_constraints"), nb::arg("deep_r"),
               nb::arg("dt"), nb::arg("batch_size"), nb::arg("seed"), nb::arg("surrogate"),
               nb::arg("detach_reset"), nb::arg("checkpoint_interval"), nb::arg("fold_readouts"),
               nb::arg("matrix_types"), nb::arg("backend"));
    module.def("are_exact", &are_exact, nb::arg("spike_times"));
    nb::class_<Regularisation>(module, "Regularisation")
        .def(
            "__init__",
            [](Regularisation* self, double upper, double lower, double most, double least,
               double silent, double active) {
                new (self) Regularisation{upper, lower, most, least, silent, active};
            },
            nb::arg("upper"), nb::arg("lower"), nb::arg("most"), nb::arg("least"),
            nb::arg("silent"), nb::arg("active"));
    bind_e_prop_settings(module);
    module.def("compile_e_prop", &compile_e_prop, nb::arg("network"), nb::arg("timesteps"),
               nb::arg("losses"), nb::arg("optimiser"), nb::arg("clip_norm").none(),
               nb::arg("clip_value").none(), nb::arg("parameter_optimisers"),
               nb::arg("weight_constraints"), nb::arg("deep_r"), nb::arg("dt"),
               nb::arg("batch_size"), nb::arg("seed"), nb::arg("options"), nb::arg("fold_readouts"),
               nb::arg("matrix_types"), nb::arg("backend"));
    module.def("compile_event_prop", &compile_event_prop, nb::arg("network"), nb::arg("timesteps"),
               nb::arg("losses"), nb::arg("per_timestep_loss"), nb::arg("optimiser"),
               nb::arg("clip_norm").none(), nb::arg("clip_value").none(),
               nb::arg("parameter_optimisers"), nb::arg("weight_constraints"), nb::arg("deep_r"),
               nb::arg("dt"), nb::arg("batch_size"), nb::arg("seed"), nb::arg("min_slope"),
               nb::arg("spike_times"), nb::arg("ttfs_alpha"), nb::arg("regularisation"),
               nb::arg("regularisations"), nb::arg("delay_learn_conns"),
               nb::arg("delay_optimiser").none(), nb::arg("fold_readouts"), nb::arg("matrix_types"),
               nb::arg("backend"));
}

}  // namespace saltus::python
