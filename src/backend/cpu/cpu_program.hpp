#pragma once

#include <memory>

#include "backend/program.hpp"

namespace saltus {

/// Binds a plan to the fast CPU backend: float32, time fused over blocks of steps, examples and
/// weight rows over threads, results independent of their number.
std::unique_ptr<Program> load_cpu_program(const Plan& plan, const Losses& losses,
                                          const BackendOptions& options);

}  // namespace saltus
