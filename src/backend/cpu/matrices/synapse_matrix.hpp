#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <saltus/common/random.hpp>
#include <saltus/plan/plan.hpp>

#include "backend/cpu/storage.hpp"

namespace saltus {

/// The spikes of consecutive steps: those of step t are index[begin[t] .. begin[t + 1]).
struct SpikeRows {
    const std::uint32_t* begin;
    const std::uint32_t* index;
    std::size_t num_steps;
};

/// Rows of a table with one row for each step; `stride` floats lie between them.
template <class Float>
struct StepRows {
    Float* values;
    std::size_t stride;
    Float* row(std::size_t step) const { return values + step * stride; }
};

/// The synapses of a connection in the form in which one matrix type computes with them. Its rows
/// are those of source neurons, or what a SpikeRelay turns their spikes into. Weights are kept
/// elsewhere, already multiplied with the connection's scale; a matrix only knows their places.
class SynapseMatrix {
  public:
    virtual ~SynapseMatrix() = default;

    /// Floats that the weights take up, a multiple of kRowPadding.
    virtual std::size_t num_floats() const = 0;
    /// Where a weight lies, by its number in the order of the plan.
    virtual std::size_t place(std::size_t weight) const = 0;

    /// Adds the weights of the spikes of each step to that step's row of `input`.
    /// @param accumulate whether the rows hold something already.
    virtual void propagate(const Floats& weights, const SpikeRows& spikes, bool accumulate,
                           const StepRows<float>& input) const = 0;
    /// The weights of one row times the values at their targets.
    virtual float product(const Floats& weights, std::uint32_t row, const float* values) const = 0;
    /// Adds to kappa, for each spike of each step, product() with that step's row of `shift`.
    virtual void feedback(const Floats& weights, const SpikeRows& spikes,
                          const StepRows<const float>& shift, const StepRows<float>& kappa) const;

    /// Whether its synapses have delays that no relay takes care of; the two functions below then
    /// take the place of those above.
    virtual bool has_own_delays() const { return false; }
    /// Adds what arrives in steps `first` to `first + count - 1` of all spikes of the source.
    virtual void propagate_delayed(const SpikeList& /*spikes*/, std::size_t /*first*/,
                                   std::size_t /*count*/, bool /*accumulate*/,
                                   const StepRows<float>& /*input*/) const {}
    /// The weights of a row times the values at their targets in the step in which each arrives.
    /// @param earliest the step in which a spike without delay arrives.
    virtual float delayed_product(std::uint32_t /*row*/, const StepRows<const float>& /*values*/,
                                  std::size_t /*earliest*/, std::size_t /*num_steps*/) const {
        return 0.0F;
    }

    /// Whether different rows use the same weights.
    virtual bool shares_weights() const { return false; }
    /// Adds the values at a row's targets to the gradients of its weights.
    virtual void add_gradient(std::uint32_t row, const float* values, float* gradient) const = 0;
    /// The same of several rows.
    virtual void add_gradients(std::span<const std::uint32_t> rows, const float* values,
                               float* gradient) const {
        for (const std::uint32_t row : rows)
            add_gradient(row, values, gradient);
    }
    /// Adds a row's weights times the values at their targets to the gradients of its delays, which
    /// lie like the weights. Only for matrices behind a relay with delays.
    virtual void add_delay_gradient(const Floats& /*weights*/, std::uint32_t /*row*/,
                                    const float* /*values*/, double* /*gradient*/) const {}
};

/// What the synapses of a connection look like to the cpu backend.
std::unique_ptr<SynapseMatrix> make_dense_matrix(std::size_t num_rows, std::size_t num_columns);
std::unique_ptr<SynapseMatrix> make_sparse_matrix(const ConnectionPlan& plan);
std::unique_ptr<SynapseMatrix> make_kernel_matrix(const ConnectionPlan& plan);
std::unique_ptr<SynapseMatrix> make_procedural_matrix(const ConnectionPlan& plan,
                                                      const RandomStream& weight_stream);

}  // namespace saltus
