#pragma once

#include <string>

#include <saltus/plan/plan.hpp>

namespace saltus {

/// Beginning of the names of scalars that are numbers of the surrogate.
inline constexpr const char* kSurrogateScalar = "_surrogate_";

/// Sets the adjoint of a population in which the derivative of a spike by what crosses the
/// threshold is a function of how far that is above zero:
///
///     zeta = dL/dz of a spike z = H(g(x)),   x+ = x + z (r(x) - x)
///     lambda <- (1 - z) lambda + z r_x^T lambda + psi(g) g_x (zeta + lambda . (r(x) - x))
///
/// E. O. Neftci, H. Mostafa, F. Zenke, IEEE Signal Processing Magazine 36, 51 (2019).
/// @param surrogate psi as an expression of x.
/// @param detach_reset whether the last term leaves out the output variable.
/// @throws ModelError when the expression has mistakes.
/// @param jumps_late whether what a spike adds to a state counts a step later than it does, before
/// which it has not decayed.
void derive_surrogate(PopulationPlan& population, const std::string& surrogate, bool detach_reset,
                      bool jumps_late = false);

}  // namespace saltus
