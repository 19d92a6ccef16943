#include <saltus/io/network_file.hpp>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>

#include "io/compiler_section.hpp"
#include "io/data_sections.hpp"
#include "io/model_parts.hpp"
#include "io/read_file.hpp"
#include "io/toml_nesting.hpp"
#include "io/toml_table.hpp"

namespace saltus {
namespace {

// Names appear in messages, in metrics and in files.
constexpr std::size_t kLongestName = 200;

void check_size(std::size_t size, const std::string& name) {
    if (size <= kMaximumNetworkFileSize) return;
    throw ModelError(name,
                     fmt::format("the file has more than {} bytes, the most for a network file",
                                 kMaximumNetworkFileSize),
                     "give a network file in TOML; weights belong into a model file")
        .with("file", name);
}

toml::table parse_toml(std::string_view text, const std::string& name) {
    try {
        return toml::parse(text);
    } catch (const toml::parse_error& error) {
        const std::string line = std::to_string(error.source().begin.line);
        const std::string column = std::to_string(error.source().begin.column);
        throw ModelError(fmt::format("{}:{}:{}", name, line, column),
                         on_one_line(fmt::format("this is not TOML: {}", error.description())),
                         "see https://toml.io for how to write it")
            .with("file", name)
            .with("line", line)
            .with("column", column);
    }
}

/// The name of a population or connection; empty when there is none.
std::string read_name(const TomlTable& table) {
    std::string name;
    table.read("name", name);
    if (name.size() > kLongestName || (table.has("name") && name.empty())) {
        table.fail("name",
                   fmt::format("the name '{}' has {} characters", printable(name), name.size()),
                   fmt::format("give a name of 1 to {} characters", kLongestName));
    }
    for (const char character : name) {
        if (static_cast<unsigned char>(character) >= 0x20 && character != 0x7F) continue;
        table.fail("name", fmt::format("the name '{}' has a control character", printable(name)),
                   "give a name of printable characters");
    }
    return name;
}

void read_population(const TomlTable& table, Network& network) {
    if (!table.has("name")) table.require_text("name");
    const std::string name = read_name(table);
    const TomlTable named = table.renamed(fmt::format("population '{}'", name));
    const std::unique_ptr<Neuron> neuron = read_neuron(named, {"name", "neuron", "shape"});
    std::optional<Shape> shape;
    if (table.has("shape")) {
        std::vector<std::size_t> extents;
        named.read("shape", extents);
        shape = Shape(std::move(extents));
    }
    table.locate("name", [&] { network.population(*neuron, std::move(shape), name); });
}

Population& find_end(const TomlTable& table, std::string_view key, const Network& network) {
    const std::string name = table.require_text(key);
    std::vector<std::string> names;
    for (const auto& population : network.populations()) {
        if (population->name() == name) return *population;
        names.push_back(population->name());
    }
    table.fail_unknown(key, "population", name, names);
}

void read_connection(const TomlTable& table, Network& network) {
    const std::unique_ptr<Connectivity> connectivity = read_connectivity(
        table, {"name", "source", "target", "connectivity", "synapse", "max_delay_steps"});
    const std::unique_ptr<Synapse> synapse = read_synapse(table, "synapse");
    Population& source = find_end(table, "source", network);
    Population& target = find_end(table, "target", network);
    const std::string name = read_name(table);
    std::optional<std::size_t> max_delay_steps;
    if (table.has("max_delay_steps")) {
        max_delay_steps = 0;
        table.read_count("max_delay_steps", *max_delay_steps, 0, std::size_t{1} << 20);
    }
    table.locate("source", [&] {
        network.connect(source, target, *connectivity, *synapse, name, max_delay_steps);
    });
}

/// Where the population is that a finished network complains about.
std::size_t index_of(const Network& network, const std::string& population) {
    for (const auto& candidate : network.populations()) {
        if (candidate->name() == population) return candidate->index();
    }
    return 0;
}

Network read_network(const TomlTable& root, const DefaultParams& defaults) {
    Network network(defaults);
    const std::vector<TomlTable> populations = root.tables("population");
    const std::vector<TomlTable> connections = root.tables("connection");
    for (const TomlTable& table : populations)
        read_population(table, network);
    for (const TomlTable& table : connections)
        read_connection(table, network);
    try {
        network.validate();
    } catch (const ModelError& error) {
        if (populations.empty()) throw root.located(error, "population");
        throw populations[index_of(network, error.field("population"))].located(error, "name");
    }
    return network;
}

}  // namespace

namespace {

DefaultParams default_params_of(const std::string& compiler) {
    if (compiler == "event_prop") return EventPropCompiler::default_params();
    if (compiler == "surrogate") return SurrogateCompiler::default_params();
    if (compiler == "e_prop") return EPropCompiler::default_params();
    return {};
}

}  // namespace

CompiledTrainingNetwork NetworkFile::compile_training() const {
    if (compiler == "event_prop") return EventPropCompiler(event_prop).compile(network);
    if (compiler == "surrogate") return SurrogateCompiler(surrogate).compile(network);
    if (compiler == "e_prop") return EPropCompiler(e_prop).compile(network);
    throw ModelError(name, "its compiler is '" + compiler + "', which cannot train",
                     "write type = \"event_prop\", \"surrogate\" or \"e_prop\" in [compiler]")
        .with("file", name);
}

void NetworkFile::set_seed(std::uint64_t seed) {
    event_prop.rng_seed = surrogate.rng_seed = e_prop.rng_seed = inference.rng_seed = seed;
}

void NetworkFile::set_backend(const BackendOptions& backend) {
    event_prop.backend = surrogate.backend = e_prop.backend = inference.backend = backend;
}

namespace {

/// Images are encoded, recordings are spikes already.
void read_encoding(const TomlTable& root, NetworkFile& file) {
    if (!file.data.are_recordings()) {
        file.encoding = read_encoding_section(root.require_table("encoding", "[encoding]"));
        return;
    }
    if (!root.has("encoding")) return;
    root.fail(
        "encoding",
        fmt::format("there is an [encoding] for data of format '{}', which are spikes already",
                    file.data.format),
        "leave it out");
}

}  // namespace

NetworkFile parse_network_file(std::string_view text, const std::string& name) {
    check_size(text.size(), name);
    check_toml_nesting(text, name);
    const toml::table table = parse_toml(text, name);
    const TomlTable root(table, "the network file", name);
    root.require_known({"description", "data", "encoding", "augmentation", "population",
                        "connection", "compiler", "training"});
    NetworkFile file;
    file.name = name;
    file.text = text;
    root.read("description", file.description);
    file.data = read_data_section(root.require_table("data", "[data]"),
                                  std::filesystem::path(name).parent_path());
    read_encoding(root, file);
    if (root.has("augmentation")) {
        file.augmentation =
            read_augmentation_section(root.require_table("augmentation", "[augmentation]"));
    }
    read_compiler_section(root.require_table("compiler", "[compiler]"), file);
    file.network = read_network(root, default_params_of(file.compiler));
    if (root.has("training")) {
        const TomlTable training = root.require_table("training", "[training]");
        file.training = read_training_section(training);
        if (file.training.validation_split > 0.0 && file.augmentation.is_used()) {
            training.fail("validation_split",
                          "validation_split does not go with [augmentation], which makes all "
                          "examples anew, those of the validation, too",
                          "leave one of them out");
        }
    }
    return file;
}

NetworkFile read_network_file(const std::filesystem::path& path) {
    const std::string text = read_file(path, kMaximumNetworkFileSize + 1);
    return parse_network_file(text, path.string());
}

}  // namespace saltus
