// What convolutions, pools and their combinations tell a compiler.
#include <gtest/gtest.h>

#include <saltus/connectivity/avg_pool_2d.hpp>
#include <saltus/connectivity/avg_pool_conv_2d.hpp>
#include <saltus/connectivity/avg_pool_dense_2d.hpp>
#include <saltus/connectivity/conv_1d.hpp>
#include <saltus/connectivity/conv_2d.hpp>
#include <saltus/connectivity/conv_2d_transpose.hpp>
#include <saltus/initializers/normal.hpp>

#include "connectivity/axis_taps.hpp"
#include "connectivity/effective_matrix.hpp"

namespace saltus::test {
namespace {

using Types = std::vector<MatrixType>;

const Shape kImage{6, 8, 2};

Types types_of(const Connectivity& connectivity, const Shape& source = kImage,
               const std::optional<Shape>& target = {}) {
    return offered_types(connected(connectivity, source, target));
}

TEST(ConvolutionSnippets, Names) {
    EXPECT_EQ(Conv1D(1.0, 2, 3).name(), "conv_1d");
    EXPECT_EQ(Conv2D(1.0, 2, 3).name(), "conv_2d");
    EXPECT_EQ(Conv2DTranspose(1.0, 2, 3).name(), "conv_2d_transpose");
    EXPECT_EQ(AvgPool2D(2).name(), "avg_pool_2d");
    EXPECT_EQ(AvgPoolConv2D(1.0, 2, 2, 3).name(), "avg_pool_conv_2d");
    EXPECT_EQ(AvgPoolDense2D(1.0, 2).name(), "avg_pool_dense_2d");
}

TEST(ConvolutionSnippets, MatrixTypes) {
    const Types kernel{MatrixType::kSparse, MatrixType::kProceduralKernelG};
    const Types toeplitz{MatrixType::kSparse, MatrixType::kProceduralKernelG,
                         MatrixType::kToeplitz};
    EXPECT_EQ(types_of(Conv2D(1.0, 2, 3)), toeplitz);
    EXPECT_EQ(types_of(Conv2D(1.0, 2, 2, false, {}, "same")), toeplitz);
    EXPECT_EQ(types_of(Conv2D(1.0, 2, 3, false, Param2D{1, 2})), kernel);
    EXPECT_EQ(types_of(Conv2D(1.0, 2, 3, false, {}, "valid", 0.0, {2, 1})), kernel);
    EXPECT_EQ(types_of(Conv2DTranspose(1.0, 2, 3)), kernel);
    EXPECT_EQ(types_of(Conv1D(1.0, 2, 3), Shape{9, 2}), toeplitz);
    EXPECT_EQ(types_of(Conv1D(1.0, 2, 3, false, 2), Shape{9, 2}), kernel);
    EXPECT_EQ(types_of(AvgPoolConv2D(1.0, 2, 2, 3)), kernel);
    EXPECT_EQ(types_of(AvgPoolConv2D(1.0, 2, 2, 3, false, 1)), toeplitz);
    EXPECT_EQ(types_of(AvgPool2D(2)), (Types{MatrixType::kSparse, MatrixType::kProcedural}));
    EXPECT_EQ(types_of(AvgPoolDense2D(1.0, 2), kImage, Shape{5}), Types{MatrixType::kDense});
}

// Delays that differ belong to single synapses, which only a matrix with its synapses holds.
TEST(ConvolutionSnippets, DelaysThatDifferLeaveStoredMatrices) {
    const Types sparse{MatrixType::kSparse};
    const Array delays(Shape{3, 3, 2, 2}, std::vector<double>(36, 1.0));
    EXPECT_EQ(types_of(Conv2D(1.0, 2, 3, false, {}, "valid", delays)), sparse);
    EXPECT_EQ(types_of(Conv2D(1.0, 2, 3, false, {}, "valid", Normal())), sparse);
    EXPECT_EQ(types_of(Conv2D(1.0, 2, 3, false, {}, "valid", 4)).size(), 3U);
    EXPECT_EQ(types_of(Conv2DTranspose(1.0, 2, 3, false, {}, "valid", delays)), sparse);
    EXPECT_EQ(types_of(AvgPool2D(2, false, {}, std::vector<double>{1.0, 2.0})), sparse);
    EXPECT_EQ(types_of(AvgPoolConv2D(1.0, 2, 2, 3, false, {}, {}, "valid", delays)), sparse);
    EXPECT_EQ(types_of(Conv1D(1.0, 2, 3, false, 1, "same", Normal()), Shape{9, 2}), sparse);
    EXPECT_EQ(types_of(AvgPoolDense2D(1.0, 2, {}, Normal()), kImage, Shape{5}),
              Types{MatrixType::kDense});
}

TEST(ConvolutionSnippets, WeightsHaveTheShapeOfTheKernel) {
    const auto shape = [](const Connectivity& connectivity, const Shape& source) {
        const Connected both = connected(connectivity, source, {});
        const ConnectivitySnippet snippet = snippet_of(both, MatrixType::kSparse);
        const auto rows = snippet.make_rows(RandomStream(1, RandomPurpose::kConnectivity, 0));
        EXPECT_EQ(rows->num_elements(), snippet.weight_shape.size());
        EXPECT_TRUE(snippet.trainable || connectivity.name() == "avg_pool_2d");
        return to_string(snippet.weight_shape);
    };
    EXPECT_EQ(shape(Conv2D(1.0, 4, {3, 1}), kImage), "(3, 1, 2, 4)");
    EXPECT_EQ(shape(Conv2D(1.0, 4, {3, 1}, false, {}, "same", 0, 1, 2), kImage), "(3, 1, 1, 4)");
    EXPECT_EQ(shape(Conv2DTranspose(1.0, 4, {3, 1}), kImage), "(3, 1, 4, 2)");
    EXPECT_EQ(shape(Conv1D(1.0, 4, 3), Shape{9, 2}), "(3, 2, 4)");
    EXPECT_EQ(shape(AvgPoolConv2D(1.0, 4, 2, 3), kImage), "(3, 3, 2, 4)");
    EXPECT_EQ(shape(AvgPool2D(2), kImage), "(1, 1, 1, 2)");
}

TEST(ConvolutionSnippets, PoolsDivideByTheirArea) {
    const Connected pool = connected(AvgPool2D(Param2D(2, 4), true, {}, 3), kImage);
    const ConnectivitySnippet snippet = snippet_of(pool, MatrixType::kProcedural);
    EXPECT_EQ(snippet.weight.constant(), 1.0);
    EXPECT_EQ(snippet.weight_scale, 0.125);
    EXPECT_EQ(snippet.delay.constant(), 3.0);
    EXPECT_FALSE(snippet.trainable);
    EXPECT_EQ(pool.target->shape(), Shape{12});
    EXPECT_EQ(snippet_of(connected(AvgPoolConv2D(1.0, 2, {2, 4}, 1), kImage), MatrixType::kSparse)
                  .weight_scale,
              0.125);
}

// A dense matrix behind a pool has the shape of its weights; those of one number wait for the
// target's shape.
TEST(ConvolutionSnippets, MatrixBehindAPool) {
    Connected both = connected(AvgPoolDense2D(0.5, {2, 4}), kImage);
    EXPECT_FALSE(both.target->has_shape());
    both.target->set_shape(Shape{5, 1});
    const ConnectivitySnippet snippet = snippet_of(both, MatrixType::kDense);
    EXPECT_EQ(to_string(snippet.weight_shape), "(12, 5)");
    EXPECT_EQ(snippet.weight_scale, 0.125);
    EXPECT_TRUE(snippet.trainable);
    const Array weights(Shape{12, 5});
    EXPECT_EQ(connected(AvgPoolDense2D(weights, {2, 4}), kImage).target->shape(), Shape{5});
    EXPECT_EQ(connected(AvgPoolDense2D(weights, {2, 4}), kImage, Shape{5, 1}).target->shape(),
              (Shape{5, 1}));
}

// All synapses of a kernel element have its weight, whatever the weights come from.
TEST(ConvolutionSnippets, InitializersAreSharedToo) {
    const Connected both = connected(Conv2D(Normal(), 1, 3), Shape{4, 4, 1});
    const Array sparse = effective_matrix(snippet_of(both, MatrixType::kSparse));
    const Array shared = effective_matrix(snippet_of(both, MatrixType::kProceduralKernelG));
    EXPECT_EQ(sparse.values, shared.values);
    // From pixel (0, 0) to (0, 0), and from (1, 1) to (1, 1).
    EXPECT_EQ(sparse.values[0], sparse.values[5 * 4 + 3]);
    EXPECT_NE(sparse.values[0], 0.0);
}

TEST(ConvolutionSnippets, ArgumentsThatAreLeftOut) {
    const AvgPool2D pool(Param2D(2, 3));
    EXPECT_EQ(pool.pool_strides(), Param2D(2, 3));
    EXPECT_EQ(pool.pool_padding(), PadMode::kValid);
    EXPECT_EQ(AvgPoolDense2D(1.0, 4).pool_strides(), Param2D(4));
    const Conv2D conv(1.0, 4, 2, true, 3, std::string("full"), 0, {1, 2}, 2);
    EXPECT_EQ(conv.conv_strides(), Param2D(3));
    EXPECT_EQ(conv.conv_padding(), PadMode::kFull);
    EXPECT_EQ(conv.dilation(), Param2D(1, 2));
    EXPECT_EQ(conv.groups(), 2U);
    EXPECT_TRUE(conv.flatten());
    EXPECT_EQ(Conv2D(1.0, 4, 2).conv_strides(), Param2D(1));
    const auto copy = conv.clone();
    EXPECT_EQ(connected(*copy, kImage).target->shape(), connected(conv, kImage).target->shape());
}

std::string listed(const AxisTaps& taps) {
    std::string text;
    for (std::size_t position = 0; position < taps.num_inputs(); ++position) {
        if (position > 0) text += " |";
        for (std::size_t i = taps.begin[position]; i < taps.begin[position + 1]; ++i) {
            text +=
                " " + std::to_string(taps.taps[i].kernel) + ">" + std::to_string(taps.taps[i].out);
        }
    }
    return text;
}

// By hand: kernel position > output, input positions between bars.
TEST(AxisTaps, Lists) {
    EXPECT_EQ(listed(convolution_taps(4, {2, 1})), " 0>0 | 1>0 0>1 | 1>1 0>2 | 1>2");
    EXPECT_EQ(listed(convolution_taps(3, {2, 1, PadMode::kSame})), " 0>0 | 1>0 0>1 | 1>1 0>2");
    EXPECT_EQ(listed(convolution_taps(2, {2, 1, PadMode::kFull})), " 1>0 0>1 | 1>1 0>2");
    EXPECT_EQ(listed(convolution_taps(5, {2, 2, PadMode::kValid, 3})), " 0>0 | | | 1>0 |");
    EXPECT_EQ(listed(transposed_taps(2, {3, 2})), " 0>0 1>1 2>2 | 0>2 1>3 2>4");
    EXPECT_EQ(listed(transposed_taps(2, {4, 2, PadMode::kSame})), " 1>0 2>1 3>2 | 0>1 1>2 2>3");
    EXPECT_EQ(listed(pool_taps(5, {2, 2})), " 0>0 | 0>0 | 0>1 | 0>1 |");
    EXPECT_EQ(listed(pool_taps(3, {2, 1})), " 0>0 | 0>0 0>1 | 0>1");
    EXPECT_EQ(listed(behind_pool(pool_taps(4, {2, 2}), convolution_taps(2, {2, 1}))),
              " 0>0 | 0>0 | 1>0 | 1>0");
}

TEST(AxisTaps, Sizes) {
    EXPECT_EQ(convolution_size(7, {3, 2}), 3U);
    EXPECT_EQ(convolution_size(7, {3, 2, PadMode::kSame}), 4U);
    EXPECT_EQ(convolution_size(7, {3, 2, PadMode::kFull}), 5U);
    EXPECT_EQ(convolution_size(2, {3, 1}), 0U);
    EXPECT_EQ(transposed_size(4, {3, 2}), 9U);
    EXPECT_EQ(transposed_size(4, {1, 2}), 8U);
    EXPECT_EQ(transposed_size(4, {3, 2, PadMode::kSame}), 8U);
}

}  // namespace
}  // namespace saltus::test
