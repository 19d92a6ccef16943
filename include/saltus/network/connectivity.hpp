#pragma once

#include <memory>
#include <string>

#include <saltus/network/init_value.hpp>

namespace saltus {

class Population;

/// How the synapses of a connection are laid out in memory.
enum class MatrixType {
    kDense  ///< one weight for every pair, row-major [pre][post]
};

/// Which neurons of two populations are connected, with which weights and delays.
class Connectivity {
  public:
    Connectivity(InitValue weight_value, InitValue delay_value)
        : weight(std::move(weight_value)), delay(std::move(delay_value)) {}
    virtual ~Connectivity() = default;
    /// The name in network files, for example "dense".
    virtual std::string name() const = 0;
    virtual std::unique_ptr<Connectivity> clone() const = 0;
    virtual MatrixType matrix_type() const = 0;
    /// Infers the populations' shapes where it can and checks them where they are given.
    /// @throws ModelError naming both shapes when they do not fit.
    virtual void connect(Population& source, Population& target) const = 0;

    /// Synaptic weights.
    InitValue weight;
    /// Delays in timesteps, on top of the one step that every spike takes.
    InitValue delay;
};

}  // namespace saltus
