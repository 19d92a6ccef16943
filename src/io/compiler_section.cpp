#include "io/compiler_section.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include <fmt/format.h>

#include "io/model_parts.hpp"

namespace saltus {
namespace {

// Spike lists number steps and the examples of a batch with 32 bits; beyond these is a mistake.
constexpr std::size_t kMaximumSteps = 10'000'000;
constexpr std::size_t kMaximumBatch = 1'000'000;
constexpr std::size_t kMaximumThreads = 4096;

BackendOptions read_backend(const TomlTable& table) {
    BackendOptions backend;
    table.read("backend", backend.name);
    const std::vector<std::string> names = backend_names();
    if (std::find(names.begin(), names.end(), backend.name) == names.end()) {
        table.fail_unknown("backend", "backend", backend.name, names);
    }
    std::size_t threads = 0;
    table.read_count("threads", threads, 0, kMaximumThreads);
    backend.threads = static_cast<int>(threads);
    return backend;
}

void read_positive(const TomlTable& table, std::string_view key, double& target) {
    table.read(key, target);
    if (std::isfinite(target) && target > 0.0) return;
    table.fail(key, fmt::format("{} of {} is {:g}", key, table.what(), target),
               "write a positive number");
}

InferenceOptions read_shared_options(const TomlTable& table) {
    InferenceOptions options;
    table.require("timesteps");
    table.read_count("timesteps", options.evaluate_timesteps, 1, kMaximumSteps);
    read_positive(table, "dt", options.dt);
    table.read_count("batch_size", options.batch_size, 1, kMaximumBatch);
    std::size_t seed = 0;
    table.read_count("seed", seed, 0, INT64_MAX);
    options.rng_seed = seed;
    table.read("fold_readouts", options.fold_readouts);
    std::vector<std::string> matrix_types;
    table.read("matrix_types", matrix_types);
    for (const std::string& name : matrix_types) {
        table.locate("matrix_types",
                     [&] { options.matrix_types.push_back(matrix_type_by_name(name)); });
    }
    options.backend = read_backend(table);
    return options;
}

/// A bound of gradients.
std::optional<double> read_bound(const TomlTable& table, std::string_view key) {
    if (!table.has(key)) return {};
    double bound = 1.0;
    read_positive(table, key, bound);
    return bound;
}

/// `spike_times = "exact"`.
bool read_spike_times(const TomlTable& table) {
    std::string spike_times = "grid";
    table.read("spike_times", spike_times);
    return table.has("spike_times") &&
           table.locate("spike_times", [&] { return are_exact(spike_times); });
}

/// What draws all populations that spike and are no outputs.
Regularisation read_regularisation(const TomlTable& table) {
    Regularisation regularisation;
    const std::pair<const char*, double*> numbers[] = {
        {"upper", &regularisation.upper},   {"lower", &regularisation.lower},
        {"most", &regularisation.most},     {"least", &regularisation.least},
        {"silent", &regularisation.silent}, {"active", &regularisation.active}};
    if (!table.has("regularisation")) return regularisation;
    const TomlTable inner = table.require_table("regularisation", "regularisation");
    std::vector<std::string> keys;
    for (const auto& [key, number] : numbers)
        keys.emplace_back(key);
    inner.require_known(keys);
    for (const auto& [key, number] : numbers)
        inner.read(key, *number);
    return regularisation;
}

/// `parameter_optimiser = "sgd"`, and `parameter_optimisers = { "hidden.tau_mem" = "adam" }`.
ParameterOptimisers read_parameter_optimisers(const TomlTable& table) {
    ParameterOptimisers optimisers;
    if (table.has("parameter_optimiser"))
        optimisers.all = read_optimiser(table, "parameter_optimiser");
    if (!table.has("parameter_optimisers")) return optimisers;
    const TomlTable named = table.require_table("parameter_optimisers", "parameter_optimisers");
    for (const std::string& name : named.keys())
        optimisers.by_name[name] = read_optimiser(named, name);
    return optimisers;
}

/// `weight_constraints = { "hidden" = { lower = -1.0, keep_sign = true } }`.
WeightConstraints read_weight_constraints(const TomlTable& table) {
    WeightConstraints constraints;
    if (!table.has("weight_constraints")) return constraints;
    const TomlTable named = table.require_table("weight_constraints", "weight_constraints");
    for (const std::string& name : named.keys()) {
        const TomlTable given = named.require_table(name, "weight_constraints." + name);
        given.require_known({"lower", "upper", "keep_sign", "max_norm", "norm_of"});
        WeightConstraint& constraint = constraints[name];
        given.read("lower", constraint.lower);
        given.read("upper", constraint.upper);
        given.read("keep_sign", constraint.keeps_sign);
        given.read("max_norm", constraint.max_norm);
        const std::string where = "Connection " + name;
        if (given.has("norm_of")) {
            const std::string norm_of = given.require_text("norm_of");
            constraint.norm_of =
                named.locate(name, [&] { return norm_of_by_name(norm_of, where); });
        }
        named.locate(name, [&] { constraint.check(where); });
    }
    return constraints;
}

/// `deep_r = { connections = ["hidden"], l1_strength = 0.01 }`.
DeepR read_deep_r(const TomlTable& table) {
    DeepR deep_r;
    if (!table.has("deep_r")) return deep_r;
    const TomlTable inner = table.require_table("deep_r", "deep_r");
    inner.require_known({"connections", "l1_strength"});
    inner.require("connections");
    inner.read("connections", deep_r.connections);
    inner.read("l1_strength", deep_r.l1_strength);
    inner.locate("l1_strength", [&] { deep_r.check(); });
    return deep_r;
}

/// What all compilers that train take.
template <typename Options>
Options read_training(const TomlTable& table, const InferenceOptions& shared) {
    Options options;
    options.example_timesteps = shared.evaluate_timesteps;
    options.dt = shared.dt;
    options.batch_size = shared.batch_size;
    options.rng_seed = shared.rng_seed;
    options.fold_readouts = shared.fold_readouts;
    options.matrix_types = shared.matrix_types;
    options.backend = shared.backend;
    if (table.has("loss")) options.loss = read_loss(table, "loss");
    table.read("per_timestep_loss", options.per_timestep_loss);
    if (table.has("optimiser")) options.optimiser = read_optimiser(table, "optimiser");
    options.clip_norm = read_bound(table, "clip_norm");
    options.clip_value = read_bound(table, "clip_value");
    options.parameter_optimisers = read_parameter_optimisers(table);
    options.weight_constraints = read_weight_constraints(table);
    options.deep_r = read_deep_r(table);
    return options;
}

/// `surrogate = "arctan"`, `{ type = "arctan", alpha = 3.0 }`, or an expression of x as
/// `{ derivative = "exp(-abs(x))" }`.
Surrogate read_surrogate(const TomlTable& table) {
    const auto* const inner = table.require("surrogate").as_table();
    if (inner != nullptr && inner->contains("derivative")) {
        const TomlTable written = table.require_table("surrogate", "surrogate");
        written.require_known({"derivative"});
        const std::string derivative = written.require_text("derivative");
        return table.locate("surrogate", [&] { return Surrogate(derivative); });
    }
    const auto [name, arguments] = table.require_typed("surrogate");
    const auto number = [&arguments = arguments](const char* key, double value) {
        arguments.read(key, value);
        return value;
    };
    std::vector<std::string> keys{"type"};
    const auto known = [&](std::initializer_list<const char*> others) {
        keys.insert(keys.end(), others.begin(), others.end());
        arguments.require_known(keys);
    };
    return table.locate("surrogate", [&, &name = name] {
        if (name == "fast_sigmoid") {
            known({"slope"});
            return Surrogate::fast_sigmoid(number("slope", 25.0));
        }
        if (name == "super_spike") {
            known({"beta"});
            return Surrogate::super_spike(number("beta", 10.0));
        }
        if (name == "sigmoid") {
            known({"slope"});
            return Surrogate::sigmoid(number("slope", 4.0));
        }
        if (name == "arctan") {
            known({"alpha"});
            return Surrogate::arctan(number("alpha", 2.0));
        }
        if (name == "boxcar") {
            known({"width"});
            return Surrogate::boxcar(number("width", 1.0));
        }
        if (name == "triangle") {
            known({"height", "width"});
            return Surrogate::triangle(number("height", 0.3), number("width", 1.0));
        }
        if (name == "multi_gaussian") {
            known({"sigma", "h", "s"});
            return Surrogate::multi_gaussian(number("sigma", 0.5), number("h", 0.15),
                                             number("s", 6.0));
        }
        return Surrogate::by_name(name);
    });
}

/// Lets a compiler check its options. It names the argument that is out of its range, which here
/// has a line.
template <typename Compiler, typename Options>
void check_where_written(const TomlTable& table, const Options& options) {
    try {
        Compiler{options};
    } catch (const ModelError& error) {
        const auto found = error.fields().find("parameter");
        if (found == error.fields().end()) throw;
        const bool is_inner = !table.has(found->second) && table.has("regularisation");
        const std::string key = is_inner ? "regularisation" : found->second;
        if (!table.has(key)) throw;
        table.fail(key, error.problem(), error.advice());
    }
}

/// Of compilers whose gradients know nothing of the times of spikes.
void refuse_learned_delays(const TomlTable& table) {
    for (const char* key : {"delay_learn_conns", "delay_optimiser"}) {
        if (!table.has(key)) continue;
        table.fail(key,
                   "delays are learned by EventProp alone, whose gradients are those of the times "
                   "of spikes",
                   "write type = \"event_prop\", or leave it out");
    }
}

/// What e-prop alone takes.
void read_e_prop(const TomlTable& table, EPropOptions& options) {
    table.read("tau_reg", options.tau_reg);
    table.read("c_reg", options.c_reg);
    table.read("f_target", options.f_target);
    table.read("feedback_scale", options.feedback_scale);
    table.read("feedback_decay", options.feedback_decay);
    table.read("mlgenn_lags", options.mlgenn_lags);
    table.read("train_output_bias", options.train_output_bias);
    if (table.has("feedback")) {
        const std::string feedback = table.require_text("feedback");
        options.feedback = table.locate("feedback", [&] { return feedback_by_name(feedback); });
    }
    if (table.has("surrogate")) options.surrogate = read_surrogate(table);
    check_where_written<EPropCompiler>(table, options);
}

}  // namespace

void read_compiler_section(const TomlTable& table, NetworkFile& file) {
    std::vector<std::string> keys = {"type",       "timesteps",     "dt",
                                     "batch_size", "seed",          "backend",
                                     "threads",    "fold_readouts", "matrix_types"};
    file.compiler = table.require_kind("type");
    const bool is_event_prop = file.compiler == "event_prop";
    const bool is_surrogate = file.compiler == "surrogate";
    const bool is_e_prop = file.compiler == "e_prop";
    if (!is_event_prop && !is_surrogate && !is_e_prop && file.compiler != "inference") {
        table.fail_unknown("type", "compiler", file.compiler,
                           {"event_prop", "inference", "surrogate", "e_prop"});
    }
    if (file.trains()) {
        keys.insert(keys.end(), {"loss", "per_timestep_loss", "optimiser", "clip_norm",
                                 "clip_value", "parameter_optimiser", "parameter_optimisers",
                                 "weight_constraints", "deep_r"});
    }
    if (is_event_prop)
        keys.insert(keys.end(), {"min_slope", "spike_times", "ttfs_alpha", "regularisation",
                                 "delay_learn_conns", "delay_optimiser"});
    if (!is_event_prop && file.trains()) refuse_learned_delays(table);
    if (file.compiler == "inference") keys.emplace_back("spike_times");
    if (is_surrogate) keys.insert(keys.end(), {"surrogate", "detach_reset", "checkpoint_interval"});
    if (is_e_prop) {
        keys.insert(keys.end(),
                    {"surrogate", "tau_reg", "c_reg", "f_target", "feedback", "feedback_scale",
                     "feedback_decay", "mlgenn_lags", "train_output_bias"});
    }
    table.renamed(table.what() + " of type " + file.compiler).require_known(keys);
    file.inference = read_shared_options(table);
    if (file.compiler == "inference") file.inference.exact_spike_times = read_spike_times(table);
    if (is_event_prop) {
        file.event_prop = read_training<EventPropOptions>(table, file.inference);
        read_positive(table, "min_slope", file.event_prop.min_slope);
        file.event_prop.exact_spike_times = read_spike_times(table);
        file.inference.exact_spike_times = file.event_prop.exact_spike_times;
        table.read("ttfs_alpha", file.event_prop.ttfs_alpha);
        table.read("delay_learn_conns", file.event_prop.delay_learn_conns);
        file.inference.delay_learn_conns = file.event_prop.delay_learn_conns;
        if (table.has("delay_optimiser"))
            file.event_prop.delay_optimiser = read_optimiser(table, "delay_optimiser");
        file.event_prop.regularisation = read_regularisation(table);
        check_where_written<EventPropCompiler>(table, file.event_prop);
    }
    if (is_e_prop) {
        file.e_prop = read_training<EPropOptions>(table, file.inference);
        read_e_prop(table, file.e_prop);
        file.inference.trains_output_bias = file.e_prop.train_output_bias;
    }
    if (is_surrogate) {
        file.surrogate = read_training<SurrogateOptions>(table, file.inference);
        table.read("detach_reset", file.surrogate.detach_reset);
        table.read_count("checkpoint_interval", file.surrogate.checkpoint_interval, 0,
                         kMaximumSteps);
        if (table.has("surrogate")) file.surrogate.surrogate = read_surrogate(table);
    }
}

}  // namespace saltus
