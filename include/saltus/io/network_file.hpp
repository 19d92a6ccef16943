#pragma once

#include <cstddef>
#include <filesystem>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <saltus/compilers/event_prop_compiler.hpp>
#include <saltus/compilers/inference_compiler.hpp>
#include <saltus/compilers/surrogate_compiler.hpp>
#include <saltus/data/image_dataset.hpp>
#include <saltus/data/latency_encoder.hpp>
#include <saltus/network/network.hpp>
#include <saltus/runtime/compiled_network.hpp>

namespace saltus {

/// [data]: labelled images.
struct DataSection {
    std::string format = "idx";
    /// Where the files are: the environment variable SALTUS_DATA if set, otherwise what the network
    /// file says, taken from the network file's own folder when relative.
    std::filesystem::path folder;
    std::filesystem::path train_images;  ///< file names in `folder`
    std::filesystem::path train_labels;
    std::filesystem::path test_images;
    std::filesystem::path test_labels;
    /// Only so many images are used, from the first.
    std::size_t max_train = std::numeric_limits<std::size_t>::max();
    std::size_t max_test = std::numeric_limits<std::size_t>::max();

    /// Reads the images to train with. @throws what read_image_dataset throws.
    ImageDataset read_train() const;
    /// Reads the images to test with. @throws what read_image_dataset throws.
    ImageDataset read_test() const;
};

/// [encoding]: how pixels become spikes.
struct EncodingSection {
    std::string type = "linear_latency";  ///< or "log_latency"
    double min_time = 0.0;                ///< ms
    double max_time = 0.0;                ///< ms; linear_latency
    double tau_eff = 0.0;                 ///< ms; log_latency
    int threshold = 1;                    ///< pixels up to this value stay silent

    /// @throws ModelError for values out of range.
    LatencyEncoder encoder() const;
};

/// [training]: what the program's train command does.
struct TrainingSection {
    std::size_t epochs = 1;
    bool shuffle = true;
    /// Of the learning rate: "constant", "cosine", "exponential", "plateau", "step", "warm_up".
    std::string schedule = "constant";
    /// The schedule of that name, with its arguments.
    Schedule factor = {};
    double input_dropout = 0.0;
    std::vector<std::string> metrics = {"accuracy"};

    /// As the training loop wants it, without callbacks.
    TrainOptions options() const;
};

/// What a network file (TOML) says; examples/fashion_mnist.toml shows every part.
struct NetworkFile {
    std::string name;  ///< the file's name, as in errors
    std::string text;  ///< the file itself
    std::string description;
    DataSection data;
    EncodingSection encoding;
    Network network;
    /// "event_prop", "surrogate" or "inference".
    std::string compiler;
    /// Set when the compiler has that name.
    EventPropOptions event_prop;
    SurrogateOptions surrogate;
    /// Always set, so that a network that is trained can be evaluated with the same settings.
    InferenceOptions inference;
    TrainingSection training;

    /// Whether the compiler is one that trains.
    bool trains() const { return compiler != "inference"; }
    /// The network as that compiler makes it.
    /// @throws ModelError when the compiler does not train, or for what it does not train.
    CompiledTrainingNetwork compile_training() const;
    /// The seed of the compilers, and where and how they run.
    std::uint64_t seed() const { return inference.rng_seed; }
    void set_seed(std::uint64_t seed);
    const BackendOptions& backend() const { return inference.backend; }
    void set_backend(const BackendOptions& backend);

    LatencyEncoder encoder() const { return encoding.encoder(); }
    /// The population that receives the spikes of the data: the one spike_input.
    /// @throws ModelError when there is none or more than one.
    std::string input_name() const;
    /// The population that is compared with the labels: the one with a readout.
    /// @throws ModelError when there is none or more than one.
    std::string output_name() const;
};

/// Largest network file, in bytes.
inline constexpr std::size_t kMaximumNetworkFileSize = 1 << 20;

/// Reads the text of a network file. No data file is opened.
/// @param name the file's name for errors; its folder is where relative paths begin.
/// @throws ModelError (fields "file", "line") for the first mistake.
NetworkFile parse_network_file(std::string_view text, const std::string& name);

/// @throws RuntimeFault (field "file") when the file cannot be read, and what parse_network_file
/// throws.
NetworkFile read_network_file(const std::filesystem::path& path);

}  // namespace saltus
