// Any bytes either are a file in the Heidelberg layout or end in an error of the library that names
// the file.
#include <cstdint>
#include <cstdlib>

#include <saltus/common/errors.hpp>
#include <saltus/data/heidelberg.hpp>

namespace {

// Not assert, which release builds leave out.
void require(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    try {
        const saltus::SpikeDataset dataset = saltus::parse_heidelberg({data, size}, "recordings");
        require(dataset.num_examples() > 0);
        require(dataset.num_examples() == dataset.spikes.num_examples());
        require(dataset.spikes.num_neurons() == dataset.shape.size());
        // Each spike has its own bytes in the file.
        require(dataset.spikes.num_spikes() <= size);
    } catch (const saltus::ModelError& error) {
        require(error.field("file") == "recordings");
        require(error.problem().size() < 100000);
    }
    return 0;
}
