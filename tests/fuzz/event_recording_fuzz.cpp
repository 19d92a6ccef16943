// Any bytes either are a recording, all of whose spikes are of neurons and times that there are, or
// end in an error of the library that names the file. The first byte chooses the pooling.
#include <cmath>
#include <cstdint>
#include <cstdlib>

#include <saltus/common/errors.hpp>
#include <saltus/data/event_recording.hpp>

namespace {

// Not assert, which release builds leave out.
void require(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    saltus::RecordingOptions options;
    options.pooling = 1U + data[0] % 40U;
    if ((data[0] & 0x80U) != 0) {
        options.start_time = 10.0;
        options.end_time = 100.0;
    }
    const std::size_t neurons = saltus::nmnist_shape(options.pooling).size();
    try {
        const auto spikes =
            saltus::parse_event_recording({data + 1, size - 1}, "recording", options);
        require((size - 1) % 5 == 0 && spikes.size() <= (size - 1) / 5);
        for (const saltus::Spike& spike : spikes) {
            require(spike.neuron < neurons && std::isfinite(spike.time) && spike.time >= 0.0);
            require(spike.time < options.end_time - options.start_time);
        }
        saltus::SpikeTrains trains(neurons);
        trains.append(spikes);
    } catch (const saltus::ModelError& error) {
        require(error.field("file") == "recording");
    }
    return 0;
}
