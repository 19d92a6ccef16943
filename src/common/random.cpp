#include <saltus/common/random.hpp>

#include <cmath>
#include <numbers>

#include <Random123/philox.h>

namespace saltus {

RandomStream::RandomStream(std::uint64_t seed, RandomPurpose purpose, std::uint32_t owner)
    // The purpose is spread over the key by an odd constant, so that neighbouring seeds and
    // purposes never meet.
    : key_{static_cast<std::uint32_t>(seed) ^ (static_cast<std::uint32_t>(purpose) * 0x9E3779B9U),
           static_cast<std::uint32_t>(seed >> 32)},
      owner_(owner) {}

std::array<std::uint32_t, 4> RandomStream::words(std::uint64_t element, std::uint64_t draw) const {
    // 56 bits of element, 40 bits of draw and 32 bits of owner fill the 128-bit counter.
    const r123::Philox4x32::ctr_type counter = {
        {static_cast<std::uint32_t>(element),
         static_cast<std::uint32_t>((element >> 32) << 8) | static_cast<std::uint32_t>(draw >> 32),
         static_cast<std::uint32_t>(draw), owner_}};
    const r123::Philox4x32::key_type key = {{key_[0], key_[1]}};
    const auto result = r123::Philox4x32()(counter, key);
    return {result[0], result[1], result[2], result[3]};
}

double RandomStream::uniform(std::uint64_t element, std::uint64_t draw) const {
    return to_uniform(words(element, draw)[0]);
}

double RandomStream::normal(std::uint64_t element, std::uint64_t draw) const {
    const auto word = words(element, draw);
    const double radius = std::sqrt(-2.0 * std::log(to_uniform(word[0])));
    return radius * std::cos(2.0 * std::numbers::pi * to_uniform(word[1]));
}

}  // namespace saltus
