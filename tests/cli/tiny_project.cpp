#include "cli/tiny_project.hpp"

#include <fstream>
#include <stdexcept>

namespace saltus {
namespace {

constexpr std::size_t kSide = 8;
constexpr std::size_t kClasses = 3;
constexpr std::size_t kTrainImages = 140;
constexpr std::size_t kTestImages = 60;

const char* const kNetwork = R"(description = "Tiny network"

[data]
format = "idx"
folder = "."
train_images = "train-images"
train_labels = "train-labels"
test_images = "test-images"
test_labels = "test-labels"

[encoding]
type = "linear_latency"
min_time = 1.0
max_time = 8.0

[[population]]
name = "input"
neuron = "spike_input"
shape = [64]

[[population]]
name = "hidden"
neuron = "leaky_integrate_fire"
shape = [16]
v_thresh = 1.0
tau_mem = 20.0

[[population]]
name = "output"
neuron = "leaky_integrate"
shape = [3]
tau_mem = 20.0
readout = "avg_var"

[[connection]]
source = "input"
target = "hidden"
connectivity = "dense"
weight = { normal = { mean = 0.3, sd = 0.2 } }
synapse = { type = "exponential", tau = 5.0 }

[[connection]]
source = "hidden"
target = "output"
connectivity = "dense"
weight = { normal = { mean = 0.2, sd = 0.4 } }
synapse = { type = "exponential", tau = 5.0 }

[compiler]
type = "event_prop"
timesteps = 12
dt = 1.0
batch_size = 16
optimiser = { type = "adam", alpha = 0.01 }
threads = 1
seed = 5

[training]
epochs = 2
metrics = ["accuracy", "mean_square_error"]
)";

void write_text(const std::filesystem::path& path, const std::string& text) {
    std::ofstream(path) << text;
}

std::string replaced(std::string text, const std::string& what, const std::string& replacement) {
    const std::size_t position = text.find(what);
    if (position == std::string::npos) throw std::logic_error("no '" + what + "' to replace");
    return text.replace(position, what.size(), replacement);
}

}  // namespace

TinyProject::TinyProject() : text_(kNetwork) {
    write_images("train", 0, kTrainImages);
    write_images("test", kTrainImages, kTestImages);
    write_text(network(), text_);
}

void TinyProject::write_images(const std::string& prefix, std::size_t first, std::size_t count) {
    const Bytes noisy = noise((first + count) * kSide * kSide);
    Bytes pixels;
    Bytes labels;
    for (std::size_t image = first; image < first + count; ++image) {
        const std::size_t label = image % kClasses;
        labels.push_back(static_cast<std::uint8_t>(label));
        for (std::size_t pixel = 0; pixel < kSide * kSide; ++pixel) {
            // A class is bright in its own rows, and dim noise everywhere else.
            const bool bright = pixel / kSide / 3 == label;
            const std::uint8_t value = noisy[image * kSide * kSide + pixel];
            pixels.push_back(static_cast<std::uint8_t>(bright ? 128 + value / 2 : value / 4));
        }
    }
    folder_.write(prefix + "-images", idx_file({count, kSide, kSide}, pixels));
    folder_.write(prefix + "-labels", idx_file({count}, labels));
}

void TinyProject::change(const std::string& what, const std::string& replacement) {
    text_ = replaced(text_, what, replacement);
}

std::string TinyProject::changed(const std::string& what, const std::string& replacement) const {
    write_text(path("changed.toml"), replaced(text_, what, replacement));
    return path("changed.toml").string();
}

}  // namespace saltus
