#include "cli/network_source.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include "cli/progress_line.hpp"

namespace saltus {

NetworkSource read_network_source(const CommandLine& command) {
    NetworkSource source;
    if (command.file.extension() == ".toml") {
        source.file = read_network_file(command.file);
    } else {
        source.model = load_model(command.file);
        source.model_path = command.file;
        source.file = parse_network_file(source.model->network_text, source.model->network_name);
    }
    if (!command.weights.empty()) {
        source.model = load_model(command.weights);
        source.model_path = command.weights;
    }
    apply_options(source.file, command);
    return source;
}

void apply_options(NetworkFile& file, const CommandLine& command) {
    if (command.epochs) file.training.epochs = *command.epochs;
    if (command.seed) file.set_seed(*command.seed);
    BackendOptions backend = file.backend();
    if (command.threads) backend.threads = *command.threads;
    if (command.backend) backend.name = *command.backend;
    backend.kernel_profiling = command.profile;
    file.set_backend(backend);
}

std::string title_of(const NetworkFile& file) {
    if (!file.description.empty()) return file.description;
    return std::filesystem::path(file.name).stem().string();
}

std::string outline_of(const CompiledNetwork& network) {
    std::string text;
    for (const PopulationPlan& population : network.plan().populations) {
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", grouped(population.size),
                            population.name);
    }
    std::size_t weights = 0;
    for (const ConnectionPlan& connection : network.plan().connections) {
        weights += connection.num_weights();
    }
    return fmt::format("{} neurons; {} weights", text, grouped(weights));
}

double peak_memory_mib() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024.0;
}

}  // namespace saltus
