// What convolutions, pools and their combinations refuse.
#include <gtest/gtest.h>

#include <limits>

#include <saltus/connectivity/avg_pool_2d.hpp>
#include <saltus/connectivity/avg_pool_conv_2d.hpp>
#include <saltus/connectivity/avg_pool_dense_2d.hpp>
#include <saltus/connectivity/conv_1d.hpp>
#include <saltus/connectivity/conv_2d.hpp>
#include <saltus/connectivity/conv_2d_transpose.hpp>
#include <saltus/neurons/inputs.hpp>
#include <saltus/neurons/integrate_fire.hpp>
#include <saltus/synapses/delta.hpp>

#include "connectivity/effective_matrix.hpp"
#include "data/errors_of.hpp"

namespace saltus::test {
namespace {

std::string refused(const Connectivity& connectivity, const Shape& source,
                    const std::optional<Shape>& target = {}) {
    return model_error([&] { connected(connectivity, source, target); });
}

TEST(ConvolutionErrors, Padding) {
    EXPECT_EQ(model_error([] { Padding("vaild"); }),
              "[Padding] there is no padding 'vaild'; did you mean 'valid'? (known are valid, same "
              "and full)");
    EXPECT_EQ(model_error([] { Conv2D(1.0, 2, 3, false, {}, "reflect"); }),
              "[Padding] there is no padding 'reflect'; known are valid, same and full");
    EXPECT_EQ(model_error([] { Conv2DTranspose(1.0, 2, 3, false, {}, "full"); }),
              "[Conv2DTranspose] conv_padding is 'full', which a transposed convolution does not "
              "have; give 'valid' or 'same'");
}

TEST(ConvolutionErrors, ArgumentsOutOfRange) {
    const std::string advice = "; give a whole number between 1 and 1048576";
    EXPECT_EQ(model_error([] { Conv2D(1.0, 0, 3); }), "[Conv2D] filters is 0" + advice);
    EXPECT_EQ(model_error([] { Conv2D(1.0, 2, {3, 0}); }), "[Conv2D] conv_size is (3, 0)" + advice);
    EXPECT_EQ(model_error([] { Conv2D(1.0, 2, 3, false, 0); }),
              "[Conv2D] conv_strides is (0, 0)" + advice);
    EXPECT_EQ(model_error([] { Conv2D(1.0, 2, 3, false, {}, "same", 0, 0); }),
              "[Conv2D] dilation is (0, 0)" + advice);
    EXPECT_EQ(model_error([] { Conv2D(1.0, 2, 3, false, {}, "same", 0, 1, 0); }),
              "[Conv2D] groups is 0" + advice);
    EXPECT_EQ(model_error([] {
                  Conv2DTranspose(1.0, 2, {1048577, 1});
              }),
              "[Conv2DTranspose] conv_size is (1048577, 1)" + advice);
    EXPECT_EQ(model_error([] { Conv1D(1.0, 2, 3, false, 0); }),
              "[Conv1D] conv_stride is 0" + advice);
    EXPECT_EQ(model_error([] { AvgPool2D(0); }), "[AvgPool2D] pool_size is (0, 0)" + advice);
    EXPECT_EQ(model_error([] { AvgPoolConv2D(1.0, 2, 2, 3, false, 0); }),
              "[AvgPoolConv2D] pool_strides is (0, 0)" + advice);
    EXPECT_EQ(model_error([] { AvgPoolDense2D(1.0, 0); }),
              "[AvgPoolDense2D] pool_size is (0, 0)" + advice);
    EXPECT_EQ(error_of<ModelError>([] { AvgPool2D(0); }).field("parameter"), "pool_size");
}

TEST(ConvolutionErrors, Values) {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    EXPECT_EQ(model_error([&] { Conv2D(nan, 2, 3); }),
              "[Conv2D] weight is nan; give a finite number");
    EXPECT_EQ(model_error([&] { Conv1D(nan, 2, 3); }),
              "[Conv1D] weight is nan; give a finite number");
    EXPECT_EQ(model_error([&] { Conv2DTranspose(nan, 2, 3); }),
              "[Conv2DTranspose] weight is nan; give a finite number");
    EXPECT_EQ(model_error([&] { AvgPoolConv2D(nan, 2, 2, 3); }),
              "[AvgPoolConv2D] weight is nan; give a finite number");
    EXPECT_EQ(model_error([&] { AvgPoolDense2D(nan, 2); }),
              "[AvgPoolDense2D] weight is nan; give a finite number");
    const std::string advice = "; give a whole number between 0 and 1048576";
    EXPECT_EQ(model_error([] { Conv2D(1.0, 2, 3, false, {}, "valid", -1); }),
              "[Conv2D] delay is -1 timesteps" + advice);
    EXPECT_EQ(model_error([] { Conv1D(1.0, 2, 3, false, 1, "valid", -0.5); }),
              "[Conv1D] delay is -0.5 timesteps" + advice);
    EXPECT_EQ(model_error([] { Conv2DTranspose(1.0, 2, 3, false, {}, "valid", -1); }),
              "[Conv2DTranspose] delay is -1 timesteps" + advice);
    EXPECT_EQ(model_error([] { AvgPool2D(2, false, {}, -1); }),
              "[AvgPool2D] delay is -1 timesteps" + advice);
    EXPECT_EQ(model_error([] { AvgPoolConv2D(1.0, 2, 2, 3, false, {}, {}, "valid", -1); }),
              "[AvgPoolConv2D] delay is -1 timesteps" + advice);
    EXPECT_EQ(model_error([] { AvgPoolDense2D(1.0, 2, {}, -1); }),
              "[AvgPoolDense2D] delay is -1 timesteps" + advice);
}

TEST(ConvolutionErrors, Groups) {
    EXPECT_EQ(model_error([] { Conv2D(1.0, 5, 3, false, {}, "same", 0, 1, 2); }),
              "[Conv2D] 5 filters do not divide into 2 groups; give a number of filters that is a "
              "multiple of the groups");
    EXPECT_EQ(
        refused(Conv2D(1.0, 4, 3, false, {}, "same", 0, 1, 2), Shape{6, 6, 3}),
        "[Connection source->target] the 3 channels of its source 'source' of shape (6, 6, 3) "
        "do not divide into 2 groups; make the number of channels a multiple of the groups");
    EXPECT_EQ(
        refused(Conv1D(1.0, 4, 3, false, 1, "same", 0, 1, 4), Shape{6, 6}),
        "[Connection source->target] the 6 channels of its source 'source' of shape (6, 6) do "
        "not divide into 4 groups; make the number of channels a multiple of the groups");
}

TEST(ConvolutionErrors, Sources) {
    const std::string three =
        "[Connection source->target] its source 'source' has shape (6,); give the source 3 axes: "
        "(rows, columns, channels)";
    EXPECT_EQ(refused(Conv2D(1.0, 2, 3), Shape{6}), three);
    EXPECT_EQ(refused(Conv2DTranspose(1.0, 2, 3), Shape{6}), three);
    EXPECT_EQ(refused(AvgPool2D(2), Shape{6}), three);
    EXPECT_EQ(refused(AvgPoolConv2D(1.0, 2, 2, 3), Shape{6}), three);
    EXPECT_EQ(refused(AvgPoolDense2D(1.0, 2), Shape{6}), three);
    EXPECT_EQ(
        refused(Conv1D(1.0, 2, 3), Shape{6, 6, 1}),
        "[Connection source->target] its source 'source' has shape (6, 6, 1); give the source "
        "2 axes: (length, channels)");
    EXPECT_EQ(model_error([] {
                  Network network;
                  Population& source = network.population(SpikeInput(), {}, "a");
                  Population& target = network.population(IntegrateFire(), {}, "b");
                  network.connect(source, target, Conv2D(1.0, 2, 3), Delta());
              }),
              "[Connection a->b] its source 'a' has no shape, which that of its target follows "
              "from; give the source a shape (rows, columns, channels)");
}

TEST(ConvolutionErrors, Windows) {
    EXPECT_EQ(refused(Conv2D(1.0, 2, 3), Shape{2, 6, 1}),
              "[Connection source->target] its convolution spans 3 rows, but there are 2; make the "
              "convolution smaller or its input larger");
    EXPECT_EQ(refused(Conv2D(1.0, 2, 3, false, {}, "valid", 0, {1, 4}), Shape{6, 6, 1}),
              "[Connection source->target] its convolution spans 9 columns, but there are 6; make "
              "the convolution smaller or its input larger");
    EXPECT_EQ(
        refused(Conv1D(1.0, 2, 7), Shape{6, 1}),
        "[Connection source->target] its convolution spans 7 positions, but there are 6; make "
        "the convolution smaller or its input larger");
    const std::string pool =
        "[Connection source->target] its pool spans 7 columns, but there are 6; make the pool "
        "smaller or its input larger";
    EXPECT_EQ(refused(AvgPool2D(Param2D(2, 7)), Shape{6, 6, 1}), pool);
    EXPECT_EQ(refused(AvgPoolConv2D(1.0, 2, {2, 7}, 1), Shape{6, 6, 1}), pool);
    EXPECT_EQ(refused(AvgPoolDense2D(1.0, {2, 7}), Shape{6, 6, 1}), pool);
    EXPECT_EQ(refused(AvgPoolConv2D(1.0, 2, 2, 4), Shape{6, 6, 1}),
              "[Connection source->target] its convolution spans 4 rows of pools, but there are 3; "
              "make the convolution smaller or its input larger");
}

TEST(ConvolutionErrors, TooManyTaps) {
    const std::string advice = "; make it at most 268435456, by a smaller window";
    EXPECT_EQ(
        refused(Conv1D(1.0, 1, 1U << 13U), Shape{1U << 20U, 1}),
        "[Connection source->target] its convolution looks at 1048576 positions in 8522833920 "
        "ways" +
            advice);
    EXPECT_EQ(refused(Conv2DTranspose(1.0, 1, {1U << 13U, 1}), Shape{1U << 20U, 1, 1}),
              "[Connection source->target] its convolution looks at 1048576 rows in 8589934592 "
              "ways" +
                  advice);
    EXPECT_EQ(
        refused(AvgPool2D({1U << 13U, 1}, false, 1), Shape{1U << 20U, 1, 1}),
        "[Connection source->target] its pool looks at 1048576 rows in 8522833920 ways" + advice);
    EXPECT_EQ(refused(AvgPoolConv2D(1.0, 1, {256, 1}, {256, 1}, false, 1), Shape{8192, 1, 1}),
              "[Connection source->target] its convolution looks at 8192 rows in 503447552 ways" +
                  advice);
}

TEST(ConvolutionErrors, ShapesOfValues) {
    const Array weights(Shape{3, 3, 2, 2});
    EXPECT_EQ(
        refused(Conv2D(weights, 2, 3), Shape{6, 6, 1}),
        "[Connection source->target] weights have shape (3, 3, 2, 2) instead of (3, 3, 1, 2); "
        "give weights of shape (3, 3, 1, 2)");
    EXPECT_EQ(
        refused(Conv2DTranspose(weights, 4, 3), Shape{6, 6, 2}),
        "[Connection source->target] weights have shape (3, 3, 2, 2) instead of (3, 3, 4, 2); "
        "give weights of shape (3, 3, 4, 2)");
    EXPECT_EQ(refused(Conv2D(1.0, 2, 3, false, {}, "valid", weights), Shape{6, 6, 1}),
              "[Connection source->target] delays of shape (3, 3, 2, 2) are given for weights of "
              "shape (3, 3, 1, 2); give one delay for each weight");
    EXPECT_EQ(refused(AvgPoolDense2D(weights, 3), Shape{6, 6, 1}),
              "[Connection source->target] weights of shape (3, 3, 2, 2) have 4 axes; give weights "
              "of shape (4, target size)");
    EXPECT_EQ(refused(AvgPoolDense2D(Array(Shape{9, 4}), 3), Shape{6, 6, 1}),
              "[Connection source->target] weights have shape (9, 4) instead of (4, 4); give "
              "weights of shape (4, 4)");
    EXPECT_EQ(refused(AvgPoolDense2D(Array(Shape{4, 4}), 3), Shape{6, 6, 1}, Shape{5}),
              "[Connection source->target] weights have shape (4, 4) instead of (4, 5); give "
              "weights of shape (4, 5)");
}

// One number as weight leaves the shape of the target to others, so delays are checked again.
TEST(ConvolutionErrors, DelaysBehindAPool) {
    Connected both = connected(AvgPoolDense2D(1.0, 3, {}, Array(Shape{4, 4})), Shape{6, 6, 1});
    both.target->set_shape(Shape{5});
    EXPECT_EQ(model_error([&] { snippet_of(both, MatrixType::kDense); }),
              "[Connection source->target] delays of shape (4, 4) are given for weights of shape "
              "(4, 5); give one delay for each weight");
}

TEST(ConvolutionErrors, Targets) {
    EXPECT_EQ(refused(Conv2D(1.0, 2, 3), Shape{6, 6, 1}, Shape{4, 4, 3}),
              "[Connection source->target] its target 'target' has shape (4, 4, 3), but its output "
              "(4, 4, 2); leave out the target's shape, or give it that of the output");
    EXPECT_EQ(refused(AvgPool2D(2, true), Shape{6, 6, 1}, Shape{3, 3, 1}),
              "[Connection source->target] its target 'target' has shape (3, 3, 1), but its output "
              "(9,); leave out the target's shape, or give it that of the output");
    const ModelError error = error_of<ModelError>([] {
        connected(AvgPool2D(2, true), Shape{6, 6, 1}, Shape{3, 3, 1});
    });
    EXPECT_EQ(error.field("shape"), "(3, 3, 1)");
    EXPECT_EQ(error.field("output_shape"), "(9,)");
    EXPECT_EQ(error.field("population"), "target");
}

TEST(ConvolutionErrors, MatrixTypes) {
    const Connected both = connected(Conv2D(1.0, 2, 3), Shape{6, 6, 1});
    EXPECT_EQ(
        model_error([&] { snippet_of(both, MatrixType::kDense); }),
        "[Connection source->target] its connectivity 'conv_2d' offers the matrix types "
        "SPARSE, PROCEDURAL_KERNELG, TOEPLITZ, of which none is among those asked for: DENSE; "
        "allow one of those that it offers");
}

// An error leaves the populations as they were.
TEST(ConvolutionErrors, ChangeNothing) {
    Network network;
    Population& source = network.population(SpikeInput(), Shape{6, 6, 1}, "a");
    Population& target = network.population(IntegrateFire(), {}, "b");
    const Array weights(Shape{3, 3, 2, 2});
    EXPECT_THROW(network.connect(source, target, Conv2D(weights, 2, 3), Delta()), ModelError);
    EXPECT_THROW(network.connect(source, target, AvgPoolDense2D(weights, 2), Delta()), ModelError);
    EXPECT_FALSE(target.has_shape());
    EXPECT_TRUE(network.connections().empty());
}

}  // namespace
}  // namespace saltus::test
