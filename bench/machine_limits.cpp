#include "machine_limits.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <random>
#include <vector>

namespace saltus::bench {
namespace {

// One register of this machine; wider vectors would be split through memory.
#if defined(__AVX512F__)
using Vector = float __attribute__((vector_size(64)));
#elif defined(__AVX__)
using Vector = float __attribute__((vector_size(32)));
#else
using Vector = float __attribute__((vector_size(16)));
#endif
using Clock = std::chrono::steady_clock;

struct Free {
    void operator()(Vector* pointer) const { std::free(pointer); }
};
using Buffer = std::unique_ptr<Vector[], Free>;

constexpr int kSamples = 21;
constexpr std::size_t kBytesPerSample = std::size_t{32} << 20;

Buffer make_buffer(std::size_t vectors) {
    Buffer buffer(static_cast<Vector*>(std::aligned_alloc(64, vectors * sizeof(Vector))));
    std::fill(buffer.get(), buffer.get() + vectors, Vector{});
    return buffer;
}

/// The median over samples of bytes per second of a body that passes over the buffer once.
template <class Body>
double median_bandwidth(std::size_t bytes, const Body& body) {
    const std::size_t passes = std::max<std::size_t>(1, kBytesPerSample / bytes);
    std::vector<double> samples;
    for (int sample = 0; sample < kSamples; ++sample) {
        const auto start = Clock::now();
        for (std::size_t pass = 0; pass < passes; ++pass)
            body();
        const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
        samples.push_back(static_cast<double>(passes * bytes) / seconds);
    }
    std::nth_element(samples.begin(), samples.begin() + kSamples / 2, samples.end());
    return samples[kSamples / 2];
}

}  // namespace

double read_bandwidth(std::size_t bytes) {
    const std::size_t vectors = bytes / sizeof(Vector) / 8 * 8;
    const Buffer buffer = make_buffer(vectors);
    return median_bandwidth(vectors * sizeof(Vector), [&] {
        Vector sums[8] = {};
        for (std::size_t at = 0; at < vectors; at += 8) {
            for (std::size_t k = 0; k < 8; ++k)
                sums[k] += buffer[at + k];
        }
        for (const Vector& sum : sums)
            asm volatile("" : : "m"(sum));
    });
}

double update_bandwidth(std::size_t bytes) {
    const std::size_t vectors = bytes / sizeof(Vector);
    const Buffer buffer = make_buffer(vectors);
    return median_bandwidth(vectors * sizeof(Vector), [&] {
        for (std::size_t at = 0; at < vectors; ++at)
            buffer[at] += 1.0F;
        asm volatile("" : : "r"(buffer.get()) : "memory");
    });
}

double random_update_rate(std::size_t bytes) {
    std::vector<float> buffer(std::max<std::size_t>(1, bytes / sizeof(float)));
    std::mt19937 generator(1);
    std::uniform_int_distribution<std::uint32_t> place(
        0, static_cast<std::uint32_t>(buffer.size() - 1));
    std::vector<std::uint32_t> places(std::size_t{1} << 20);
    for (std::uint32_t& at : places)
        at = place(generator);
    const double bandwidth = median_bandwidth(places.size() * sizeof(float), [&] {
        for (const std::uint32_t at : places)
            buffer[at] += 1.0F;
        asm volatile("" : : "r"(buffer.data()) : "memory");
    });
    return bandwidth / sizeof(float);
}

}  // namespace saltus::bench
