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

EventPropOptions read_event_prop(const TomlTable& table, const InferenceOptions& shared) {
    EventPropOptions options;
    options.example_timesteps = shared.evaluate_timesteps;
    options.dt = shared.dt;
    options.batch_size = shared.batch_size;
    options.rng_seed = shared.rng_seed;
    options.fold_readouts = shared.fold_readouts;
    options.matrix_types = shared.matrix_types;
    options.backend = shared.backend;
    read_positive(table, "min_slope", options.min_slope);
    if (table.has("loss")) options.loss = read_loss(table, "loss");
    if (table.has("optimiser")) options.optimiser = read_optimiser(table, "optimiser");
    return options;
}

}  // namespace

void read_compiler_section(const TomlTable& table, NetworkFile& file) {
    std::vector<std::string> keys = {"type",       "timesteps",     "dt",
                                     "batch_size", "seed",          "backend",
                                     "threads",    "fold_readouts", "matrix_types"};
    file.compiler = table.require_kind("type");
    const bool is_event_prop = file.compiler == "event_prop";
    if (!is_event_prop && file.compiler != "inference") {
        table.fail_unknown("type", "compiler", file.compiler, {"event_prop", "inference"});
    }
    if (is_event_prop) keys.insert(keys.end(), {"min_slope", "loss", "optimiser"});
    table.renamed(table.what() + " of type " + file.compiler).require_known(keys);
    file.inference = read_shared_options(table);
    if (is_event_prop) file.event_prop = read_event_prop(table, file.inference);
}

}  // namespace saltus
