#pragma once

#include <limits>
#include <map>
#include <string>

namespace saltus {

/// The weights whose Euclidean norm is bounded together.
enum class NormOf {
    /// Those into one target neuron; of a convolution the kernels of one output channel.
    kNeuron,
    /// All of a connection.
    kConnection
};

/// "neuron" or "connection". @throws ModelError for another name, naming `where`.
NormOf norm_of_by_name(const std::string& name, const std::string& where);

/// What the weights of a connection keep to: they do so from the beginning, and after every update.
/// First a weight that would cross zero stays there, then it is cut to the bounds, then norms are
/// scaled down. Weights that are set later stay as they are until the next update.
struct WeightConstraint {
    double lower = -std::numeric_limits<double>::infinity();
    double upper = std::numeric_limits<double>::infinity();
    /// Whether a weight keeps the sign that it began with (Dale's principle). One that has come to
    /// zero keeps it as the sign of that zero; a zero to begin with counts as positive, -0.0 as
    /// negative.
    bool keeps_sign = false;
    /// Bound of the Euclidean norm of weights, which are scaled down to it.
    /// N. Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting",
    /// Journal of Machine Learning Research 15, 1929 (2014).
    double max_norm = std::numeric_limits<double>::infinity();
    NormOf norm_of = NormOf::kNeuron;

    bool bounds_norm() const { return max_norm != std::numeric_limits<double>::infinity(); }
    /// @param where what messages name: the connection.
    /// @throws ModelError for bounds that are no numbers, a lower above the upper, a norm that is
    /// not positive, or one together with bounds that exclude zero.
    void check(const std::string& where) const;
};

/// By the name of the connection.
using WeightConstraints = std::map<std::string, WeightConstraint>;

}  // namespace saltus
