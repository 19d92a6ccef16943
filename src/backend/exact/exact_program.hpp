#pragma once

#include <memory>

#include "backend/program.hpp"

namespace saltus {

/// Runs a plan with exact spike times, in float64, example by example on the threads that are
/// asked for. The results do not depend on how many there are.
std::unique_ptr<Program> load_exact_program(const Plan& plan, const Losses& losses,
                                            const BackendOptions& options);

}  // namespace saltus
