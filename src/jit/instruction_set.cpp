#include "jit/instruction_set.hpp"

namespace saltus {
namespace {

#if defined(__x86_64__)
// By features, since not every compiler knows the levels by name. Processors that have these have
// the rest of their level, too.
bool has_avx2_level() {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
           __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
}

bool has_avx512_level() {
    return has_avx2_level() && __builtin_cpu_supports("avx512f") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}
#endif

}  // namespace

const InstructionSet& native_instruction_set() {
    static const InstructionSet kBaseline{"baseline", {}};
#if defined(__x86_64__)
    static const InstructionSet kAvx2{"avx2", {"-march=x86-64-v3"}};
    static const InstructionSet kAvx512{"avx512",
                                        {"-march=x86-64-v4", "-mprefer-vector-width=512"}};
    if (has_avx512_level()) return kAvx512;
    if (has_avx2_level()) return kAvx2;
#endif
    return kBaseline;
}

}  // namespace saltus
