#pragma once

#include "kernels/neuron_abi.h"

namespace saltus {

/// One entry of the tables of kernels that are compiled with the library. The tables are generated
/// by `saltus_kernel_generator`, one for each instruction set, and end with a null hash.
struct BuiltInKernel {
    const char* hash;
    SaltusAdvanceFunction advance;
    SaltusRetreatFunction retreat;
};

extern const BuiltInKernel kBuiltInKernels_baseline[];
#if defined(__x86_64__)
extern const BuiltInKernel kBuiltInKernels_avx2[];
extern const BuiltInKernel kBuiltInKernels_avx512[];
#endif

}  // namespace saltus
