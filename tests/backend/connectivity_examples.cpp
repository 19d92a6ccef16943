#include "backend/connectivity_examples.hpp"

#include <saltus/connectivity/avg_pool_2d.hpp>
#include <saltus/connectivity/avg_pool_conv_2d.hpp>
#include <saltus/connectivity/avg_pool_dense_2d.hpp>
#include <saltus/connectivity/conv_1d.hpp>
#include <saltus/connectivity/conv_2d.hpp>
#include <saltus/connectivity/conv_2d_transpose.hpp>
#include <saltus/connectivity/dense.hpp>
#include <saltus/connectivity/fixed_number_post.hpp>
#include <saltus/connectivity/fixed_number_pre.hpp>
#include <saltus/connectivity/fixed_number_total.hpp>
#include <saltus/connectivity/fixed_probability.hpp>
#include <saltus/connectivity/one_to_one.hpp>
#include <saltus/connectivity/row_connectivity.hpp>
#include <saltus/connectivity/sparse.hpp>
#include <saltus/initializers/uniform.hpp>
#include <saltus/network/network.hpp>
#include <saltus/neurons/inputs.hpp>
#include <saltus/neurons/integrate_fire.hpp>

namespace saltus::test {
namespace {

using enum MatrixType;

/// Dyadic weights around 1/8 in the given shape.
Array weights(Numbers& numbers, const Shape& shape) {
    Array array(shape);
    for (double& value : array.values)
        value = numbers.dyadic(0.125, 0.25);
    return array;
}

Array delays(Numbers& numbers, const Shape& shape) {
    Array array(shape);
    for (double& value : array.values)
        value = static_cast<double>(numbers.below(7));
    return array;
}

/// Each neuron to itself and its neighbour, as a user would write it.
class Neighbours : public RowConnectivity {
  public:
    using RowConnectivity::RowConnectivity;
    std::unique_ptr<Connectivity> clone() const override {
        return std::make_unique<Neighbours>(*this);
    }
    void connect(Population& /*source*/, Population& /*target*/) const override {}
    void row(const RowRequest& request, ConnectivityRow& row) const override {
        row.targets = {static_cast<std::uint32_t>(request.pre % request.num_post),
                       static_cast<std::uint32_t>((request.pre + 1) % request.num_post)};
    }
    bool rows_are_independent() const override { return true; }
};

template <class Connectivity_, class... Arguments>
std::unique_ptr<Connectivity> made(Arguments&&... arguments) {
    return std::make_unique<Connectivity_>(std::forward<Arguments>(arguments)...);
}

std::vector<ConnectivityExample> plain_examples() {
    return {
        {"dense",
         {3, 4},
         {10},
         [](Numbers& n) {
             return made<Dense>(weights(n, {12, 10}));
         },
         {kDense}},
        {"dense_delay",
         {12},
         {5, 2},
         [](Numbers& n) {
             return made<Dense>(weights(n, {12, 10}), 3);
         },
         {kDense}},
        {"dense_delays",
         {12},
         {10},
         [](Numbers& n) {
             return made<Dense>(weights(n, {12, 10}), delays(n, {12, 10}));
         },
         {kDense}},
        {"one_to_one",
         {20},
         {20},
         [](Numbers& n) { return made<OneToOne>(weights(n, {20}), 1); },
         {kSparse}},
        {"one_to_one_constant",
         {20},
         {20},
         [](Numbers&) { return made<OneToOne>(0.25); },
         {kSparse, kProcedural}},
        {"fixed_probability",
         {30},
         {40},
         [](Numbers&) { return made<FixedProbability>(0.2, 0.125); },
         {kSparse, kProcedural}},
        {"fixed_probability_delays",
         {30},
         {40},
         [](Numbers&) { return made<FixedProbability>(0.2, 0.125, false, Uniform(0.0, 6.0)); },
         {kSparse, kProcedural},
         5},
        {"fixed_number_post",
         {30},
         {40},
         [](Numbers&) { return made<FixedNumberPost>(7, 0.125, 2); },
         {kSparse, kProcedural}},
        {"fixed_number_pre",
         {30},
         {40},
         [](Numbers&) { return made<FixedNumberPre>(5, 0.125); },
         {kSparse}},
        {"fixed_number_total",
         {30},
         {40},
         [](Numbers&) { return made<FixedNumberTotal>(200, 0.125); },
         {kSparse}},
        {"sparse",
         {4},
         {3},
         [](Numbers& n) {
             return std::make_unique<Sparse>(Sparse::from_coo({3, 0, 1, 3, 0}, {0, 2, 1, 2, 0},
                                                              weights(n, {5}), delays(n, {5})));
         },
         {kSparse}},
        {"rows",
         {12},
         {9},
         [](Numbers&) { return made<Neighbours>(0.25); },
         {kSparse, kProcedural}},
    };
}

std::vector<ConnectivityExample> kernel_examples() {
    return {
        {"conv_2d",
         {6, 7, 2},
         {4, 5, 3},
         [](Numbers& n) {
             return made<Conv2D>(weights(n, {3, 3, 2, 3}), 3, 3);
         },
         {kSparse, kProceduralKernelG, kToeplitz}},
        {"conv_2d_wide",
         {5, 6, 3},
         {5, 6, 20},
         [](Numbers& n) {
             return made<Conv2D>(weights(n, {3, 3, 3, 20}), 20, 3, false, Param2D(1), "same", 1);
         },
         {kSparse, kProceduralKernelG, kToeplitz}},
        {"conv_2d_strided",
         {7, 6, 2},
         {4, 3, 4},
         [](Numbers& n) {
             return made<Conv2D>(weights(n, {4, 2, 2, 4}), 4, Param2D(4, 2), false, Param2D(2),
                                 "same");
         },
         {kSparse, kProceduralKernelG}},
        {"conv_2d_dilated_groups",
         {7, 7, 4},
         {3, 3, 6},
         [](Numbers& n) {
             return made<Conv2D>(weights(n, {3, 3, 2, 6}), 6, 3, false, Param2D(1), "valid", 0, 2,
                                 2);
         },
         {kSparse, kProceduralKernelG}},
        {"conv_2d_delays",
         {5, 5, 1},
         {3, 3, 2},
         [](Numbers& n) {
             return made<Conv2D>(weights(n, {3, 3, 1, 2}), 2, 3, false, Param2D(1), "valid",
                                 delays(n, {3, 3, 1, 2}));
         },
         {kSparse}},
        {"conv_2d_transpose",
         {3, 4, 3},
         {7, 9, 2},
         [](Numbers& n) {
             return made<Conv2DTranspose>(weights(n, {3, 3, 2, 3}), 2, 3, false, Param2D(2));
         },
         {kSparse, kProceduralKernelG}},
        {"conv_1d",
         {9, 2},
         {9, 3},
         [](Numbers& n) {
             return made<Conv1D>(weights(n, {3, 2, 3}), 3, 3, false, 1, "same");
         },
         {kSparse, kProceduralKernelG, kToeplitz}},
        {"avg_pool_2d",
         {6, 6, 2},
         {3, 3, 2},
         [](Numbers&) { return made<AvgPool2D>(2); },
         {kSparse, kProcedural}},
        {"avg_pool_2d_overlapping",
         {6, 6, 2},
         {5, 5, 2},
         [](Numbers&) { return made<AvgPool2D>(2, false, Param2D(1), 2); },
         {kSparse, kProcedural}},
        {"avg_pool_conv_2d",
         {8, 8, 2},
         {3, 3, 3},
         [](Numbers& n) {
             return made<AvgPoolConv2D>(weights(n, {2, 2, 2, 3}), 3, 2, 2);
         },
         {kSparse, kProceduralKernelG}},
        {"avg_pool_dense_2d",
         {6, 6, 2},
         {5},
         [](Numbers& n) {
             return made<AvgPoolDense2D>(weights(n, {18, 5}), 2);
         },
         {kDense}},
        {"avg_pool_dense_2d_overlapping",
         {4, 4, 1},
         {5},
         [](Numbers& n) {
             return made<AvgPoolDense2D>(weights(n, {9, 5}), 2, Param2D(1), 1);
         },
         {kDense}},
        {"avg_pool_dense_2d_delays",
         {4, 4, 1},
         {5},
         [](Numbers& n) {
             return made<AvgPoolDense2D>(weights(n, {4, 5}), 2, Param2D(2), delays(n, {4, 5}));
         },
         {kDense}},
    };
}

}  // namespace

void PrintTo(const ConnectivityExample& example, std::ostream* stream) {
    *stream << example.label;
}

std::vector<ConnectivityExample> connectivity_examples() {
    std::vector<ConnectivityExample> examples = plain_examples();
    for (ConnectivityExample& example : kernel_examples())
        examples.push_back(std::move(example));
    return examples;
}

ConnectivityExample random_convolution(std::uint64_t seed) {
    Numbers numbers(seed + 100);
    const auto from = [&](std::size_t least, std::size_t count) {
        return least + numbers.below(count);
    };
    const std::size_t groups = from(1, 2);
    const std::size_t channels = groups * from(1, 3);
    const std::size_t filters = groups * from(1, 9);
    const Param2D size(from(1, 4), from(1, 4));
    const Param2D strides(from(1, 2), from(1, 2));
    const Param2D dilation(from(1, 2), from(1, 2));
    const char* const padding = numbers.below(2) == 0 ? "valid" : "same";
    const Shape source{from(8, 4), from(8, 4), channels};
    ConnectivityExample example{.label = "seed " + std::to_string(seed),
                                .source = source,
                                .target = {},
                                .make = {},
                                .matrix_types = {kSparse, kProceduralKernelG}};
    const Shape kernel{size.rows, size.columns, channels / groups, filters};
    const Conv2D probe(0.0, filters, size, false, strides, padding, 0, dilation, groups);
    Network network;
    Population& input = network.population(SpikeInput(), source);
    Population& target = network.population(IntegrateFire());
    probe.connect(input, target);
    example.target = target.shape();
    example.make = [=](Numbers& n) {
        return made<Conv2D>(weights(n, kernel), filters, size, false, strides, padding, 1, dilation,
                            groups);
    };
    return example;
}

}  // namespace saltus::test
