#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>

#include <saltus/common/random.hpp>
#include <saltus/common/shape.hpp>
#include <saltus/network/init_value.hpp>
#include <saltus/network/matrix_type.hpp>
#include <saltus/network/synapse_rows.hpp>

namespace saltus {

class Connection;
class Population;

/// What a connectivity tells a compiler about the synapses of one connection.
struct ConnectivitySnippet {
    MatrixType matrix_type = MatrixType::kDense;
    /// Makes the rows. Random ones are a function of the stream.
    std::function<std::shared_ptr<const SynapseRows>(const RandomStream& stream)> make_rows;
    /// Values of the elements of the rows. An array holds one for each, in the order of their
    /// numbers, whatever its shape.
    InitValue weight = 0.0;
    /// The same for delays, in timesteps.
    InitValue delay = 0.0;
    /// The shape of the weights as the user sees them; without axes for one weight a synapse.
    Shape weight_shape;
    /// What every weight is multiplied with on its way to the target (1 / area of a pool).
    double weight_scale = 1.0;
    /// Whether training may change the weights.
    bool trainable = true;
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
    /// Infers the populations' shapes where it can and checks them where they are given.
    /// @throws ModelError naming both shapes when they do not fit.
    virtual void connect(Population& source, Population& target) const = 0;
    /// How the synapses of a connection between two populations with shapes are laid out: as the
    /// first of the supported matrix types that this connectivity offers.
    /// @throws ModelError when it offers none of them.
    virtual ConnectivitySnippet get_snippet(
        const Connection& connection, const SupportedMatrixType& supported_matrix_type) const = 0;

    /// Synaptic weights.
    InitValue weight;
    /// Delays in timesteps, on top of the one step that every spike takes.
    InitValue delay;

  protected:
    /// The first supported type among those that this connectivity offers for a connection.
    /// @throws ModelError naming the connection and both lists when there is none.
    MatrixType choose_matrix_type(const Connection& connection,
                                  const SupportedMatrixType& supported,
                                  std::span<const MatrixType> offered) const;
    /// Checks the delay: constants and array elements are whole numbers from 0 to 2^20 timesteps.
    /// @throws ModelError naming `where`.
    void require_valid_delay(const std::string& where) const;
};

}  // namespace saltus
