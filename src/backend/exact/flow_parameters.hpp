#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "backend/exact/linear_flow.hpp"

namespace saltus {

/// Derivatives of a loss by the numbers of a LinearFlow that trained parameters move. In
/// dy/dt = A y + b with the adjoint lambda, dL/dA_ab is the integral of lambda_a y_b, dL/db_a that
/// of lambda_a; threshold and reset count at spikes.
class FlowParameters {
  public:
    FlowParameters() = default;
    /// @param plan whose kernel.parameters are those numbers. @param held states that do not flow.
    FlowParameters(const PopulationPlan& plan, const LinearFlow& flow,
                   const std::vector<bool>& held = {});

    bool any() const { return num_parameters_ > 0; }
    std::size_t num_parameters() const { return num_parameters_; }

    /// Adds what a neuron does between two moments without events.
    /// @param y at the beginning of the time h, @param lambda at its end, one neuron's each.
    /// @param sums [parameters][neurons]
    void add_way(const LinearFlow& flow, double h, std::size_t neuron, const double* y,
                 const double* lambda, std::span<double> sums) const;
    /// Adds what a reset does. @param lambda after it.
    void add_reset(std::size_t neuron, const double* before, const double* lambda,
                   std::span<double> sums) const;
    /// Adds what a threshold does. @param factor derivative of the loss by the crossing function.
    void add_crossing(std::size_t neuron, const double* before, double factor,
                      std::span<double> sums) const;

  private:
    /// A number and the parameter that it is; a matrix entry may stand in several places.
    struct Place {
        std::size_t parameter;
        std::size_t row;
        std::size_t column;
        double sign;
    };

    std::size_t num_parameters_ = 0;
    std::size_t size_ = 0;
    std::size_t dimension_ = 0;
    std::vector<Place> matrix_;
    std::vector<Place> offset_;
    std::vector<Place> reset_;
    std::vector<Place> reset_offset_;
    std::vector<Place> crossing_;
    std::vector<Place> crossing_offset_;
    LinearFlow transposed_;
};

}  // namespace saltus
