#include <algorithm>
#include <cmath>
#include <random>
#include <set>

#include <gtest/gtest.h>

#include <saltus/connectivity/fixed_number_post.hpp>
#include <saltus/connectivity/fixed_number_pre.hpp>
#include <saltus/connectivity/fixed_number_total.hpp>
#include <saltus/connectivity/fixed_probability.hpp>
#include <saltus/connectivity/one_to_one.hpp>
#include <saltus/connectivity/sparse.hpp>
#include <saltus/initializers/normal.hpp>
#include <saltus/network/connection.hpp>
#include <saltus/neurons/inputs.hpp>
#include <saltus/neurons/leaky_integrate_fire.hpp>
#include <saltus/synapses/delta.hpp>

#include "connectivity/sparse_case.hpp"

namespace saltus::test {
namespace {

constexpr MatrixType kSparse = MatrixType::kSparse;
constexpr MatrixType kProcedural = MatrixType::kProcedural;

std::vector<std::size_t> sources_by_target(const std::vector<Row>& rows, std::size_t num_post) {
    std::vector<std::size_t> counts(num_post);
    for (const Row& row : rows) {
        for (const auto& [post, element] : row)
            ++counts.at(post);
    }
    return counts;
}

TEST(SparseSnippets, AreTheSameInBothMatrixTypes) {
    std::mt19937_64 generator(1);
    for (int trial = 0; trial < 15; ++trial) {
        const std::size_t pre = 2 + generator() % 80;
        const std::size_t post = 2 + generator() % 80;
        const bool recurrent = trial % 2 == 0;
        const std::uint64_t seed = generator();
        const std::vector<std::shared_ptr<Connectivity>> all{
            std::make_shared<FixedProbability>(0.2, Normal(), trial % 4 == 0),
            std::make_shared<FixedNumberPost>(generator() % 30, "normal", 3.0, trial % 4 == 0)};
        for (const auto& connectivity : all) {
            const SparseCase example(pre, post, *connectivity, recurrent);
            const ConnectivitySnippet sparse = example.snippet(kSparse);
            const ConnectivitySnippet procedural = example.snippet(kProcedural);
            EXPECT_EQ(sparse.matrix_type, kSparse);
            EXPECT_EQ(procedural.matrix_type, kProcedural);
            EXPECT_EQ(all_rows(sparse, seed), all_rows(procedural, seed));
            EXPECT_EQ(all_rows(sparse, seed), all_rows(sparse, seed));
            EXPECT_TRUE(sparse.weight_shape.empty());
            EXPECT_TRUE(sparse.trainable);
            EXPECT_EQ(sparse.weight_scale, 1.0);
            EXPECT_FALSE(sparse.make_rows(row_stream(1))->num_elements().has_value());
        }
        const SparseCase pairs(post, post, OneToOne(1.0, 2.0));
        EXPECT_EQ(all_rows(pairs.snippet(kSparse), 1), all_rows(pairs.snippet(kProcedural), 2));
        EXPECT_EQ(pairs.snippet(kSparse).delay.constant(), 2.0);
    }
}

TEST(SparseSnippets, OneToOneElementsAreNeurons) {
    const SparseCase example(3, 3, OneToOne(std::vector<double>{5.0, 6.0, 7.0}));
    EXPECT_EQ(all_rows(example.snippet(kSparse), 1),
              (std::vector<Row>{{{0, 0}}, {{1, 1}}, {{2, 2}}}));
}

TEST(SparseSnippets, ShapesFollowFromOneToOneAndFromCompressedRows) {
    Network network;
    Population& source = network.population(SpikeInput(), Shape{2, 3});
    Population& target = network.population(LeakyIntegrateFire(), {});
    network.connect(source, target, OneToOne(1.0), Delta());
    EXPECT_EQ(target.shape(), (Shape{2, 3}));
    Population& earlier = network.population(SpikeInput(), {});
    network.connect(earlier, target, OneToOne(1.0), Delta());
    EXPECT_EQ(earlier.shape(), (Shape{2, 3}));
    Population& listed = network.population(SpikeInput(), {});
    network.connect(listed, target, Sparse::from_csr({0, 1, 2}, {0, 1}, 1.0), Delta());
    EXPECT_EQ(listed.shape(), Shape{2});
}

TEST(SparseSnippets, FixedProbabilityElementsNamePairs) {
    const SparseCase example(40, 50, FixedProbability(0.3, 1.0));
    const std::vector<Row> rows = all_rows(example.snippet(kSparse), 3);
    for (std::size_t pre = 0; pre < rows.size(); ++pre) {
        for (const auto& [post, element] : rows[pre])
            EXPECT_EQ(element, pre * 50 + post);
    }
}

TEST(SparseSnippets, SelfConnectionsAreForPopulationsConnectedToThemselves) {
    const auto num_self = [](const std::vector<Row>& rows) {
        std::size_t count = 0;
        for (std::size_t pre = 0; pre < rows.size(); ++pre) {
            for (const auto& synapse : rows[pre])
                count += synapse.first == pre ? 1 : 0;
        }
        return count;
    };
    const auto count = [&](const Connectivity& connectivity, bool recurrent) {
        return num_self(
            all_rows(SparseCase(100, 100, connectivity, recurrent).snippet(kSparse), 4));
    };
    EXPECT_EQ(count(FixedProbability(1.0, 1.0), true), 0U);
    EXPECT_EQ(count(FixedProbability(1.0, 1.0), false), 100U);
    EXPECT_EQ(count(FixedProbability(1.0, 1.0, true), true), 100U);
    EXPECT_EQ(count(FixedNumberPost(200, 1.0), true), 0U);
    EXPECT_GT(count(FixedNumberPost(200, 1.0), false), 100U);
    EXPECT_GT(count(FixedNumberPost(200, 1.0, 0.0, true), true), 100U);
    EXPECT_EQ(count(FixedNumberPre(200, 1.0), true), 0U);
    EXPECT_GT(count(FixedNumberPre(200, 1.0, 0.0, true), true), 100U);
    EXPECT_EQ(count(FixedNumberTotal(20000, 1.0), true), 0U);
    EXPECT_GT(count(FixedNumberTotal(20000, 1.0, 0.0, true), true), 100U);
}

TEST(SparseSnippets, FixedNumberPreDrawsSourcesUniformly) {
    constexpr std::size_t kPre = 60;
    constexpr std::size_t kPost = 500;
    constexpr std::size_t kNumber = 80;
    const SparseCase example(kPre, kPost, FixedNumberPre(kNumber, 1.0));
    const std::vector<Row> rows = all_rows(example.snippet(kSparse), 5);
    EXPECT_EQ(sources_by_target(rows, kPost), std::vector<std::size_t>(kPost, kNumber));
    std::vector<std::size_t> lengths;
    std::set<std::uint64_t> elements;
    for (const Row& row : rows) {
        lengths.push_back(row.size());
        EXPECT_TRUE(std::is_sorted(row.begin(), row.end()));
        for (const auto& [post, element] : row) {
            EXPECT_EQ(element / kNumber, post);
            elements.insert(element);
        }
    }
    EXPECT_EQ(elements.size(), kPost * kNumber);
    EXPECT_LT(std::fabs(excess_of_chi_square(lengths, kPost * kNumber / double{kPre})), 4.0);
    EXPECT_NE(all_rows(example.snippet(kSparse), 6), rows);
}

TEST(SparseSnippets, FixedNumberTotalDrawsPairsUniformly) {
    constexpr std::size_t kSize = 40;
    constexpr std::size_t kNumber = 100000;
    for (const bool recurrent : {false, true}) {
        const SparseCase example(kSize, kSize, FixedNumberTotal(kNumber, 1.0), recurrent);
        const std::vector<Row> rows = all_rows(example.snippet(kSparse), 7);
        std::vector<std::size_t> pairs(kSize * kSize);
        std::set<std::uint64_t> elements;
        for (std::size_t pre = 0; pre < kSize; ++pre) {
            for (const auto& [post, element] : rows[pre]) {
                ++pairs[pre * kSize + post];
                elements.insert(element);
            }
        }
        EXPECT_EQ(elements.size(), kNumber);
        EXPECT_EQ(*elements.rbegin(), kNumber - 1);
        if (recurrent) {
            for (std::size_t neuron = kSize; neuron-- > 0;)
                pairs.erase(pairs.begin() + static_cast<std::ptrdiff_t>(neuron * kSize + neuron));
        }
        const double each = kNumber / static_cast<double>(pairs.size());
        EXPECT_LT(std::fabs(excess_of_chi_square(pairs, each)), 4.0);
    }
}

TEST(SparseSnippets, ListsKeepTheOrderOfTheirValues) {
    const SparseCase example(4, 3,
                             Sparse::from_coo({2, 0, 2, 2, 0}, {1, 2, 0, 1, 0},
                                              std::vector<double>{10.0, 11.0, 12.0, 13.0, 14.0}));
    const ConnectivitySnippet snippet = example.snippet(kSparse);
    EXPECT_EQ(all_rows(snippet, 1),
              (std::vector<Row>{{{0, 4}, {2, 1}}, {}, {{0, 2}, {1, 0}, {1, 3}}, {}}));
    EXPECT_EQ(snippet.weight.array().values[3], 13.0);
}

TEST(SparseSnippets, CompressedRows) {
    const SparseCase example(3, 9, Sparse::from_csr({0, 2, 2, 5}, {8, 1, 0, 4, 2}, 1.0));
    EXPECT_EQ(all_rows(example.snippet(kSparse), 1),
              (std::vector<Row>{{{1, 1}, {8, 0}}, {}, {{0, 2}, {2, 4}, {4, 3}}}));
}

TEST(SparseSnippets, IndicesReplaceTheRule) {
    std::mt19937_64 generator(8);
    for (int trial = 0; trial < 30; ++trial) {
        const std::size_t size = 1 + generator() % 40;
        FixedProbability connectivity(0.5, 1.0);
        connectivity.pre_ind.emplace();
        connectivity.post_ind.emplace();
        std::vector<Row> expected(size);
        const std::size_t count = generator() % 200;
        for (std::uint64_t k = 0; k < count; ++k) {
            connectivity.pre_ind->push_back(static_cast<std::uint32_t>(generator() % size));
            connectivity.post_ind->push_back(static_cast<std::uint32_t>(generator() % size));
            expected[connectivity.pre_ind->back()].emplace_back(connectivity.post_ind->back(), k);
        }
        connectivity.weight = InitValue(std::vector<double>(count, 2.0));
        for (Row& row : expected)
            std::sort(row.begin(), row.end());
        const SparseCase example(size, size, connectivity);
        EXPECT_EQ(all_rows(example.snippet(kSparse), 1), expected);
    }
}

TEST(SparseSnippets, ArraysOfRulesHaveOneValueAnElement) {
    const SparseCase post(4, 5, FixedNumberPost(3, Array(Shape{4, 3})));
    EXPECT_EQ(post.snippet(kSparse).weight.array().size(), 12U);
    const SparseCase pre(4, 5, FixedNumberPre(3, 1.0, Array(Shape{5, 3})));
    EXPECT_EQ(pre.snippet(kSparse).delay.array().size(), 15U);
    const SparseCase total(4, 5, FixedNumberTotal(7, Array(Shape{7})));
    EXPECT_EQ(total.snippet(kSparse).weight.array().size(), 7U);
}

TEST(SparseSnippets, Names) {
    EXPECT_EQ(OneToOne(1.0).name(), "one_to_one");
    EXPECT_EQ(FixedProbability(0.1, 1.0).name(), "fixed_probability");
    EXPECT_EQ(FixedNumberPost(1, 1.0).name(), "fixed_number_post");
    EXPECT_EQ(FixedNumberPre(1, 1.0).name(), "fixed_number_pre");
    EXPECT_EQ(FixedNumberTotal(1, 1.0).name(), "fixed_number_total");
    EXPECT_EQ(Sparse::from_coo({}, {}, 1.0).name(), "sparse");
}

}  // namespace
}  // namespace saltus::test
