#include <cmath>
#include <functional>

#include <gtest/gtest.h>

#include <saltus/connectivity/row_connectivity.hpp>
#include <saltus/network/connection.hpp>

#include "connectivity/sparse_case.hpp"

namespace saltus::test {
namespace {

/// Neighbours on a ring, with weights that fall with their distance.
class Ring : public RowConnectivity {
  public:
    std::string name() const override { return "ring"; }
    std::unique_ptr<Connectivity> clone() const override { return std::make_unique<Ring>(*this); }
    void row(const RowRequest& request, ConnectivityRow& row) const override {
        for (std::size_t distance = 1; distance <= 2; ++distance) {
            const std::size_t target = (request.pre + distance) % request.num_post;
            row.targets.push_back(static_cast<std::uint32_t>(target));
            row.weights.push_back(1.0 / static_cast<double>(distance));
        }
    }
};

/// One random target in the half that the source neuron lies in.
class HalfAndHalf : public RowConnectivity {
  public:
    using RowConnectivity::RowConnectivity;
    std::unique_ptr<Connectivity> clone() const override {
        return std::make_unique<HalfAndHalf>(*this);
    }
    bool rows_are_independent() const override { return true; }
    void row(const RowRequest& request, ConnectivityRow& row) const override {
        const std::size_t half = request.num_post / 2;
        const std::size_t chosen = request.stream.words(request.pre)[0] % half;
        const std::size_t first = request.pre < request.num_pre / 2 ? 0 : half;
        row.targets.push_back(static_cast<std::uint32_t>(first + chosen));
    }
};

/// Does what a function says.
class Custom : public RowConnectivity {
  public:
    using Rule = std::function<void(const RowRequest&, ConnectivityRow&)>;
    explicit Custom(Rule rule, bool is_independent = false, InitValue weights = 1.0)
        : RowConnectivity(std::move(weights)),
          rule_(std::move(rule)),
          is_independent_(is_independent) {}
    std::unique_ptr<Connectivity> clone() const override { return std::make_unique<Custom>(*this); }
    bool rows_are_independent() const override { return is_independent_; }
    void row(const RowRequest& request, ConnectivityRow& row) const override {
        rule_(request, row);
    }

  private:
    Rule rule_;
    bool is_independent_;
};

TEST(RowConnectivity, RowsBringTheirWeights) {
    const SparseCase example(0, 4, Ring(), true);
    const ConnectivitySnippet snippet = example.snippet(MatrixType::kSparse);
    EXPECT_EQ(
        all_rows(snippet, 1),
        (std::vector<Row>{{{1, 0}, {2, 1}}, {{2, 2}, {3, 3}}, {{0, 5}, {3, 4}}, {{0, 6}, {1, 7}}}));
    EXPECT_EQ(snippet.weight.array().values,
              (std::vector<double>{1.0, 0.5, 1.0, 0.5, 1.0, 0.5, 1.0, 0.5}));
    EXPECT_EQ(snippet.matrix_type, MatrixType::kSparse);
    EXPECT_TRUE(snippet.weight_shape.empty());
}

TEST(RowConnectivity, RowsBringTheirDelays) {
    const Custom connectivity([](const RowRequest& request, ConnectivityRow& row) {
        if (request.pre == 1) return;
        row.targets = {0, 2};
        row.delays = {3.0, static_cast<double>(request.pre)};
    });
    const ConnectivitySnippet snippet = SparseCase(3, 3, connectivity).snippet(MatrixType::kSparse);
    EXPECT_EQ(snippet.delay.array().values, (std::vector<double>{3.0, 0.0, 3.0, 2.0}));
    EXPECT_EQ(snippet.weight.constant(), 1.0);
    EXPECT_EQ(all_rows(snippet, 1), (std::vector<Row>{{{0, 0}, {2, 1}}, {}, {{0, 2}, {2, 3}}}));
}

TEST(RowConnectivity, IndependentRowsAreTheSameInBothMatrixTypes) {
    const SparseCase example(100, 50, HalfAndHalf("normal"));
    const std::vector<Row> sparse = all_rows(example.snippet(MatrixType::kSparse), 9);
    EXPECT_EQ(all_rows(example.snippet(MatrixType::kProcedural), 9), sparse);
    EXPECT_NE(all_rows(example.snippet(MatrixType::kSparse), 10), sparse);
    for (std::size_t pre = 0; pre < 100; ++pre) {
        ASSERT_EQ(sparse[pre].size(), 1U);
        EXPECT_EQ(sparse[pre][0].first < 25, pre < 50);
        EXPECT_EQ(sparse[pre][0].second, pre << 24);
    }
}

TEST(RowConnectivity, ArraysHoldOneValueASynapse) {
    const auto two = [](const RowRequest&, ConnectivityRow& row) { row.targets = {0, 1}; };
    const SparseCase example(3, 3, Custom(two, false, Array(Shape{6})));
    EXPECT_EQ(example.snippet(MatrixType::kSparse).weight.array().size(), 6U);
    EXPECT_EQ(
        message_of([&] {
            SparseCase(3, 3, Custom(two, false, Array(Shape{5}))).snippet(MatrixType::kSparse);
        }),
        "[Connection a->b] weight has shape (5,), which holds 5 values for 6 synapses; give "
        "one value for each");
}

TEST(RowConnectivity, IndicesReplaceTheRows) {
    Ring ring;
    ring.pre_ind = {1};
    ring.post_ind = {1};
    EXPECT_EQ(all_rows(SparseCase(2, 2, ring).snippet(MatrixType::kSparse), 1),
              (std::vector<Row>{{}, {{1, 0}}}));
}

std::string refused(Custom::Rule rule, bool is_independent = false) {
    return message_of([&] {
        const SparseCase example(4, 3, Custom(std::move(rule), is_independent));
        all_rows(example.snippet(MatrixType::kSparse), 1);
    });
}

TEST(RowConnectivity, ErrorsNameTheRow) {
    const auto outside = [](const RowRequest& request, ConnectivityRow& row) {
        row.targets = {0, static_cast<std::uint32_t>(request.pre + 1)};
    };
    const std::string message =
        "[Connection a->b] row 2 names target 3, outside 'b' of 3 neurons; name targets from 0 to "
        "2";
    EXPECT_EQ(refused(outside), message);
    EXPECT_EQ(refused(outside, true), message);
    EXPECT_EQ(refused([](const RowRequest&, ConnectivityRow& row) {
                  row.targets = {0, 1};
                  row.weights = {0.5};
              }),
              "[Connection a->b] row 0 gives 1 weights for 2 targets; give one for each, or none");
    EXPECT_EQ(refused([](const RowRequest& request, ConnectivityRow& row) {
                  row.targets = {0};
                  if (request.pre < 3) row.delays = {2.0};
              }),
              "[Connection a->b] row 3 gives no delays, but rows before it do; give them in all "
              "rows, or in none");
    EXPECT_EQ(refused([](const RowRequest& request, ConnectivityRow& row) {
                  row.targets = {0};
                  if (request.pre == 3) row.weights = {2.0};
              }),
              "[Connection a->b] row 3 gives weights, but rows before it do not; give them in all "
              "rows, or in none");
    EXPECT_EQ(refused([](const RowRequest&, ConnectivityRow& row) {
                  row.targets = {0};
                  row.weights = {std::nan("")};
              }),
              "[Connection a->b] row 0 gives a weight nan; give finite numbers");
    EXPECT_EQ(refused([](const RowRequest&, ConnectivityRow& row) {
                  row.targets = {0};
                  row.delays = {-1.0};
              }),
              "[Connection a->b] row 0 gives a delay of -1 timesteps; give whole numbers between 0 "
              "and 1048576");
    EXPECT_EQ(refused(
                  [](const RowRequest&, ConnectivityRow& row) {
                      row.targets = {0};
                      row.weights = {1.0};
                  },
                  true),
              "[Connection a->b] row 0 gives weights or delays, but rows are said to be "
              "independent; leave them out, or let rows_are_independent() be false");
}

TEST(RowConnectivity, RowsThatDependOnEachOtherAreNotProcedural) {
    EXPECT_EQ(
        message_of([] { SparseCase(0, 4, Ring(), true).snippet(MatrixType::kProcedural); }),
        "[Connection b->b] its connectivity 'ring' offers the matrix types SPARSE, of which none "
        "is among those asked for: PROCEDURAL; allow one of those that it offers");
}

}  // namespace
}  // namespace saltus::test
