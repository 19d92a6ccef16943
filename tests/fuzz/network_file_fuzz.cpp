// Any bytes either end in a ModelError that names the file, or in a network file that holds
// together.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <saltus/common/errors.hpp>
#include <saltus/io/network_file.hpp>

namespace {

const std::string kName = "folder/fuzz.toml";

// Not assert, which release builds leave out.
void require(bool holds) {
    if (!holds) std::abort();
}

void require_one_line(std::string_view text) {
    for (const char character : text)
        require(static_cast<unsigned char>(character) >= 0x20);
}

// These may refuse a file that says too little; anything else thrown is a finding.
template <typename Call>
void attempt(Call call) {
    try {
        call();
    } catch (const saltus::ModelError&) {
    }
}

void work_on(const saltus::NetworkFile& file) {
    (void)file.encoder().time(255);
    (void)file.training.options();
    require(file.inference.evaluate_timesteps > 0);
    attempt([&] { (void)file.input_name(); });
    attempt([&] { (void)file.output_name(); });
    for (const auto& population : file.network.populations()) {
        require(population->size() > 0);
        (void)population->neuron().declare();
    }
    for (const auto& connection : file.network.connections()) {
        (void)connection->connectivity().weight.describe();
        (void)connection->synapse().declare();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    try {
        work_on(saltus::parse_network_file({reinterpret_cast<const char*>(data), size}, kName));
    } catch (const saltus::ModelError& error) {
        require(error.field("file") == kName);
        require(!error.field("line").empty());
        require_one_line(error.what());
    }
    return 0;
}
