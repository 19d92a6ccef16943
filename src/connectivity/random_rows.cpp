#include "connectivity/random_rows.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "connectivity/random_words.hpp"

namespace saltus {
namespace {

// Gaps drawn at once: eight vectors of the widest instruction set.
constexpr std::size_t kBatch = 256;
// Further gaps, where a row holds more synapses than usual.
constexpr std::size_t kFurther = 32;

}  // namespace

void RandomRows::row(std::size_t pre, std::vector<RowSynapse>& synapses) const {
    std::vector<std::uint32_t> post;
    targets(pre, post);
    synapses.resize(post.size());
    for (std::size_t slot = 0; slot < post.size(); ++slot)
        synapses[slot] = {post[slot], element(pre, slot, post[slot])};
}

void OneToOneRows::targets(std::size_t pre, std::vector<std::uint32_t>& post) const {
    post.assign(1, static_cast<std::uint32_t>(pre));
}

FixedProbabilityRows::FixedProbabilityRows(std::size_t num_pre, std::size_t num_post, double p,
                                           bool skips_self, const RandomStream& stream)
    : RandomRows(num_pre, num_post, {num_post, false}),
      p_(p),
      skips_self_(skips_self),
      stream_(stream) {
    if (p <= 0.0 || p >= 1.0) return;
    scale_ = -1.0 / log_of_complement(p);
    const double mean = p * static_cast<double>(num_post);
    usual_count_ = static_cast<std::size_t>(mean + 2.0 * std::sqrt(mean)) + 2;
}

void FixedProbabilityRows::every_target(std::size_t pre, std::vector<std::uint32_t>& post) const {
    post.resize(num_post());
    std::iota(post.begin(), post.end(), 0U);
    if (skips_self_ && pre < num_post()) post.erase(post.begin() + static_cast<long>(pre));
}

void FixedProbabilityRows::targets(std::size_t pre, std::vector<std::uint32_t>& post) const {
    post.clear();
    if (p_ >= 1.0) every_target(pre, post);
    if (p_ <= 0.0 || p_ >= 1.0) return;
    const std::uint64_t end = num_post();
    const std::uint64_t self = skips_self_ ? pre : end;
    std::array<std::uint32_t, kBatch> gaps;
    std::uint64_t next = 0;  // first target that is not decided yet
    std::size_t drawn = 0;   // gaps
    std::size_t count = 0;   // synapses
    while (next < end) {
        const std::size_t usual = usual_count_ > drawn ? usual_count_ - drawn : 1;
        const std::size_t draw = std::min(kBatch, (usual + kFurther - 1) / kFurther * kFurther);
        random_gaps(stream_, pre, drawn, scale_, static_cast<std::uint32_t>(end),
                    {gaps.data(), draw});
        drawn += draw;
        post.resize(count + draw);
        for (std::size_t k = 0; k < draw; ++k) {
            const std::uint64_t target = next + gaps[k];
            next = target + 1;
            if (target >= end) break;
            post[count] = static_cast<std::uint32_t>(target);
            count += target == self ? 0 : 1;
        }
    }
    post.resize(count);
}

FixedNumberPostRows::FixedNumberPostRows(std::size_t num_pre, std::size_t num_post,
                                         std::size_t number, bool skips_self,
                                         const RandomStream& stream)
    : RandomRows(num_pre, num_post, {number, true}),
      number_(number),
      skips_self_(skips_self),
      stream_(stream) {}

void FixedNumberPostRows::targets(std::size_t pre, std::vector<std::uint32_t>& post) const {
    post.resize(number_);
    const auto bound = static_cast<std::uint32_t>(num_post());
    random_numbers(stream_, pre, 0, bound, skips_self_ ? static_cast<std::uint32_t>(pre) : bound,
                   post);
}

}  // namespace saltus
