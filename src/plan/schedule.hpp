#pragma once

#include <saltus/plan/plan.hpp>

namespace saltus {

/// Orders the passes: the strongly connected components of the network one after the other, each
/// over whole blocks of steps where nothing inside it recurs; in training, the same backwards; then
/// gradients and updates. Lists the buffers that the passes need.
void schedule(Plan& plan);

}  // namespace saltus
