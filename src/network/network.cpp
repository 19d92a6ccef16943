#include <saltus/network/network.hpp>

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>

#include "common/relocated.hpp"
#include "common/text.hpp"

namespace saltus {
namespace {

template <class Items>
std::vector<std::string> names_of(const Items& items) {
    std::vector<std::string> names;
    for (const auto& item : items)
        names.push_back(item->name());
    return names;
}

template <class Items>
bool has_name(const Items& items, const std::string& name) {
    return std::any_of(items.begin(), items.end(),
                       [&](const auto& item) { return item->name() == name; });
}

template <class Items>
auto& find_by_name(const Items& items, const std::string& name, const std::string& kind) {
    for (const auto& item : items) {
        if (item->name() == name) return *item;
    }
    throw ModelError("Network", fmt::format("there is no {} '{}'", kind, name),
                     suggest(name, names_of(items)))
        .with(kind, name);
}

template <class Model>
void take_defaults(Model& model, const DefaultParams& defaults) {
    const auto found = defaults.find(model.class_name());
    if (found != defaults.end()) model.apply_defaults(found->second);
}

}  // namespace

Network::Network(DefaultParams default_params) : default_params_(std::move(default_params)) {}
Network::Network(Network&&) noexcept = default;
Network& Network::operator=(Network&&) noexcept = default;
Network::~Network() = default;

std::string Network::unique_population_name(const std::string& name) const {
    if (name.empty()) {
        std::size_t number = populations_.size();
        while (has_name(populations_, fmt::format("Pop{}", number)))
            ++number;
        return fmt::format("Pop{}", number);
    }
    if (has_name(populations_, name)) {
        throw ModelError("Network", fmt::format("there is a population '{}' already", name),
                         "give each population a name of its own")
            .with("population", name);
    }
    return name;
}

std::string Network::unique_connection_name(const std::string& name, const Population& source,
                                            const Population& target) const {
    if (!name.empty()) {
        if (!has_name(connections_, name)) return name;
        throw ModelError("Network", fmt::format("there is a connection '{}' already", name),
                         "give each connection a name of its own")
            .with("connection", name);
    }
    const std::string base = source.name() + "->" + target.name();
    std::string unique = base;
    for (int number = 2; has_name(connections_, unique); ++number) {
        unique = fmt::format("{}#{}", base, number);
    }
    return unique;
}

Population& Network::population(const Neuron& neuron, std::optional<Shape> shape,
                                const std::string& name) {
    std::unique_ptr<Neuron> copy = neuron.clone();
    take_defaults(*copy, default_params_);
    std::unique_ptr<Population> population(
        new Population(unique_population_name(name), populations_.size(), std::move(copy)));
    if (shape) population->set_shape(std::move(*shape));
    populations_.push_back(std::move(population));
    return *populations_.back();
}

Connection& Network::connect(Population& source, Population& target,
                             const Connectivity& connectivity, const Synapse& synapse,
                             const std::string& name, std::optional<std::size_t> max_delay_steps) {
    const std::string unique = unique_connection_name(name, source, target);
    const std::string where = "Connection " + unique;
    for (const Population* end : {&source, &target}) {
        if (end->index() < populations_.size() && populations_[end->index()].get() == end) continue;
        throw ModelError(where,
                         fmt::format("population '{}' belongs to another network", end->name()),
                         "connect populations of the same network")
            .with("connection", unique);
    }
    constexpr std::size_t kMostDelay = std::size_t{1} << 20;
    if (max_delay_steps && *max_delay_steps > kMostDelay) {
        throw ModelError(where, fmt::format("max_delay_steps is {}", *max_delay_steps),
                         fmt::format("give a number up to {}", kMostDelay))
            .with("connection", unique);
    }
    if (target.is_input()) {
        throw ModelError(where,
                         fmt::format("its target '{}' is an input ({}), which ignores what arrives",
                                     target.name(), target.neuron().name()),
                         "connect to a population that is no input")
            .with("connection", unique)
            .with("population", target.name());
    }
    if (!source.is_input() && source.neuron().declare().threshold.empty()) {
        throw ModelError(where,
                         fmt::format("its source '{}' ({}) never spikes, so nothing would arrive",
                                     source.name(), source.neuron().name()),
                         "connect from a population with a threshold")
            .with("connection", unique)
            .with("population", source.name());
    }
    std::unique_ptr<Synapse> synapse_copy = synapse.clone();
    take_defaults(*synapse_copy, default_params_);
    std::unique_ptr<Connection> connection(
        new Connection(unique, connections_.size(), source, target, connectivity.clone(),
                       std::move(synapse_copy), max_delay_steps));
    try {
        connection->connectivity().connect(source, target);
    } catch (const ModelError& error) {
        throw relocated(error, where).with("connection", unique);
    }
    connections_.push_back(std::move(connection));
    source.outgoing_.push_back(connections_.back().get());
    target.incoming_.push_back(connections_.back().get());
    return *connections_.back();
}

void Network::remove_last_population() {
    populations_.pop_back();
}

const Population& Network::find_population(const std::string& name) const {
    return find_by_name(populations_, name, "population");
}

const Connection& Network::find_connection(const std::string& name) const {
    return find_by_name(connections_, name, "connection");
}

void Network::validate() const {
    if (populations_.empty()) {
        throw ModelError("Network", "it has no population", "add populations and connect them");
    }
    for (const auto& population : populations_) {
        const std::string where = "Population " + population->name();
        (void)population->shape();
        if (!population->is_input() && population->incoming().empty()) {
            throw ModelError(
                where, fmt::format("nothing connects to it ({})", population->neuron().name()),
                "connect a population to it, or make it an input")
                .with("population", population->name());
        }
        if (population->outgoing().empty() && !population->neuron().readout) {
            throw ModelError(where,
                             "it has no readout and connects to nothing, so it has no effect",
                             "give its neuron a readout, connect it, or remove it")
                .with("population", population->name());
        }
    }
}

}  // namespace saltus
