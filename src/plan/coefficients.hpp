#pragma once

#include <string>
#include <vector>

#include <saltus/expr/expression.hpp>
#include <saltus/network/neuron.hpp>
#include <saltus/plan/neuron_kernel.hpp>

namespace saltus {

/// The value of an expression of coefficients for one neuron, in float64.
double evaluate_at(const expr::Expression& expression, const std::vector<Coefficient>& coefficients,
                   std::size_t neuron);

/// The values of an expression of coefficients: one, or one a neuron when a coefficient in it
/// differs between neurons.
Coefficient evaluate_all(std::string name, const expr::Expression& expression,
                         const std::vector<Coefficient>& coefficients, std::size_t size);

/// The values of a declared argument for `size` neurons: one when it is a constant.
Coefficient coefficient_from(const std::string& name, const InitValue& value, std::size_t size,
                             std::uint64_t seed, std::uint32_t owner, const std::string& where);

/// How an expression refers to a coefficient: by name, or, when it is 0 or 1 for all neurons and
/// stays so, by that number, so that simplification removes it.
expr::Expression reference_to(const Coefficient& coefficient);

}  // namespace saltus
