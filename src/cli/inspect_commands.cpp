#include "cli/inspect_commands.hpp"

#include <fmt/format.h>
#include <saltus/common/errors.hpp>

#include "cli/network_source.hpp"
#include "cli/program.hpp"
#include "common/text.hpp"
#include "jit/instruction_set.hpp"
#include "jit/kernel_cache.hpp"

namespace saltus {

int run_explain(const CommandLine& command, Console& console) {
    const NetworkSource source = read_network_source(command);
    const NetworkFile& file = source.file;
    const std::string plan =
        file.trains() ? file.compile_training().explain()
                      : InferenceCompiler(file.inference).compile(file.network).explain();
    console.answer(plan);
    return kSuccess;
}

int run_version(Console& console) {
    const auto cache = kernel_cache_folder();
    console.answer(
        fmt::format("saltus {}\nbackends: {}\ninstruction set: {}\nkernel cache: {}",
                    SALTUS_VERSION, enumerate(backend_names()), native_instruction_set().name,
                    cache ? cache->string() : "none (no folder of one's own to put it)"));
    return kSuccess;
}

}  // namespace saltus
