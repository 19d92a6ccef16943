// Rows that are made while they are used, one core: synapses a second, without their use.
#include <cstdint>
#include <vector>

#include <benchmark/benchmark.h>

#include "connectivity/random_rows.hpp"
#include "connectivity/random_words.hpp"

namespace {

using saltus::RandomPurpose;
using saltus::RandomStream;

const RandomStream kStream(1, RandomPurpose::kConnectivity, 0);

void make_rows(benchmark::State& state, const saltus::RandomRows& rows) {
    std::vector<std::uint32_t> post;
    std::size_t pre = 0;
    std::size_t synapses = 0;
    for (auto _ : state) {
        rows.targets(pre, post);
        benchmark::DoNotOptimize(post.data());
        synapses += post.size();
        // Neurons that spike are scattered.
        pre = (pre + 7919) % rows.num_pre();
    }
    state.counters["synapses/s"] =
        benchmark::Counter(static_cast<double>(synapses), benchmark::Counter::kIsRate);
    state.counters["synapses/row"] =
        static_cast<double>(synapses) / static_cast<double>(state.iterations());
}

/// Arguments: neurons of both populations, synapses of a row.
void fixed_number_post(benchmark::State& state) {
    const auto size = static_cast<std::size_t>(state.range(0));
    const auto number = static_cast<std::size_t>(state.range(1));
    make_rows(state, saltus::FixedNumberPostRows(size, size, number, true, kStream));
}
BENCHMARK(fixed_number_post)->Args({1000000, 100})->Args({1000000, 1000})->Args({10000, 10});

void fixed_probability(benchmark::State& state) {
    const auto size = static_cast<std::size_t>(state.range(0));
    const double p = static_cast<double>(state.range(1)) / static_cast<double>(size);
    make_rows(state, saltus::FixedProbabilityRows(size, size, p, true, kStream));
}
BENCHMARK(fixed_probability)->Args({1000000, 100})->Args({1000000, 1000})->Args({10000, 10});

/// The random words alone, which bound both from above.
void words(benchmark::State& state) {
    std::vector<std::uint32_t> word(static_cast<std::size_t>(state.range(0)));
    std::uint64_t element = 0;
    for (auto _ : state) {
        saltus::random_words(kStream, ++element, 0, word);
        benchmark::DoNotOptimize(word.data());
    }
    state.counters["words/s"] = benchmark::Counter(
        static_cast<double>(word.size()) * static_cast<double>(state.iterations()),
        benchmark::Counter::kIsRate);
}
BENCHMARK(words)->Arg(100)->Arg(1024);

}  // namespace

BENCHMARK_MAIN();
