#pragma once

#include <cstddef>
#include <string>

namespace saltus {

/// The derivative of the loss by one weight or parameter, computed in two ways.
struct CheckedGradient {
    std::string connection;   ///< or "population.parameter"
    std::size_t weight = 0;   ///< its number in the array of weights()
    double value = 0.0;       ///< the weight
    double gradient = 0.0;    ///< what training uses, without regularisation
    double difference = 0.0;  ///< the central difference of the loss, of the fourth order
    /// How far they are apart, relative to the greatest gradient of the connection.
    double error = 0.0;
};

}  // namespace saltus
