// Kernels of the cpu backend, one core, beside the bandwidth that bounds them.
#include <cstdint>
#include <random>
#include <vector>

#include <benchmark/benchmark.h>

#include "common/aligned_allocator.hpp"
#include "kernels/cpu/dense.hpp"
#include "kernels/cpu/update.hpp"
#include "machine_limits.hpp"

namespace {

using Floats = std::vector<float, saltus::AlignedAllocator<float>>;

Floats random_floats(std::size_t count) {
    std::mt19937 generator(1);
    std::uniform_real_distribution<float> uniform(-1.0F, 1.0F);
    Floats values(count);
    for (float& value : values)
        value = uniform(generator);
    return values;
}

/// Spikes of `pre` neurons over `rows` steps with a probability.
struct Spikes {
    std::vector<std::uint32_t> begin{0};
    std::vector<std::uint32_t> index;

    Spikes(std::size_t pre, std::size_t rows, double probability) {
        std::mt19937 generator(2);
        std::bernoulli_distribution spikes(probability);
        for (std::size_t row = 0; row < rows; ++row) {
            for (std::size_t neuron = 0; neuron < pre; ++neuron) {
                if (spikes(generator)) index.push_back(static_cast<std::uint32_t>(neuron));
            }
            begin.push_back(static_cast<std::uint32_t>(index.size()));
        }
    }
};

void report(benchmark::State& state, std::size_t events, std::size_t matrix_bytes) {
    const double total = static_cast<double>(events) * static_cast<double>(state.iterations());
    state.counters["events/s"] = benchmark::Counter(total, benchmark::Counter::kIsRate);
    state.counters["limit_events/s"] = saltus::bench::read_bandwidth(matrix_bytes) / 4.0;
}

/// Arguments: source and target neurons, spike probability in per mille; 32 examples.
void sum_rows(benchmark::State& state) {
    const auto pre = static_cast<std::size_t>(state.range(0));
    const auto post = static_cast<std::size_t>(state.range(1));
    const Spikes spikes(pre, 32, static_cast<double>(state.range(2)) / 1000.0);
    const Floats weights = random_floats(pre * post);
    Floats out(32 * post);
    for (auto _ : state) {
        saltus::kernels::sum_rows(weights.data(), post, spikes.begin.data(), spikes.index.data(),
                                  32, false, out.data());
        benchmark::DoNotOptimize(out.data());
    }
    report(state, spikes.index.size() * post, pre * post * 4);
}
BENCHMARK(sum_rows)
    ->Args({784, 128, 25})
    ->Args({512, 512, 50})
    ->Args({1024, 1024, 50})
    ->Args({1024, 1024, 200});

void dot_rows(benchmark::State& state) {
    const auto pre = static_cast<std::size_t>(state.range(0));
    const auto post = static_cast<std::size_t>(state.range(1));
    const Spikes spikes(pre, 32, static_cast<double>(state.range(2)) / 1000.0);
    const Floats weights = random_floats(pre * post);
    const Floats adjoints = random_floats(32 * post);
    Floats out(32 * pre);
    for (auto _ : state) {
        saltus::kernels::dot_rows(weights.data(), post, spikes.begin.data(), spikes.index.data(),
                                  32, adjoints.data(), out.data(), pre);
        benchmark::DoNotOptimize(out.data());
    }
    report(state, spikes.index.size() * post, pre * post * 4);
}
BENCHMARK(dot_rows)->Args({512, 512, 50})->Args({1024, 1024, 50});

void adam(benchmark::State& state) {
    const auto count = static_cast<std::size_t>(state.range(0));
    const Floats gradient = random_floats(count);
    Floats m(count);
    Floats v(count);
    Floats weight = random_floats(count);
    const saltus::UpdateStep step = saltus::update_step(saltus::Adam(), 10);
    for (auto _ : state) {
        saltus::kernels::update(step, count, gradient.data(), m.data(), v.data(), weight.data());
        benchmark::DoNotOptimize(weight.data());
    }
    const double total = static_cast<double>(count) * static_cast<double>(state.iterations());
    state.counters["weights/s"] = benchmark::Counter(total, benchmark::Counter::kIsRate);
    state.counters["limit_weights/s"] = saltus::bench::update_bandwidth(count * 12) / 12.0;
}
BENCHMARK(adam)->Arg(784 * 128)->Arg(1024 * 1024);

}  // namespace

BENCHMARK_MAIN();
