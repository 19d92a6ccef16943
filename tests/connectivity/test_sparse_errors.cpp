#include <limits>

#include <gtest/gtest.h>

#include <saltus/common/errors.hpp>
#include <saltus/connectivity/fixed_number_post.hpp>
#include <saltus/connectivity/fixed_number_pre.hpp>
#include <saltus/connectivity/fixed_number_total.hpp>
#include <saltus/connectivity/fixed_probability.hpp>
#include <saltus/connectivity/one_to_one.hpp>
#include <saltus/connectivity/sparse.hpp>

#include "connectivity/sparse_case.hpp"

namespace saltus::test {
namespace {

/// What compiling a connection a->b says, of 4 neurons to 3 unless it says otherwise.
std::string compile(const Connectivity& connectivity, std::size_t num_pre = 4,
                    std::size_t num_post = 3, MatrixType type = MatrixType::kSparse) {
    return message_of([&] { SparseCase(num_pre, num_post, connectivity).snippet(type); });
}

std::string compile_recurrent(const Connectivity& connectivity, std::size_t size) {
    return message_of(
        [&] { SparseCase(size, size, connectivity, true).snippet(MatrixType::kSparse); });
}

FixedProbability with_indices(std::optional<std::vector<std::uint32_t>> pre,
                              std::optional<std::vector<std::uint32_t>> post,
                              InitValue weight = 1.0) {
    FixedProbability connectivity(0.1, std::move(weight));
    connectivity.pre_ind = std::move(pre);
    connectivity.post_ind = std::move(post);
    return connectivity;
}

TEST(SparseErrors, Arguments) {
    EXPECT_EQ(message_of([] { FixedProbability(1.5, 1.0); }),
              "[FixedProbability] p is 1.5; give a probability, 0 to 1");
    EXPECT_EQ(message_of([] { FixedProbability(-0.1, 1.0); }),
              "[FixedProbability] p is -0.1; give a probability, 0 to 1");
    EXPECT_EQ(message_of([] { FixedProbability(std::numeric_limits<double>::quiet_NaN(), 1.0); }),
              "[FixedProbability] p is nan; give a probability, 0 to 1");
    EXPECT_EQ(message_of([] { OneToOne(1.0, -0.5); }),
              "[OneToOne] delay is -0.5 timesteps; give a whole number between 0 and 1048576");
    EXPECT_EQ(message_of([] { FixedNumberPost(3, std::numeric_limits<double>::infinity()); }),
              "[FixedNumberPost] weight is inf; give a finite number");
}

TEST(SparseErrors, Indices) {
    EXPECT_EQ(compile(with_indices({{0, 1}}, {})),
              "[Connection a->b] pre_ind is set and post_ind is not; set both, or neither");
    EXPECT_EQ(compile(with_indices({}, {{0, 1}})),
              "[Connection a->b] post_ind is set and pre_ind is not; set both, or neither");
    EXPECT_EQ(compile(with_indices({{0, 1}}, {{0}})),
              "[Connection a->b] pre_ind has 2 indices and post_ind has 1; give one of each for "
              "every synapse");
    EXPECT_EQ(compile(with_indices({{0, 4}}, {{0, 1}})),
              "[Connection a->b] pre_ind[1] is 4, outside its population 'a' of 4 neurons; give "
              "indices from 0 to 3");
    EXPECT_EQ(compile(with_indices({{0, 3}}, {{7, 1}})),
              "[Connection a->b] post_ind[0] is 7, outside its population 'b' of 3 neurons; give "
              "indices from 0 to 2");
    EXPECT_EQ(compile(with_indices({{0, 3}}, {{2, 1}}, Array(Shape{3}))),
              "[Connection a->b] weight has shape (3,), which holds 3 values for 2 synapses; give "
              "one value for each");
    EXPECT_EQ(message_of([] {
                  Sparse::from_coo({0}, {0, 1}, 1.0);
              }),
              "[Sparse] pre_ind has 1 indices and post_ind has 2; give one of each for every "
              "synapse");
}

TEST(SparseErrors, CompressedRows) {
    const auto refused = [](std::vector<std::size_t> row_begin) {
        return message_of([&] { Sparse::from_csr(row_begin, {0, 1, 2}, 1.0); });
    };
    EXPECT_EQ(refused({0}),
              "[Sparse] row_begin has 1 entries; give one for each source neuron and one more");
    EXPECT_EQ(refused({1, 3}), "[Sparse] row_begin[0] is 1; begin with 0");
    EXPECT_EQ(refused({0, 2, 1, 3}),
              "[Sparse] row_begin[1] is 2 and row_begin[2] is 1; let no row end before it begins");
    EXPECT_EQ(refused({0, 2}),
              "[Sparse] row_begin ends with 2 but there are 3 targets; end with the number of "
              "targets");
    EXPECT_EQ(compile(Sparse::from_csr({0, 1, 2}, {0, 1}, 1.0)),
              "[Connection a->b] row_begin describes 2 rows but its source 'a' has 4 neurons; give "
              "one row for each");
    Sparse emptied = Sparse::from_coo({0}, {0}, 1.0);
    emptied.pre_ind.reset();
    emptied.post_ind.reset();
    EXPECT_EQ(compile(emptied), "[Connection a->b] it has no synapses; set pre_ind and post_ind");
}

TEST(SparseErrors, Shapes) {
    EXPECT_EQ(compile(OneToOne(1.0)),
              "[Connection a->b] its source 'a' has shape (4,) and its target 'b' has shape (3,); "
              "give both the same shape");
    EXPECT_EQ(compile(OneToOne(Array(Shape{2})), 3),
              "[Connection a->b] weight has shape (2,), which holds 2 values for 3 synapses; give "
              "one value for each");
    EXPECT_EQ(compile(FixedProbability(0.5, Array(Shape{4, 3}))),
              "[Connection a->b] weight has shape (4, 3), but the number of synapses is not known "
              "before they are made; give a constant or an initializer, or set pre_ind and "
              "post_ind");
    EXPECT_EQ(compile(FixedNumberPost(2, 1.0, Array(Shape{2}))),
              "[Connection a->b] delay has shape (2,), which holds 2 values for 8 synapses; give "
              "one value for each");
}

TEST(SparseErrors, Numbers) {
    EXPECT_EQ(compile_recurrent(FixedNumberPost(2, 1.0), 1),
              "[Connection b->b] its only neuron may not be connected to itself; allow self "
              "connections, or use more neurons");
    EXPECT_EQ(compile_recurrent(FixedNumberPost(2, 1.0, 0.0, true), 1), "");
    EXPECT_EQ(compile_recurrent(FixedNumberPost(0, 1.0), 1), "");
    EXPECT_EQ(compile_recurrent(FixedProbability(1.0, 1.0), 1), "");
    EXPECT_EQ(compile(FixedNumberPre(2000000000, 1.0)),
              "[Connection a->b] it has 6000000000 synapses; draw at most 4294967295, or use "
              "FixedNumberPost or FixedProbability with the matrix type PROCEDURAL");
    EXPECT_EQ(compile(FixedNumberTotal(5000000000, 1.0)),
              "[Connection a->b] it has 5000000000 synapses; draw at most 4294967295, or use "
              "FixedNumberPost or FixedProbability with the matrix type PROCEDURAL");
    EXPECT_EQ(compile(FixedNumberPost(std::size_t{1} << 60, 1.0)),
              "[Connection a->b] 4 neurons with up to 1152921504606846976 synapses each are more "
              "synapses than can be told apart; use at most 2^56 in a connection");
    EXPECT_EQ(compile(FixedProbability(1e-12, 1.0), 1000000000, 1000000000),
              "[Connection a->b] 1000000000 neurons with up to 1000000000 synapses each are more "
              "synapses than can be told apart; use at most 2^56 in a connection");
}

TEST(SparseErrors, MatrixTypes) {
    EXPECT_EQ(compile(FixedProbability(0.5, 1.0), 4, 3, MatrixType::kDense),
              "[Connection a->b] its connectivity 'fixed_probability' offers the matrix types "
              "SPARSE, PROCEDURAL, of which none is among those asked for: DENSE; allow one of "
              "those that it offers");
    const std::string sparse_only =
        "offers the matrix types SPARSE, of which none is among those asked for: PROCEDURAL; allow "
        "one of those that it offers";
    EXPECT_EQ(compile(FixedNumberPre(2, 1.0), 4, 3, MatrixType::kProcedural),
              "[Connection a->b] its connectivity 'fixed_number_pre' " + sparse_only);
    EXPECT_EQ(compile(FixedNumberTotal(2, 1.0), 4, 3, MatrixType::kProcedural),
              "[Connection a->b] its connectivity 'fixed_number_total' " + sparse_only);
    EXPECT_EQ(compile(FixedNumberPost(2, Array(Shape{8})), 4, 3, MatrixType::kProcedural),
              "[Connection a->b] its connectivity 'fixed_number_post' " + sparse_only);
    EXPECT_EQ(compile(OneToOne(1.0, Array(Shape{3})), 3, 3, MatrixType::kProcedural),
              "[Connection a->b] its connectivity 'one_to_one' " + sparse_only);
    EXPECT_EQ(compile(with_indices({{1}}, {{1}}), 4, 3, MatrixType::kProcedural),
              "[Connection a->b] its connectivity 'fixed_probability' " + sparse_only);
}

}  // namespace
}  // namespace saltus::test
