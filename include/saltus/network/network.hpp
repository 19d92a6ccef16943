#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <saltus/network/connection.hpp>
#include <saltus/network/defaults.hpp>
#include <saltus/network/population.hpp>

namespace saltus {

/// A description of populations and the connections between them, checked as it is built and
/// compiled by a compiler. It owns what it describes; references stay valid as long as it lives.
class Network {
  public:
    /// @param default_params arguments for model classes whose user left them out, usually a
    /// compiler's `default_params()`.
    explicit Network(DefaultParams default_params = {});
    Network(Network&&) noexcept;
    Network& operator=(Network&&) noexcept;
    ~Network();

    /// Adds a population. The neuron is copied, so that one object may serve several populations.
    /// @param shape may be left out when a connection infers it.
    /// @param name unique; "Pop0", "Pop1", ... when empty.
    /// @throws ModelError for a name that is taken or a shape without neurons.
    Population& population(const Neuron& neuron, std::optional<Shape> shape = {},
                           const std::string& name = {});

    /// Connects two populations of this network.
    /// @param name unique; "source->target" when empty, numbered when that is taken.
    /// @param max_delay_steps the greatest delay in timesteps, which delays need that are drawn by
    /// an initializer or learned; larger ones are cut.
    /// @throws ModelError when shapes do not fit, the source does not spike, or the target is an
    /// input.
    Connection& connect(Population& source, Population& target, const Connectivity& connectivity,
                        const Synapse& synapse, const std::string& name = {},
                        std::optional<std::size_t> max_delay_steps = {});

    const std::vector<std::unique_ptr<Population>>& populations() const { return populations_; }
    const std::vector<std::unique_ptr<Connection>>& connections() const { return connections_; }
    /// @throws ModelError with the nearest name when there is none of that name.
    const Population& find_population(const std::string& name) const;
    const Connection& find_connection(const std::string& name) const;

    /// Checks what only a finished network can show: every population has a shape, inputs lead to
    /// it, and something depends on it.
    /// @throws ModelError naming the population.
    void validate() const;

  protected:
    /// Takes back the population that was added last, to which nothing may be connected.
    void remove_last_population();

  private:
    std::string unique_population_name(const std::string& name) const;
    std::string unique_connection_name(const std::string& name, const Population& source,
                                       const Population& target) const;

    DefaultParams default_params_;
    std::vector<std::unique_ptr<Population>> populations_;
    std::vector<std::unique_ptr<Connection>> connections_;
};

}  // namespace saltus
