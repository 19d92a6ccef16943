#include "jit/neuron_functions.hpp"

#include <cstring>

#include <saltus/common/log.hpp>

#include "codegen/neuron_source.hpp"
#include "jit/built_in.hpp"
#include "jit/instruction_set.hpp"
#include "jit/interpreter.hpp"
#include "jit/kernel_cache.hpp"

namespace saltus {
namespace {

const BuiltInKernel* built_in_table(const std::string& instruction_set) {
#if defined(__x86_64__)
    if (instruction_set == "avx512") return kBuiltInKernels_avx512;
    if (instruction_set == "avx2") return kBuiltInKernels_avx2;
#endif
    return instruction_set == "baseline" ? kBuiltInKernels_baseline : nullptr;
}

bool find_built_in(const std::string& hash, NeuronFunctions& functions) {
    const BuiltInKernel* entry = built_in_table(native_instruction_set().name);
    for (; entry != nullptr && entry->hash != nullptr; ++entry) {
        if (hash != entry->hash) continue;
        functions.advance = entry->advance;
        functions.retreat = entry->retreat;
        functions.origin = "built in";
        return true;
    }
    return false;
}

}  // namespace

NeuronFunctions find_neuron_functions(const NeuronKernel& kernel, const KernelSources& sources) {
    NeuronFunctions functions;
    functions.jumps = static_cast<unsigned>(taped_jumps(kernel).size());
    const std::string hash = kernel_hash(kernel);
    dump_source(kernel, hash);
    if (sources.built_in && find_built_in(hash, functions)) return functions;
    if (sources.cache_and_compiler && load_or_compile(kernel, hash, functions)) return functions;
    interpret(kernel, functions);
    log(LogLevel::kInfo, "the neuron model '" + kernel.model + "' is interpreted");
    return functions;
}

}  // namespace saltus
