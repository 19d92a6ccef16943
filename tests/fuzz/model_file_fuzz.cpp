// Any bytes with a good checksum either are a model, a checkpoint, or end in an error of the
// library that names the file.
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <saltus/common/errors.hpp>
#include <saltus/io/checkpoint.hpp>
#include <saltus/io/model_file.hpp>

#include "io/checksum.hpp"

namespace {

// Not assert, which release builds leave out.
void require(bool holds) {
    if (!holds) std::abort();
}

template <typename Read>
void attempt(const Read& read) {
    try {
        read();
    } catch (const saltus::Error& error) {
        require(!error.field("file").empty());
        require(error.problem().size() < 100000);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const std::string path =
        std::filesystem::temp_directory_path() / ("saltus-fuzz-" + std::to_string(getpid()));
    const std::string contents(reinterpret_cast<const char*>(data), size);
    for (const std::string& file : {saltus::with_checksum(contents), contents}) {
        std::ofstream(path, std::ios::binary) << file;
        attempt([&] {
            for (const auto& [name, weights] : saltus::load_model(path).weights)
                require(weights.size() == weights.shape.size());
        });
        attempt([&] { saltus::load_checkpoint(path); });
    }
    std::filesystem::remove(path);
    return 0;
}
