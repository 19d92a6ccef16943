#pragma once

#include <cstddef>
#include <filesystem>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <saltus/compilers/e_prop_compiler.hpp>
#include <saltus/compilers/event_prop_compiler.hpp>
#include <saltus/compilers/inference_compiler.hpp>
#include <saltus/compilers/surrogate_compiler.hpp>
#include <saltus/data/image_dataset.hpp>
#include <saltus/data/latency_encoder.hpp>
#include <saltus/data/spike_dataset.hpp>
#include <saltus/data/spike_transforms.hpp>
#include <saltus/network/network.hpp>
#include <saltus/runtime/callbacks.hpp>
#include <saltus/runtime/compiled_network.hpp>

namespace saltus {

/// [data]: labelled images, or labelled recordings of spikes.
struct DataSection {
    std::string format = "idx";  ///< or "nmnist", "heidelberg": recordings
    /// Where the files are: the environment variable SALTUS_DATA if set, otherwise what the network
    /// file says, taken from the network file's own folder when relative.
    std::filesystem::path folder;
    std::filesystem::path train_images;  ///< file names in `folder`; idx
    std::filesystem::path train_labels;
    std::filesystem::path test_images;
    std::filesystem::path test_labels;
    std::filesystem::path train;  ///< file names in `folder`; recordings
    std::filesystem::path test;
    /// Which part of recordings is read; examples are those of max_train and max_test.
    RecordingOptions recordings;
    std::size_t channels = 700;  ///< heidelberg
    /// Only so many examples are used, from the first.
    std::size_t max_train = std::numeric_limits<std::size_t>::max();
    std::size_t max_test = std::numeric_limits<std::size_t>::max();

    /// Whether the data are recordings of spikes, which need no encoding.
    bool are_recordings() const { return format != "idx"; }
    /// Reads the images to train with. @throws what read_image_dataset throws.
    ImageDataset read_train() const;
    /// Reads the images to test with. @throws what read_image_dataset throws.
    ImageDataset read_test() const;
    /// Reads the recordings to train with. @throws what read_nmnist or read_heidelberg throws.
    SpikeDataset read_train_recordings() const;
    /// Reads the recordings to test with. @throws what read_nmnist or read_heidelberg throws.
    SpikeDataset read_test_recordings() const;
};

/// [encoding]: how pixels become spikes.
struct EncodingSection {
    std::string type = "linear_latency";  ///< or "log_latency", "thermometer"
    double min_time = 0.0;                ///< ms; of all spikes of a thermometer
    double max_time = 0.0;                ///< ms; linear_latency
    double tau_eff = 0.0;                 ///< ms; log_latency
    int threshold = 1;                    ///< pixels up to this value stay silent
    std::size_t levels = 1;               ///< neurons of each pixel; thermometer

    /// Of the pixels that pixels() gives. @throws ModelError for values out of range.
    LatencyEncoder encoder() const;
    /// The pixels of which each is a neuron.
    ImageDataset pixels(ImageDataset images) const;
};

/// [augmentation]: how the examples to train with are varied in each epoch, in this order.
struct AugmentationSection {
    double blend = 0.0;              ///< probability of BlendExamples
    std::vector<std::size_t> shift;  ///< of ShiftNeurons, along the first axes
    double mirror = 0.0;             ///< probability of MirrorNeurons, along the second axis
    double time_shift = 0.0;         ///< ms; of ShiftTime
    double time_jitter = 0.0;        ///< ms; of JitterTime
    double deletion = 0.0;           ///< probability of DeleteSpikes
    double added_spikes = 0.0;       ///< mean number of AddSpikes

    /// Whether anything is varied.
    bool is_used() const;
    /// Whether spikes are moved to other neurons, and nothing else.
    bool only_moves() const;
    /// @param shape of the examples. @param duration of an example in ms.
    /// @throws ModelError for values out of range.
    SpikeAugmentation augmentation(const Shape& shape, double duration, std::uint64_t seed) const;
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
    /// Fraction of the training examples, the last ones, that are kept for validation.
    double validation_split = 0.0;
    /// By which figure training ends early, if at all.
    std::optional<EarlyStopping::Options> early_stopping = {};
    /// By which figure the network goes back to the best epoch in the end, if at all.
    std::optional<RestoreBest::Options> restore_best = {};

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
    AugmentationSection augmentation;
    Network network;
    /// "event_prop", "surrogate", "e_prop" or "inference".
    std::string compiler;
    /// Set when the compiler has that name.
    EventPropOptions event_prop;
    SurrogateOptions surrogate;
    EPropOptions e_prop;
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
