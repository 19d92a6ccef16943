#include <cmath>
#include <random>
#include <vector>

#include <gtest/gtest.h>
#include <hwy/highway.h>

#include <saltus/common/random.hpp>

#include "connectivity/random_words.hpp"

namespace saltus::test {
namespace {

/// Runs a check once with each instruction set that this machine and the program have.
template <class Check>
void on_every_instruction_set(const Check& check) {
    for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
        hwy::SetSupportedTargetsForTest(target);
        hwy::GetChosenTarget().Update(hwy::SupportedTargets());
        SCOPED_TRACE(hwy::TargetName(target));
        check();
    }
    hwy::SetSupportedTargetsForTest(0);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

/// Stream, element and first number, drawn at random.
struct Draw {
    explicit Draw(std::mt19937_64& generator)
        : stream(generator(), RandomPurpose::kConnectivity,
                 static_cast<std::uint32_t>(generator())),
          element(generator() >> (8 + generator() % 48)),
          first(generator() % 3 == 0 ? 0 : (generator() >> 32) * 4),
          count(generator() % 200) {}

    std::uint32_t word(std::size_t k) const {
        return stream.words(element, (first + k) / 4)[(first + k) % 4];
    }

    RandomStream stream;
    std::uint64_t element;
    std::size_t first;
    std::size_t count;
};

TEST(RandomWords, AreThoseOfTheStream) {
    on_every_instruction_set([] {
        std::mt19937_64 generator(1);
        for (int trial = 0; trial < 200; ++trial) {
            const Draw draw(generator);
            // One more, to see that nothing behind the end is written.
            std::vector<std::uint32_t> words(draw.count + 1, 12345U);
            random_words(draw.stream, draw.element, draw.first, std::span(words).first(draw.count));
            for (std::size_t k = 0; k < draw.count; ++k)
                ASSERT_EQ(words[k], draw.word(k)) << "number " << k << " of " << draw.count;
            ASSERT_EQ(words.back(), 12345U);
        }
    });
}

TEST(RandomWords, NumbersAreScaledWords) {
    on_every_instruction_set([] {
        std::mt19937_64 generator(2);
        for (int trial = 0; trial < 200; ++trial) {
            const Draw draw(generator);
            const auto bound = static_cast<std::uint32_t>(2 + (generator() % 0x7FFFFFF0U));
            const auto skipped = static_cast<std::uint32_t>(generator() % bound);
            std::vector<std::uint32_t> all(draw.count);
            std::vector<std::uint32_t> others(draw.count);
            random_numbers(draw.stream, draw.element, draw.first, bound, bound, all);
            random_numbers(draw.stream, draw.element, draw.first, bound, skipped, others);
            for (std::size_t k = 0; k < draw.count; ++k) {
                const std::uint64_t word = draw.word(k);
                ASSERT_EQ(all[k], word * bound >> 32);
                const std::uint64_t other = word * (bound - 1) >> 32;
                ASSERT_EQ(others[k], other >= skipped ? other + 1 : other);
            }
        }
    });
}

// The rule as the mathematical library has it. The two round differently, which shows when a
// quotient all but equals a whole number.
TEST(RandomWords, GapsAreQuotientsOfLogarithms) {
    std::mt19937_64 generator(3);
    std::uniform_real_distribution<double> exponents(-6.0, -0.01);
    std::size_t different = 0;
    for (int trial = 0; trial < 500; ++trial) {
        const Draw draw(generator);
        const double p = std::pow(10.0, exponents(generator));
        std::vector<std::uint32_t> gaps(draw.count);
        random_gaps(draw.stream, draw.element, draw.first, -1.0 / log_of_complement(p), 5000000,
                    gaps);
        for (std::size_t k = 0; k < draw.count; ++k) {
            const double quotient = std::log(to_uniform(draw.word(k))) / std::log1p(-p);
            const double expected = std::fmin(std::floor(quotient), 5000000.0);
            ASSERT_NEAR(gaps[k], quotient > 5000000.0 ? 5000000.0 : quotient - 0.5, 0.5001);
            different += gaps[k] == expected ? 0 : 1;
        }
    }
    EXPECT_LE(different, 3U);
}

TEST(RandomWords, GapsHaveTheSameBitsOnEveryInstructionSet) {
    std::vector<std::vector<std::uint32_t>> first;
    on_every_instruction_set([&] {
        std::vector<std::vector<std::uint32_t>> all;
        std::mt19937_64 generator(4);
        for (int trial = 0; trial < 300; ++trial) {
            const Draw draw(generator);
            all.emplace_back(1000 + draw.count);
            random_gaps(draw.stream, draw.element, draw.first, 1e6, 0x7FFFFFFF, all.back());
        }
        if (first.empty()) first = all;
        ASSERT_EQ(all, first);
    });
    // On every machine: computed apart from this code.
    const RandomStream stream(7, RandomPurpose::kConnectivity, 3);
    std::vector<std::uint32_t> gaps(6);
    random_gaps(stream, 11, 0, 1e6, 0x7FFFFFFF, gaps);
    EXPECT_EQ(gaps, (std::vector<std::uint32_t>{305130, 431579, 354523, 139418, 2266760, 77076}));
}

TEST(RandomWords, LogarithmsOfComplements) {
    for (const double p :
         {1e-18, 1e-9, 1e-3, 0.1, 0.3, 0.5, 0.50001, 0.75, 0.9, 0.999, 1 - 1e-12, 1 - 0x1p-53}) {
        const double expected = std::log1p(-p);
        EXPECT_NEAR(log_of_complement(p), expected, 4e-16 * std::fabs(expected)) << p;
    }
}

}  // namespace
}  // namespace saltus::test
