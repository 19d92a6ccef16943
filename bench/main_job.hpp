#pragma once

#include <chrono>
#include <vector>

#include <saltus/data/image_dataset.hpp>
#include <saltus/network/sequential_network.hpp>
#include <saltus/runtime/compiled_network.hpp>

namespace saltus::bench {

/// Sizes of the main job: 784 -> 128 LIF -> 10 leaky integrators, one spike a pixel.
inline constexpr std::size_t kHidden = 128;
inline constexpr std::size_t kSteps = 20;
inline constexpr std::size_t kBatch = 32;

/// All training images of Fashion-MNIST; or, saying so, random images of the same density when it
/// is not installed.
ImageDataset load_images();

/// The spikes of images, on the grid of the main job.
std::shared_ptr<const GridSpikes> encode(const ImageDataset& images, int threads);

/// Its populations are "input", "hidden" and "output".
SequentialNetwork main_job();

/// It, ready to be trained with EventProp and Adam.
CompiledTrainingNetwork compile_main_job(int threads);

/// Wall-clock time since then.
double seconds_since(std::chrono::steady_clock::time_point start);

/// The value in the middle.
double median(std::vector<double> values);

}  // namespace saltus::bench
