#include <algorithm>
#include <cmath>
#include <span>

#include <fmt/format.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>
#include <saltus/common/errors.hpp>
#include <saltus/data/grid_spikes.hpp>
#include <saltus/data/latency_encoder.hpp>
#include <saltus/data/spike_trains.hpp>

#include "bindings.hpp"
#include "conversions.hpp"

namespace saltus::python {
namespace {

/// Spikes of one example sorted by neuron, then time: the layout of PreprocessedSpikes.
struct NeuronRows {
    nb::ndarray<const std::int64_t, nb::ndim<1>, nb::c_contig, nb::device::cpu> end_spikes;
    nb::ndarray<const double, nb::ndim<1>, nb::c_contig, nb::device::cpu> times;

    std::span<const std::int64_t> ends() const { return {end_spikes.data(), end_spikes.size()}; }
    std::span<const double> all_times() const { return {times.data(), times.size()}; }
    /// Calls take(neuron, time) for every spike.
    template <typename Take>
    void for_each_spike(Take take) const {
        std::size_t spike = 0;
        for (std::size_t neuron = 0; neuron < ends().size(); ++neuron) {
            const auto end = static_cast<std::size_t>(ends()[neuron]);
            for (; spike < end; ++spike)
                take(static_cast<std::uint32_t>(neuron), all_times()[spike]);
        }
    }
};

void require_rows(std::size_t example, std::size_t num_neurons, const NeuronRows& rows) {
    const std::string where = fmt::format("Example {}", example);
    const auto ends = rows.ends();
    if (ends.size() != num_neurons) {
        throw ModelError(where,
                         fmt::format("its spikes are of {} neurons, but the population has {}",
                                     ends.size(), num_neurons),
                         "give examples of the population's size");
    }
    const bool fits = std::is_sorted(ends.begin(), ends.end()) && !ends.empty() &&
                      ends.front() >= 0 &&
                      static_cast<std::size_t>(ends.back()) == rows.all_times().size();
    if (fits) return;
    throw ModelError(where, "its end_spikes do not divide its spike_times into neurons",
                     "give cumulative numbers of spikes that end with the number of all");
}

std::vector<NeuronRows> read_rows(std::size_t num_neurons, const nb::list& examples) {
    std::vector<NeuronRows> all;
    all.reserve(examples.size());
    for (nb::handle example : examples) {
        all.push_back({nb::cast<decltype(NeuronRows::end_spikes)>(nb::object(example[0])),
                       nb::cast<decltype(NeuronRows::times)>(nb::object(example[1]))});
        require_rows(all.size() - 1, num_neurons, all.back());
    }
    return all;
}

SpikeTrains trains_of(std::size_t num_neurons, const std::vector<NeuronRows>& examples) {
    SpikeTrains trains(num_neurons);
    std::vector<std::uint32_t> neurons;
    for (const NeuronRows& rows : examples) {
        neurons.clear();
        rows.for_each_spike([&](std::uint32_t neuron, double) { neurons.push_back(neuron); });
        trains.append(rows.all_times(), neurons);
    }
    return trains;
}

SpikeTrains trains_from_rows(std::size_t num_neurons, const nb::list& examples) {
    const std::vector<NeuronRows> all = read_rows(num_neurons, examples);
    return without_lock([&] { return trains_of(num_neurons, all); });
}

/// The spikes of an example by step: rows are in the order of neurons, which counting keeps.
void sort_into_steps(const NeuronRows& rows, double dt, std::size_t num_steps, SpikeList& list) {
    std::vector<std::uint32_t> position(num_steps + 1, 0);
    for (const double time : rows.all_times())
        ++position[grid_step(time, dt) + 1];
    for (std::size_t step = 0; step < num_steps; ++step)
        position[step + 1] += position[step];
    list.step_begin = position;
    list.neurons.resize(rows.all_times().size());
    rows.for_each_spike([&](std::uint32_t neuron, double time) {
        list.neurons[position[grid_step(time, dt)]++] = neuron;
    });
}

/// Whether all spikes of all examples have a step.
bool lie_on_grid(const std::vector<NeuronRows>& examples, double dt, std::size_t num_steps) {
    const auto has_step = [&](double time) {
        return std::isfinite(time) && time >= 0.0 && grid_step(time, dt) < num_steps;
    };
    return std::all_of(examples.begin(), examples.end(), [&](const NeuronRows& rows) {
        return std::all_of(rows.all_times().begin(), rows.all_times().end(), has_step);
    });
}

GridSpikes grid_from_rows(std::size_t num_neurons, const nb::list& examples, double dt,
                          std::size_t num_steps, int threads) {
    const std::vector<NeuronRows> all = read_rows(num_neurons, examples);
    return without_lock([&] {
        // Whose times are wrong is said by the way that checks each of them.
        if (!lie_on_grid(all, dt, num_steps))
            return GridSpikes::from(trains_of(num_neurons, all), dt, num_steps);
        std::vector<std::uint32_t> counts;
        for (const NeuronRows& rows : all)
            counts.push_back(static_cast<std::uint32_t>(rows.all_times().size()));
        const auto make = [&](std::size_t first, std::size_t last,
                              const GridSpikes::TakeExample& take) {
            SpikeList list;
            for (std::size_t example = first; example < last; ++example) {
                sort_into_steps(all[example], dt, num_steps, list);
                take(list);
            }
        };
        return GridSpikes::assemble(num_neurons, num_steps, dt, counts, make, threads);
    });
}

GridSpikes grid_from_latencies(nb::handle images, nb::handle times, double dt,
                               std::size_t num_steps, int threads) {
    using Pixels = nb::ndarray<const std::uint8_t, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
    using Times = nb::ndarray<const double, nb::shape<256>, nb::c_contig, nb::device::cpu>;
    const auto pixels = nb::cast<Pixels>(images);
    const auto table = nb::cast<Times>(times);
    const ImageView view{{pixels.data(), pixels.size()}, pixels.shape(0), pixels.shape(1)};
    const std::span<const double, 256> of_values(table.data(), 256);
    return without_lock(
        [&] { return LatencyEncoder::from_times(of_values).encode(view, dt, num_steps, threads); });
}

SpikeTrains slice_of(const SpikeTrains& trains, std::size_t first, std::size_t last) {
    SpikeTrains slice(trains.num_neurons());
    for (std::size_t example = first; example < last; ++example)
        slice.append(trains.times(example), trains.neurons(example));
    return slice;
}

GridSpikes slice_of(const GridSpikes& spikes, std::size_t first, std::size_t last) {
    GridSpikes slice(spikes.num_neurons(), spikes.num_steps(), spikes.dt());
    SpikeList list;
    for (std::size_t example = first; example < last; ++example) {
        spikes.unpack(example, list);
        slice.append(list);
    }
    return slice;
}

/// Times in ms and neurons of one example.
nb::tuple times_and_neurons(const SpikeTrains& trains, std::size_t example) {
    const auto times = trains.times(example);
    const auto neurons = trains.neurons(example);
    return nb::make_tuple(to_numpy(std::vector<double>(times.begin(), times.end())),
                          to_numpy(std::vector<std::uint32_t>(neurons.begin(), neurons.end())));
}

nb::tuple times_and_neurons(const GridSpikes& spikes, std::size_t example) {
    SpikeList list;
    spikes.unpack(example, list);
    std::vector<double> times;
    for (std::size_t step = 0; step + 1 < list.step_begin.size(); ++step)
        times.resize(list.step_begin[step + 1], static_cast<double>(step) * spikes.dt());
    for (std::size_t spike = 0; spike < list.offsets.size(); ++spike)
        times[spike] -= static_cast<double>(list.offsets[spike]);
    return nb::make_tuple(to_numpy(std::move(times)), to_numpy(std::move(list.neurons)));
}

/// What both kinds of spikes offer.
template <typename Spikes>
nb::class_<Spikes> bind_spikes(nb::module_& module, const char* name, const char* doc) {
    return nb::class_<Spikes>(module, name, doc)
        .def_prop_ro("num_neurons", &Spikes::num_neurons)
        .def_prop_ro("num_examples", &Spikes::num_examples)
        .def_prop_ro("num_spikes", [](const Spikes& spikes) { return spikes.num_spikes(); })
        .def("slice", [](const Spikes& spikes, std::size_t first,
                         std::size_t last) { return slice_of(spikes, first, last); })
        .def("example", [](const Spikes& spikes, std::size_t example) {
            return times_and_neurons(spikes, example);
        });
}

}  // namespace

void bind_data(nb::module_& module) {
    bind_spikes<SpikeTrains>(module, "SpikeTrains", "Spikes of a dataset at exact times.")
        .def(nb::init<std::size_t>())
        .def("append",
             [](SpikeTrains& trains, nb::handle times, nb::handle neurons) {
                 trains.append(to_vector<double>(times), to_vector<std::uint32_t>(neurons));
             })
        .def_prop_ro("latest_time", &SpikeTrains::latest_time)
        .def_static("from_rows", &trains_from_rows);
    bind_spikes<GridSpikes>(module, "GridSpikes", "Spikes of a dataset sorted into time steps.")
        .def_prop_ro("num_steps", &GridSpikes::num_steps)
        .def_prop_ro("dt", &GridSpikes::dt)
        .def_prop_ro("memory_bytes", &GridSpikes::memory_bytes)
        .def_static("from_rows", &grid_from_rows)
        .def_static("from_latencies", &grid_from_latencies)
        .def_static("from_trains", [](const SpikeTrains& trains, double dt, std::size_t num_steps) {
            return without_lock([&] { return GridSpikes::from(trains, dt, num_steps); });
        });
}

}  // namespace saltus::python
