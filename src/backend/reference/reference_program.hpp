#pragma once

#include <memory>

#include "backend/program.hpp"

namespace saltus {

/// Binds a plan to the reference backend: one thread, one neuron and one step at a time, every
/// value kept. Slow and meant to be read; what other backends are compared with.
/// @param float64 whether to compute in float64 instead of float32.
std::unique_ptr<Program> load_reference_program(const Plan& plan, const Losses& losses,
                                                bool float64);

}  // namespace saltus
