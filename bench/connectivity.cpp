// Kernels of each way to lay out synapses, one core: synaptic events a second and which fraction of
// this machine's own limit that is. The limit is the bytes that have to move, each over the
// bandwidth of the smallest cache level that can hold them, measured in the same run.
#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

#include <benchmark/benchmark.h>

#include "common/aligned_allocator.hpp"
#include "kernels/cpu/convolution.hpp"
#include "kernels/cpu/dense.hpp"
#include "kernels/cpu/sparse.hpp"
#include "machine_limits.hpp"

namespace {

using Floats = std::vector<float, saltus::AlignedAllocator<float>>;

// Examples of a batch.
constexpr std::size_t kBatch = 32;
constexpr double kSpikeProbability = 0.05;

Floats random_floats(std::size_t count) {
    std::mt19937 generator(1);
    std::uniform_real_distribution<float> uniform(-1.0F, 1.0F);
    Floats values(count);
    for (float& value : values)
        value = uniform(generator);
    return values;
}

/// Lists of indices, such as the spikes of each of some steps.
struct Lists {
    std::vector<std::uint32_t> begin{0};
    std::vector<std::uint32_t> index;

    std::size_t size() const { return begin.size() - 1; }
    /// How many different indices there are.
    std::size_t num_distinct() const {
        std::vector<std::uint32_t> sorted = index;
        std::sort(sorted.begin(), sorted.end());
        return static_cast<std::size_t>(
            std::distance(sorted.begin(), std::unique(sorted.begin(), sorted.end())));
    }
};

Lists random_spikes(std::size_t pre, std::size_t steps, double probability) {
    std::mt19937 generator(2);
    std::bernoulli_distribution spikes(probability);
    Lists lists;
    for (std::size_t step = 0; step < steps; ++step) {
        for (std::size_t neuron = 0; neuron < pre; ++neuron) {
            if (spikes(generator)) lists.index.push_back(static_cast<std::uint32_t>(neuron));
        }
        lists.begin.push_back(static_cast<std::uint32_t>(lists.index.size()));
    }
    return lists;
}

/// The steps in which each neuron spikes.
Lists transpose(const Lists& spikes, std::size_t pre) {
    std::vector<std::vector<std::uint32_t>> steps(pre);
    for (std::size_t step = 0; step < spikes.size(); ++step) {
        for (std::uint32_t k = spikes.begin[step]; k < spikes.begin[step + 1]; ++k)
            steps[spikes.index[k]].push_back(static_cast<std::uint32_t>(step));
    }
    Lists lists;
    for (const std::vector<std::uint32_t>& list : steps) {
        lists.index.insert(lists.index.end(), list.begin(), list.end());
        lists.begin.push_back(static_cast<std::uint32_t>(lists.index.size()));
    }
    return lists;
}

/// @param floor seconds in which the bytes of one iteration can move at best.
void report(benchmark::State& state, std::size_t events, double floor) {
    const auto iterations = static_cast<double>(state.iterations());
    state.SetItemsProcessed(static_cast<std::int64_t>(events) *
                            static_cast<std::int64_t>(state.iterations()));
    state.counters["of_limit"] =
        benchmark::Counter(floor * iterations, benchmark::Counter::kIsRate);
    state.counters["limit_events/s"] = static_cast<double>(events) / floor;
}

/// Seconds to read `rows` of a matrix, of which `distinct` come from the level that holds all of it
/// and the others from a block of columns that the kernel goes through at a time.
double reading_floor(std::size_t matrix_bytes, std::size_t row_bytes, std::size_t rows,
                     std::size_t distinct) {
    // Columns that the kernel sums in registers.
    const std::size_t block = std::min<std::size_t>(row_bytes, 1024);
    const double first = saltus::bench::read_bandwidth(matrix_bytes);
    const double again = saltus::bench::read_bandwidth(matrix_bytes / row_bytes * block);
    return static_cast<double>(distinct * row_bytes) / first +
           static_cast<double>((rows - distinct) * row_bytes) / again;
}

void dense_sizes(benchmark::internal::Benchmark* sizes) {
    for (const int steps : {1, 8})
        sizes->Args({1024, steps});
}

/// Arguments: neurons of source and target, steps that are done at once.
void dense_forward(benchmark::State& state) {
    const auto size = static_cast<std::size_t>(state.range(0));
    const std::size_t stride = saltus::kernels::row_stride(size);
    const Lists spikes =
        random_spikes(size, kBatch * static_cast<std::size_t>(state.range(1)), kSpikeProbability);
    const Floats weights = random_floats(size * stride);
    Floats out(spikes.size() * stride);
    for (auto _ : state) {
        saltus::kernels::sum_rows(weights.data(), stride, spikes.begin.data(), spikes.index.data(),
                                  spikes.size(), false, out.data());
        benchmark::DoNotOptimize(out.data());
    }
    report(state, spikes.index.size() * size,
           reading_floor(size * size * 4, size * 4, spikes.index.size(), spikes.num_distinct()));
}
BENCHMARK(dense_forward)->Apply(dense_sizes);

/// Gradient rows from adjoint rows, and the adjoints of the spikes, which together are the backward
/// pass. An event is counted once for both.
void dense_backward(benchmark::State& state, bool gradient, bool feedback) {
    const auto size = static_cast<std::size_t>(state.range(0));
    const std::size_t stride = saltus::kernels::row_stride(size);
    const Lists spikes =
        random_spikes(size, kBatch * static_cast<std::size_t>(state.range(1)), kSpikeProbability);
    const Lists steps = transpose(spikes, size);
    const Floats weights = random_floats(size * stride);
    const Floats adjoints = random_floats(spikes.size() * stride);
    Floats gradients(size * stride);
    Floats kappa(spikes.size() * size);
    for (auto _ : state) {
        if (gradient) {
            saltus::kernels::sum_rows(adjoints.data(), stride, steps.begin.data(),
                                      steps.index.data(), size, true, gradients.data());
        }
        if (feedback) {
            saltus::kernels::dot_rows(weights.data(), stride, spikes.begin.data(),
                                      spikes.index.data(), spikes.size(), adjoints.data(),
                                      kappa.data(), size);
        }
        benchmark::DoNotOptimize(gradients.data());
        benchmark::DoNotOptimize(kappa.data());
    }
    const std::size_t bytes = size * size * 4;
    double floor = 0.0;
    if (gradient) {
        floor += static_cast<double>(bytes) / saltus::bench::update_bandwidth(bytes) +
                 reading_floor(adjoints.size() * 4, size * 4, spikes.index.size(), spikes.size());
    }
    if (feedback) {
        floor += reading_floor(bytes, size * 4, spikes.index.size(), spikes.num_distinct());
    }
    report(state, spikes.index.size() * size, floor);
}
BENCHMARK_CAPTURE(dense_backward, gradient, true, false)->Apply(dense_sizes);
BENCHMARK_CAPTURE(dense_backward, feedback, false, true)->Apply(dense_sizes);
BENCHMARK_CAPTURE(dense_backward, both, true, true)->Apply(dense_sizes);

/// A convolution of odd kernels whose output has the size of its input.
saltus::kernels::ConvolutionShape same_convolution(std::uint32_t size, std::size_t in_channels,
                                                   std::size_t out_channels, std::uint32_t kernel) {
    saltus::kernels::ConvolutionShape shape{
        .in_columns = size,
        .in_channels = in_channels,
        .channels_in_group = in_channels,
        .out_columns = size,
        .out_channels = out_channels,
        .kernel_columns = kernel,
        .group_outputs = out_channels,
        .row_begin = {0},
        .rows = {},
        .column_begin = {0},
        .columns = {},
    };
    const std::uint32_t reach = kernel / 2;
    for (std::uint32_t in = 0; in < size; ++in) {
        const std::uint32_t first = in < reach ? 0 : in - reach;
        const std::uint32_t last = std::min(size - 1, in + reach);
        for (std::uint32_t out = first; out <= last; ++out)
            shape.rows.push_back({in + reach - out, out, 1});
        shape.row_begin.push_back(static_cast<std::uint32_t>(shape.rows.size()));
        shape.columns.push_back({first + reach - in, first, last - first + 1});
        shape.column_begin.push_back(static_cast<std::uint32_t>(shape.columns.size()));
    }
    return shape;
}

/// Arguments: rows and columns, input channels, output channels, spikes in per mille.
void convolution_forward(benchmark::State& state) {
    const auto size = static_cast<std::uint32_t>(state.range(0));
    const auto in_channels = static_cast<std::size_t>(state.range(1));
    const auto out_channels = static_cast<std::size_t>(state.range(2));
    const auto shape = same_convolution(size, in_channels, out_channels, 3);
    const std::size_t pre = size * size * in_channels;
    const std::size_t stride = size * size * out_channels;
    const Lists spikes = random_spikes(pre, 8, static_cast<double>(state.range(3)) / 1000.0);
    const Floats kernel = random_floats(9 * in_channels * out_channels);
    Floats out(stride);
    for (auto _ : state) {
        // Each step into the same row, since only one fits into the second cache level.
        saltus::kernels::convolve_spikes(shape, kernel.data(), spikes.begin.data(),
                                         spikes.index.data(), spikes.size(), out.data(), 0);
        benchmark::DoNotOptimize(out.data());
    }
    std::size_t events = 0;
    for (const std::uint32_t spike : spikes.index) {
        const std::size_t row = spike / in_channels / size;
        const std::size_t column = spike / in_channels % size;
        events += out_channels * (shape.row_begin[row + 1] - shape.row_begin[row]) *
                  shape.columns[column].length;
    }
    // Each event reads a weight, and each output is written once.
    const double floor =
        static_cast<double>(events * 4) / saltus::bench::read_bandwidth(kernel.size() * 4) +
        static_cast<double>(spikes.size() * stride * 4) /
            saltus::bench::update_bandwidth(stride * 4);
    report(state, events, floor);
}
BENCHMARK(convolution_forward)
    ->Args({32, 32, 64, 10})
    ->Args({32, 32, 64, 50})
    ->Args({32, 32, 64, 200});

/// Arguments: neurons of source and target, connected in per mille, spikes of a step.
void sparse_forward(benchmark::State& state) {
    const auto size = static_cast<std::size_t>(state.range(0));
    const Lists synapses = random_spikes(size, size, static_cast<double>(state.range(1)) / 1000.0);
    const std::vector<std::size_t> begin(synapses.begin.begin(), synapses.begin.end());
    const std::vector<std::uint16_t> post(synapses.index.begin(), synapses.index.end());
    const Floats weights = random_floats(post.size());
    const std::size_t steps = 100;
    const Lists spikes =
        random_spikes(size, steps, static_cast<double>(state.range(2)) / static_cast<double>(size));
    Floats out(size);
    const saltus::kernels::SparseRows<std::uint16_t, std::uint16_t> rows{begin.data(), post.data(),
                                                                         nullptr};
    for (auto _ : state) {
        // Each step into the same row, as a recurrent network has it.
        saltus::kernels::scatter_rows(rows, weights.data(), spikes.begin.data(),
                                      spikes.index.data(), spikes.size(), out.data(), 0);
        benchmark::DoNotOptimize(out.data());
    }
    std::size_t events = 0;
    for (const std::uint32_t spike : spikes.index)
        events += begin[spike + 1] - begin[spike];
    // A weight and a target of two bytes, which come from where all of them lie.
    const std::size_t event_bytes = sizeof(float) + sizeof(std::uint16_t);
    const double bandwidth = saltus::bench::read_bandwidth(post.size() * event_bytes);
    report(state, events, static_cast<double>(events * event_bytes) / bandwidth);
    state.counters["B/event"] = static_cast<double>(event_bytes);
}
BENCHMARK(sparse_forward)->Args({10000, 100, 500})->Args({10000, 100, 50})->Args({4000, 100, 31});

}  // namespace

BENCHMARK_MAIN();
