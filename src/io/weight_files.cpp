#include <saltus/io/weight_files.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <saltus/common/errors.hpp>
#include <saltus/io/npy_file.hpp>
#include <saltus/plan/plan.hpp>

#include "io/toml_table.hpp"
#include "plan/replace_synapses.hpp"

namespace saltus {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kEnding = ".npy";

std::string prefix_of(const WeightFiles& files) {
    std::string prefix;
    for (const std::string& key : files.keys)
        prefix += key + "-";
    return prefix;
}

/// The file of one array.
fs::path file_of(const WeightFiles& files, const std::string& owner, const std::string& what) {
    const std::string name = prefix_of(files) + owner + "-" + what + std::string(kEnding);
    if (name.find_first_of(std::string_view("/\0", 2)) != std::string::npos) {
        throw ModelError("WeightFiles",
                         fmt::format("'{}' cannot be the name of a file", printable(name)),
                         "give keys and connections names without slashes");
    }
    return files.folder / name;
}

void make_folder(const fs::path& folder) {
    std::error_code error;
    if (!folder.empty()) fs::create_directories(folder, error);
    if (!error) return;
    throw RuntimeFault(folder.string(), "the folder cannot be made: " + error.message(),
                       "choose a folder that you may write")
        .with("file", folder.string());
}

std::vector<std::string> sparse_connections(const CompiledNetwork& network) {
    std::vector<std::string> names;
    for (const ConnectionPlan& connection : network.plan().connections)
        if (connection.matrix_type == MatrixType::kSparse) names.push_back(connection.name);
    return names;
}

/// Names of files below the keys, without the ending.
std::vector<std::string> names_in(const WeightFiles& files) {
    const std::string prefix = prefix_of(files);
    std::vector<std::string> names;
    std::error_code error;
    const fs::path folder = files.folder.empty() ? "." : files.folder;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error)) {
        const std::string name = entry->path().filename().string();
        if (!name.starts_with(prefix) || !name.ends_with(kEnding)) continue;
        names.push_back(name.substr(prefix.size(), name.size() - prefix.size() - kEnding.size()));
    }
    if (error) {
        throw RuntimeFault(folder.string(), "the folder cannot be read: " + error.message(),
                           "check its name")
            .with("file", folder.string());
    }
    std::sort(names.begin(), names.end());
    return names;
}

/// Whether it is the name of learned delays.
bool are_delays(const CompiledNetwork& network, const std::string& name) {
    for (const ConnectionPlan& connection : network.plan().connections) {
        if (connection.learned_delay && connection.learned_delay->name() == name) return true;
    }
    return false;
}

/// Population or connection of a trained parameter, and its name in files. Biases and learned
/// delays have the names that mlGeNN gives them.
std::pair<std::string, std::string> parts_of(const CompiledNetwork& network,
                                             const std::string& name) {
    const std::size_t dot = name.rfind('.');
    const std::string parameter = name.substr(dot + 1);
    if (are_delays(network, name)) return {name.substr(0, dot), "d"};
    return {name.substr(0, dot), parameter == "bias" ? "Bias" : parameter};
}

/// What load_weights() finds out before it changes anything.
class Found {
  public:
    Found(const CompiledNetwork& network, const WeightFiles& files)
        : network_(network), files_(files), names_(names_in(files)) {}

    void find_weights() {
        const std::vector<std::string> sparse = sparse_connections(network_);
        for (const std::string& connection : network_.connections_with_weights()) {
            if (!is_there(connection + "-g")) {
                missing_.push_back(connection + ": g");
                continue;
            }
            if (std::find(sparse.begin(), sparse.end(), connection) != sparse.end())
                find_synapses(connection);
            if (is_there(connection + "-d") && !are_delays(network_, connection + ".delay"))
                require_same_delays(connection);
            weights_[connection] = fitted(connection, "g", network_.weights(connection).shape);
        }
        for (const std::string& name : network_.parameters()) {
            const auto [owner, parameter] = parts_of(network_, name);
            if (is_there(owner + "-" + parameter)) {
                parameters_[name] = fitted(owner, parameter, network_.parameter(name).shape);
            } else {
                missing_.push_back(owner + ": " + parameter);
            }
        }
    }

    /// Names that end in one of the network's are those of longer keys.
    void find_unknown() {
        std::vector<std::string> owners = network_.connections();
        for (const std::string& name : network_.parameters())
            owners.push_back(parts_of(network_, name).first);
        for (const std::string& name : names_) {
            const std::size_t dash = name.rfind('-');
            if (dash == std::string::npos) continue;
            const std::string owner = name.substr(0, dash);
            const auto is_known = [&](const std::string& connection) {
                return owner == connection || owner.ends_with("-" + connection);
            };
            if (std::none_of(owners.begin(), owners.end(), is_known))
                unknown_.push_back(owner + ": " + name.substr(dash + 1));
        }
    }

    void require_all() const {
        if (missing_.empty() && unknown_.empty()) return;
        std::string problem;
        if (!missing_.empty()) problem = fmt::format("there is no {}", fmt::join(missing_, ", "));
        if (!unknown_.empty()) {
            problem += fmt::format("{}the network does not have {}", problem.empty() ? "" : " and ",
                                   fmt::join(unknown_, ", "));
        }
        throw ModelError("load_weights", problem,
                         "check keys and network; without `strict` what there is of both is loaded")
            .with("missing", fmt::format("{}", fmt::join(missing_, ", ")))
            .with("unknown", fmt::format("{}", fmt::join(unknown_, ", ")));
    }

    const std::map<std::string, Array>& weights() const { return weights_; }
    const std::map<std::string, Array>& parameters() const { return parameters_; }
    const std::map<std::string, SynapsePairs>& synapses() const { return synapses_; }

  private:
    bool is_there(const std::string& name) const {
        return std::binary_search(names_.begin(), names_.end(), name);
    }

    /// Where others can, they take the place of the network's.
    void find_synapses(const std::string& connection) {
        if (!is_there(connection + "-pre_ind") || !is_there(connection + "-post_ind")) return;
        const SynapseList synapses = network_.synapses(connection);
        const fs::path pre = file_of(files_, connection, "pre_ind");
        const fs::path post = file_of(files_, connection, "post_ind");
        SynapsePairs found{neurons_in(pre, connection), neurons_in(post, connection)};
        if (found.pre == synapses.pre && found.post == synapses.post) return;
        const auto& all = network_.plan().connections;
        const auto plan = std::find_if(all.begin(), all.end(), [&](const ConnectionPlan& each) {
            return each.name == connection;
        });
        const std::string advice =
            "compile the network with the seed that it had, or describe it with Sparse::from_coo";
        const std::string problem =
            fmt::format("its synapses are not those of connection '{}'", connection);
        if (!why_synapses_stay(*plan).empty()) fail(pre, connection, problem, advice);
        try {
            static_cast<void>(table_of(found, *plan, pre.string()));
        } catch (const ModelError& error) {
            fail(pre, connection, problem + ": " + error.problem(), advice);
        }
        synapses_[connection] = std::move(found);
    }

    static std::vector<std::uint32_t> neurons_in(const fs::path& file,
                                                 const std::string& connection) {
        std::vector<std::uint32_t> neurons;
        for (const double value : read_npy(file).values) {
            if (!(value >= 0.0 && value <= 0xFFFFFFFFU) || value != std::floor(value))
                fail(file, connection, fmt::format("it has the neuron {:g}", value),
                     "save the synapses again");
            neurons.push_back(static_cast<std::uint32_t>(value));
        }
        return neurons;
    }

    [[noreturn]] static void fail(const fs::path& file, const std::string& connection,
                                  const std::string& problem, const std::string& advice) {
        throw ModelError(file.string(), problem, advice)
            .with("file", file.string())
            .with("connection", connection);
    }

    /// They are part of what was compiled: other ones would need other buffers.
    void require_same_delays(const std::string& connection) const {
        const fs::path file = file_of(files_, connection, "d");
        const std::vector<double> saved = read_npy(file).values;
        const std::vector<double> delays = network_.delays(connection).values;
        if (saved == delays) return;
        if (delays.size() == 1 && std::all_of(saved.begin(), saved.end(), [&](double delay) {
                return delay == delays.front();
            })) {
            return;
        }
        throw ModelError(file.string(),
                         fmt::format("its delays are not those of connection '{}'", connection),
                         "compile the network with the seed that it had, or describe it with "
                         "these delays")
            .with("file", file.string())
            .with("connection", connection);
    }

    /// What a file holds of a connection or population in the shape wanted, from any shape of that
    /// size.
    Array fitted(const std::string& owner, const std::string& variable, const Shape& shape) const {
        const fs::path file = file_of(files_, owner, variable);
        Array saved = read_npy(file);
        require_finite(saved, file.string(),
                       (variable == "g" ? "weights" : variable) + " of " + owner);
        if (saved.size() != shape.size()) {
            throw ModelError(file.string(),
                             fmt::format("it has shape {}, but '{}' takes {}",
                                         to_string(saved.shape), owner, to_string(shape)),
                             "give weights of a network with the same shapes")
                .with("file", file.string())
                .with("connection", owner);
        }
        return {shape, std::move(saved.values)};
    }

    const CompiledNetwork& network_;
    const WeightFiles& files_;
    std::vector<std::string> names_;
    std::map<std::string, Array> weights_;
    std::map<std::string, Array> parameters_;
    std::map<std::string, SynapsePairs> synapses_;
    std::vector<std::string> missing_;
    std::vector<std::string> unknown_;
};

/// Changes of a network that are taken back, the last first, unless keep() is reached.
class Changes {
  public:
    explicit Changes(CompiledNetwork& network) : network_(network) {}
    Changes(const Changes&) = delete;
    Changes& operator=(const Changes&) = delete;
    ~Changes() {
        for (; !undo_.empty(); undo_.pop_back())
            undo_.back()();
    }

    void set_synapses(const std::string& connection, const SynapsePairs& synapses) {
        SynapseList before = network_.synapses(connection);
        Array weights = network_.weights(connection);
        network_.set_synapses(connection, synapses);
        undo_.emplace_back([this, connection, weights = std::move(weights),
                            pairs = SynapsePairs{std::move(before.pre), std::move(before.post)}] {
            network_.set_synapses(connection, pairs);
            network_.set_weights(connection, weights);
        });
    }
    void set_parameter(const std::string& name, const Array& values) {
        Array before = network_.parameter(name);
        network_.set_parameter(name, values);
        undo_.emplace_back(
            [this, name, before = std::move(before)] { network_.set_parameter(name, before); });
    }
    void set_weights(const std::string& connection, const Array& weights) {
        Array before = network_.weights(connection);
        network_.set_weights(connection, weights);
        undo_.emplace_back([this, connection, before = std::move(before)] {
            network_.set_weights(connection, before);
        });
    }
    void keep() { undo_.clear(); }

  private:
    CompiledNetwork& network_;
    std::vector<std::function<void()>> undo_;
};

void write_synapses(const CompiledNetwork& network, const WeightFiles& files,
                    const std::string& connection) {
    const SynapseList synapses = network.synapses(connection);
    write_npy(file_of(files, connection, "pre_ind"), synapses.pre);
    write_npy(file_of(files, connection, "post_ind"), synapses.post);
}

}  // namespace

void save_weights(const CompiledNetwork& network, const WeightFiles& files) {
    make_folder(files.folder);
    for (const std::string& connection : network.connections_with_weights()) {
        write_npy(file_of(files, connection, "g"),
                  Array::vector(network.weights(connection).values));
        const Array delays = network.delays(connection);
        if (delays.shape != Shape())
            write_npy(file_of(files, connection, "d"), Array::vector(delays.values));
    }
    for (const std::string& connection : network.rewired_connections())
        write_synapses(network, files, connection);
    for (const std::string& name : network.parameters()) {
        if (are_delays(network, name)) continue;  // saved above
        const auto [owner, parameter] = parts_of(network, name);
        write_npy(file_of(files, owner, parameter), Array::vector(network.parameter(name).values));
    }
}

void save_connectivity(const CompiledNetwork& network, const WeightFiles& files) {
    make_folder(files.folder);
    for (const std::string& connection : sparse_connections(network))
        write_synapses(network, files, connection);
}

void load_weights(CompiledNetwork& network, const WeightFiles& files, bool strict) {
    Found found(network, files);
    found.find_weights();
    found.find_unknown();
    if (strict) found.require_all();
    Changes changes(network);
    for (const auto& [connection, synapses] : found.synapses())
        changes.set_synapses(connection, synapses);
    // Before weights, since these have bounds.
    for (const auto& [name, values] : found.parameters())
        changes.set_parameter(name, values);
    for (const auto& [connection, weights] : found.weights())
        changes.set_weights(connection, weights);
    changes.keep();
}

}  // namespace saltus
