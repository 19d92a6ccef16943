#include <memory>

#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>
#include <saltus/data/event_recording.hpp>
#include <saltus/data/heidelberg.hpp>
#include <saltus/data/mixed_examples.hpp>
#include <saltus/data/spike_transforms.hpp>

#include "bindings.hpp"
#include "conversions.hpp"

namespace saltus::python {
namespace {

RecordingOptions to_options(std::size_t first_example, std::size_t max_examples, double start_time,
                            double end_time, std::size_t pooling) {
    return {first_example, max_examples, start_time, end_time, pooling};
}

/// Spikes, labels, shape and names of classes.
nb::tuple to_tuple(SpikeDataset dataset) {
    return nb::make_tuple(nb::cast(std::move(dataset.spikes), nb::rv_policy::move),
                          to_numpy(std::move(dataset.labels)), dataset.shape.extents(),
                          dataset.class_names);
}

void bind_readers(nb::module_& module) {
    module.def("read_nmnist",
               [](const std::string& path, std::size_t first_example, std::size_t max_examples,
                  double start_time, double end_time, std::size_t pooling) {
                   const RecordingOptions options =
                       to_options(first_example, max_examples, start_time, end_time, pooling);
                   return to_tuple(without_lock([&] { return read_nmnist(path, options); }));
               });
    module.def("read_heidelberg", [](const std::string& path, std::size_t num_channels,
                                     std::size_t first_example, std::size_t max_examples,
                                     double start_time, double end_time, std::size_t pooling) {
        const RecordingOptions options =
            to_options(first_example, max_examples, start_time, end_time, pooling);
        return to_tuple(without_lock([&] { return read_heidelberg(path, options, num_channels); }));
    });
}

void bind_mixing(nb::module_& module) {
    module.def(
        "mixed_examples",
        [](const std::vector<std::size_t>& sizes, const std::vector<double>& proportions,
           std::size_t num_examples, std::uint64_t seed, std::size_t epoch) {
            nb::list chosen;
            for (auto& examples : mixed_examples(sizes, proportions, num_examples, seed, epoch))
                chosen.append(to_numpy(std::move(examples)));
            return chosen;
        });
    module.def("append_examples",
               [](SpikeTrains& trains, const SpikeTrains& more, nb::handle examples) {
                   const auto numbers = to_vector<std::uint32_t>(examples);
                   trains.append(more, numbers);
               });
}

using Transform = std::shared_ptr<const SpikeTransform>;

/// Python holds transforms behind a pointer to the base class only.
struct TransformHandle {
    Transform transform;
};

void bind_transforms(nb::module_& module) {
    nb::class_<TransformHandle>(module, "SpikeTransform", "One way to vary an example.");
    module.def("shift_neurons", [](const std::vector<std::size_t>& shape,
                                   const std::vector<std::size_t>& max_shift) {
        return TransformHandle{std::make_shared<ShiftNeurons>(to_shape(shape), max_shift)};
    });
    module.def("mirror_neurons", [](const std::vector<std::size_t>& shape, std::size_t axis,
                                    double probability) {
        return TransformHandle{std::make_shared<MirrorNeurons>(to_shape(shape), axis, probability)};
    });
    module.def("shift_time", [](double max_shift) {
        return TransformHandle{std::make_shared<ShiftTime>(max_shift)};
    });
    module.def("jitter_time",
               [](double sd) { return TransformHandle{std::make_shared<JitterTime>(sd)}; });
    module.def("delete_spikes", [](double probability) {
        return TransformHandle{std::make_shared<DeleteSpikes>(probability)};
    });
    module.def("add_spikes", [](double mean_spikes, double duration) {
        return TransformHandle{std::make_shared<AddSpikes>(mean_spikes, duration)};
    });
    module.def("blend_examples", [](const std::vector<std::size_t>& shape,
                                    std::size_t num_aligned_axes, double probability) {
        return TransformHandle{
            std::make_shared<BlendExamples>(to_shape(shape), num_aligned_axes, probability)};
    });
}

}  // namespace

void bind_datasets(nb::module_& module) {
    bind_readers(module);
    bind_transforms(module);
    bind_mixing(module);
    nb::class_<SpikeAugmentation>(module, "SpikeAugmentation",
                                  "Transforms that make a varied copy of a data set.")
        .def("__init__",
             [](SpikeAugmentation* self, const std::vector<TransformHandle>& handles,
                std::uint64_t seed, double duration) {
                 std::vector<Transform> transforms;
                 for (const TransformHandle& handle : handles)
                     transforms.push_back(handle.transform);
                 new (self) SpikeAugmentation(std::move(transforms), seed, duration);
             })
        .def("apply",
             [](const SpikeAugmentation& augmentation, const SpikeTrains& trains, nb::handle labels,
                std::size_t epoch, int threads) {
                 const auto classes = to_vector<std::int32_t>(labels);
                 return without_lock(
                     [&] { return augmentation.apply(trains, classes, epoch, threads); });
             })
        .def_prop_ro("only_moves", &SpikeAugmentation::only_moves)
        .def("move_pixels", [](const SpikeAugmentation& augmentation, nb::handle images,
                               nb::handle moved, std::size_t epoch, int threads) {
            using From =
                nb::ndarray<const std::uint8_t, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
            using To = nb::ndarray<std::uint8_t, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
            const auto from = nb::cast<From>(images);
            const auto to = nb::cast<To>(moved);
            const ImageView view{{from.data(), from.size()}, from.shape(0), from.shape(1)};
            without_lock(
                [&] { augmentation.apply(view, std::span(to.data(), to.size()), epoch, threads); });
        });
}

}  // namespace saltus::python
