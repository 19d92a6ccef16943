// What recording costs: the main job trained on all images, with nothing recorded, with all spikes
// of the hidden layer, and with their numbers, in turn. Prints medians and what they add.
//
// usage: recording [threads = 1] [rounds = 5]
#include <algorithm>
#include <array>
#include <cstdlib>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>
#include <saltus/runtime/recorders.hpp>

#include "main_job.hpp"

namespace {

using namespace saltus;
using namespace saltus::bench;

struct Case {
    const char* name;
    std::shared_ptr<SpikeRecorder> recorder;
    std::vector<double> seconds = {};
};

void run(int threads, std::size_t rounds) {
    const ImageDataset images = load_images();
    const auto spikes = encode(images, threads);
    std::array<Case, 3> cases = {{
        {"nothing", nullptr},
        {"all spikes", std::make_shared<SpikeRecorder>("hidden")},
        {"counts", std::make_shared<SpikeRecorder>("hidden", RecorderOptions{}, true)},
    }};
    for (std::size_t round = 0; round < rounds; ++round) {
        for (Case& each : cases) {
            CompiledTrainingNetwork network = compile_main_job(threads);
            TrainOptions options;
            if (each.recorder) options.callbacks = {each.recorder};
            const auto result =
                network.train({{"input", spikes}}, {{"output", images.labels}}, options);
            each.seconds.push_back(result[0].seconds);
        }
    }
    std::size_t recorded = 0;
    for (const SpikeRecorder::Record& record : cases[1].recorder->data())
        recorded += record.spikes().neurons.size();
    fmt::print("{} images, {:.1f} spikes each in the hidden layer\n", images.num_images,
               double(recorded) / double(images.num_images));
    const double plain = median(cases[0].seconds);
    for (const Case& each : cases) {
        const double middle = median(each.seconds);
        fmt::print("{:<12}{:.3f} s an epoch (median of {}; min {:.3f}), {:+.1f} %\n", each.name,
                   middle, rounds, *std::min_element(each.seconds.begin(), each.seconds.end()),
                   100.0 * (middle / plain - 1.0));
    }
}

}  // namespace

int main(int argc, char** argv) {
    try {
        run(argc > 1 ? std::atoi(argv[1]) : 1,
            argc > 2 ? static_cast<std::size_t>(std::max(1, std::atoi(argv[2]))) : 5);
    } catch (const saltus::Error& error) {
        fmt::print(stderr, "{}\n", error.what());
        return 1;
    }
    return 0;
}
