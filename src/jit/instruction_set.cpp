#include "jit/instruction_set.hpp"

namespace saltus {

const InstructionSet& native_instruction_set() {
    static const InstructionSet kBaseline{"baseline", {}};
#if defined(__x86_64__)
    static const InstructionSet kAvx2{"avx2", {"-march=x86-64-v3"}};
    static const InstructionSet kAvx512{"avx512",
                                        {"-march=x86-64-v4", "-mprefer-vector-width=512"}};
    if (__builtin_cpu_supports("x86-64-v4")) return kAvx512;
    if (__builtin_cpu_supports("x86-64-v3")) return kAvx2;
#endif
    return kBaseline;
}

}  // namespace saltus
