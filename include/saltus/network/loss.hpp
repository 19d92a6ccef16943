#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace saltus {

/// What training minimises: a function of the readout of one example and its label.
class Loss {
  public:
    virtual ~Loss() = default;
    /// The name in network files, for example "sparse_categorical_crossentropy".
    virtual std::string name() const = 0;
    /// @throws ModelError naming `where` when a label is not valid for `num_outputs` values.
    virtual void check_labels(std::span<const std::int32_t> labels, std::size_t num_outputs,
                              const std::string& where) const = 0;
    /// The loss of one example; writes its derivative by every readout value into `gradient`.
    virtual double evaluate(std::span<const double> readout, std::int32_t label,
                            std::span<double> gradient) const = 0;
};

}  // namespace saltus
