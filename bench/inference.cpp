// Inference three ways, on one core unless said: 784 -> 128 -> 10 integrate-and-fire neurons with
// Delta synapses over 100 steps of all test images, encoded as the logarithm of their latency; one
// image at a time; and the main job's network one timestep at a time with the images' spikes.
//
// usage: inference [threads = 1] [rounds = 7]
#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>
#include <saltus/compilers/event_prop_compiler.hpp>
#include <saltus/compilers/inference_compiler.hpp>
#include <saltus/connectivity/dense.hpp>
#include <saltus/data/latency_encoder.hpp>
#include <saltus/initializers/normal.hpp>
#include <saltus/neurons/inputs.hpp>
#include <saltus/neurons/integrate_fire.hpp>
#include <saltus/readouts/readouts.hpp>
#include <saltus/synapses/delta.hpp>

#include "main_job.hpp"

namespace {

using namespace saltus;
using namespace saltus::bench;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kEvaluateSteps = 100;
constexpr std::size_t kImages = 10000;

struct Samples {
    std::shared_ptr<const GridSpikes> spikes;
    std::vector<std::int32_t> labels;
};

/// The first images, encoded for integrate-and-fire neurons.
Samples samples_of(const ImageDataset& images, int threads) {
    ImageDataset some = images;
    some.num_images = std::min(kImages, images.num_images);
    some.pixels.resize(some.num_images * 784);
    some.labels.resize(some.num_images);
    return {std::make_shared<const GridSpikes>(
                LatencyEncoder::logarithmic(20.0, 51).encode(some, 1.0, kEvaluateSteps, threads)),
            some.labels};
}

CompiledNetwork compile_integrate_and_fire(std::size_t batch_size, int threads) {
    SequentialNetwork network;
    network.input(SpikeInput(), Shape{784}, "input");
    network.layer(Dense(Normal(0.03, 0.3)), IntegrateFire(IntegrateFireOptions{.v_thresh = 5.0}),
                  Delta(), Shape{128}, "hidden");
    network.layer(Dense(Normal(0.05, 0.5)),
                  IntegrateFire(IntegrateFireOptions{.v_thresh = 5.0,
                                                     .readout = std::make_shared<SpikeCount>()}),
                  Delta(), Shape{10}, "output");
    InferenceOptions options;
    options.evaluate_timesteps = kEvaluateSteps;
    options.batch_size = batch_size;
    options.backend.threads = threads;
    return InferenceCompiler(options).compile(network);
}

double hidden_spikes(CompiledNetwork& network, const Samples& samples) {
    std::size_t spikes = 0;
    constexpr std::size_t kExamples = 100;
    for (std::size_t example = 0; example < kExamples; ++example)
        spikes +=
            network.trace({{"input", samples.spikes}}, example).spikes.at("hidden").neurons.size();
    return double(spikes) / kExamples;
}

void many(const Samples& samples, int threads, std::size_t rounds) {
    CompiledNetwork network = compile_integrate_and_fire(128, threads);
    const double input = double(samples.spikes->num_spikes()) / double(samples.labels.size());
    const double hidden = hidden_spikes(network, samples);
    std::vector<double> seconds;
    for (std::size_t round = 0; round < rounds; ++round) {
        const auto start = Clock::now();
        network.evaluate({{"input", samples.spikes}}, {{"output", samples.labels}});
        seconds.push_back(seconds_since(start));
    }
    const double middle = median(seconds);
    const double examples = double(samples.labels.size());
    fmt::print(
        "integrate and fire, {} steps, {:.0f} + {:.0f} spikes a sample: {:.0f} samples/s (median "
        "of "
        "{}; max {:.0f}), {:.1f} us each, {:.1f} G synaptic events/s\n",
        kEvaluateSteps, input, hidden, examples / middle, rounds,
        examples / *std::min_element(seconds.begin(), seconds.end()), 1e6 * middle / examples,
        examples * (input * 128 + hidden * 10) / middle / 1e9);
}

void one(const Samples& samples, int threads) {
    CompiledNetwork network = compile_integrate_and_fire(1, threads);
    std::vector<double> seconds;
    for (std::size_t example = 0; example < 500; ++example) {
        const auto list = std::make_shared<GridSpikes>(784, kEvaluateSteps, 1.0);
        SpikeList spikes;
        samples.spikes->unpack(example, spikes);
        list->append(spikes);
        const Labels labels = {{"output", {samples.labels[example]}}};
        const auto start = Clock::now();
        network.evaluate({{"input", std::shared_ptr<const GridSpikes>(list)}}, labels);
        seconds.push_back(seconds_since(start));
    }
    fmt::print("one sample evaluated: {:.1f} us (median of 500)\n", 1e6 * median(seconds));
}

void steps(const ImageDataset& images, int threads) {
    const auto spikes = encode(images, threads);
    InferenceOptions options;
    options.evaluate_timesteps = kSteps;
    options.backend.threads = threads;
    const Network network = main_job();
    for (const std::size_t examples : {1, 32}) {
        Stream stream = InferenceCompiler(options).compile(network).stream(examples);
        std::vector<double> seconds;
        std::size_t given = 0;
        std::vector<SpikeList> lists(examples);
        for (std::size_t image = 0; image < 100 * examples; image += examples) {
            for (std::size_t k = 0; k < examples; ++k)
                spikes->unpack(image + k, lists[k]);
            for (std::size_t step = 0; step < kSteps; ++step) {
                std::vector<std::vector<std::uint32_t>> events;
                for (const SpikeList& list : lists) {
                    events.emplace_back(list.neurons.begin() + list.step_begin[step],
                                        list.neurons.begin() + list.step_begin[step + 1]);
                    given += events.back().size();
                }
                const std::map<std::string, StepInput> inputs = {{"input", std::move(events)}};
                const auto start = Clock::now();
                stream.step(inputs);
                seconds.push_back(seconds_since(start));
            }
        }
        const double mean = double(given) / double(seconds.size() * examples);
        fmt::print(
            "main job, {} at once, {:.1f} input spikes a step each: {:.1f} us a step (median of "
            "{})\n",
            examples, mean, 1e6 * median(seconds), seconds.size());
    }
}

void run(int threads, std::size_t rounds) {
    const ImageDataset images = load_images();
    const Samples samples = samples_of(images, threads);
    many(samples, threads, rounds);
    one(samples, threads);
    steps(images, threads);
}

}  // namespace

int main(int argc, char** argv) {
    try {
        run(argc > 1 ? std::atoi(argv[1]) : 1,
            argc > 2 ? static_cast<std::size_t>(std::max(1, std::atoi(argv[2]))) : 7);
    } catch (const saltus::Error& error) {
        fmt::print(stderr, "{}\n", error.what());
        return 1;
    }
    return 0;
}
