#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include <saltus/initializers/identity.hpp>
#include <saltus/initializers/materialise.hpp>
#include <saltus/initializers/normal.hpp>
#include <saltus/initializers/orthogonal.hpp>
#include <saltus/initializers/sparse_values.hpp>
#include <saltus/initializers/variance_scaling.hpp>

#include "initializers/message_of.hpp"

namespace saltus::test {
namespace {

const RandomStream kStream(2, RandomPurpose::kWeights, 0);

std::vector<double> values_of(const InitValue& value, const Shape& shape,
                              const RandomStream& stream = kStream) {
    return materialise(value, shape.size(), stream, "Connection a->b", "weight", shape);
}

double variance_of(const std::vector<double>& values) {
    double sum = 0.0;
    for (const double value : values)
        sum += value * value;
    return sum / static_cast<double>(values.size());
}

double greatest_of(const std::vector<double>& values) {
    double greatest = 0.0;
    for (const double value : values)
        greatest = std::max(greatest, std::fabs(value));
    return greatest;
}

TEST(ShapedInitializers, CountFansAsKerasDoes) {
    EXPECT_EQ(Fans::of(Shape{7, 3}, "x").in, 7.0);
    EXPECT_EQ(Fans::of(Shape{7, 3}, "x").out, 3.0);
    EXPECT_EQ(Fans::of(Shape{3, 5, 2, 8}, "x").in, 30.0);
    EXPECT_EQ(Fans::of(Shape{3, 5, 2, 8}, "x").out, 120.0);
    EXPECT_EQ(Fans::of(Shape{9}, "x").in, 9.0);
    EXPECT_EQ(Fans::of(Shape{9}, "x").out, 9.0);
}

TEST(ShapedInitializers, HaveTheVarianceOfTheirRule) {
    const Shape matrix{100, 300};
    const Shape kernel{3, 3, 16, 64};
    EXPECT_NEAR(variance_of(values_of(GlorotNormal(), matrix)) * 200.0, 1.0, 0.03);
    EXPECT_NEAR(variance_of(values_of(GlorotUniform(), matrix)) * 200.0, 1.0, 0.03);
    EXPECT_NEAR(variance_of(values_of(HeNormal(), matrix)) * 50.0, 1.0, 0.03);
    EXPECT_NEAR(variance_of(values_of(HeUniform(), matrix)) * 50.0, 1.0, 0.03);
    EXPECT_NEAR(variance_of(values_of(GlorotNormal(), kernel)) * 360.0, 1.0, 0.05);
    EXPECT_NEAR(variance_of(values_of(HeUniform(), kernel)) * 72.0, 1.0, 0.05);
    EXPECT_LE(greatest_of(values_of(GlorotUniform(), matrix)), std::sqrt(6.0 / 400.0));
    EXPECT_LE(greatest_of(values_of(HeNormal(), matrix)), 2.0 * std::sqrt(2.0 / 100.0) / 0.879);
    EXPECT_GT(greatest_of(values_of(HeNormal(), matrix)), 1.9 * std::sqrt(2.0 / 100.0) / 0.880);
}

TEST(ShapedInitializers, OrthogonalMatricesAre) {
    for (const Shape& shape :
         {Shape{20, 20}, Shape{30, 12}, Shape{12, 30}, Shape{1, 5}, Shape{3, 2, 4, 10}}) {
        const std::vector<double> values = values_of(Orthogonal(1.5), shape);
        const std::size_t columns = shape[shape.rank() - 1];
        const std::size_t rows = shape.size() / columns;
        const bool is_tall = rows >= columns;
        const std::size_t count = std::min(rows, columns);
        for (std::size_t i = 0; i < count; ++i) {
            for (std::size_t j = 0; j < count; ++j) {
                double product = 0.0;
                for (std::size_t k = 0; k < std::max(rows, columns); ++k) {
                    product += is_tall ? values[k * columns + i] * values[k * columns + j]
                                       : values[i * columns + k] * values[j * columns + k];
                }
                EXPECT_NEAR(product, i == j ? 2.25 : 0.0, 1e-12) << to_string(shape);
            }
        }
    }
}

// The sign of every entry is as likely as the other only when those of R are made positive.
TEST(ShapedInitializers, OrthogonalMatricesAreUniform) {
    double sum = 0.0;
    double squares = 0.0;
    for (std::uint64_t seed = 0; seed < 4000; ++seed) {
        const RandomStream stream(seed, RandomPurpose::kWeights, 0);
        const double corner = values_of(Orthogonal(), Shape{4, 4}, stream)[0];
        sum += corner;
        squares += corner * corner;
    }
    EXPECT_NEAR(sum / 4000.0, 0.0, 4.0 * 0.5 / std::sqrt(4000.0));
    EXPECT_NEAR(squares / 4000.0, 0.25, 0.02);
}

TEST(ShapedInitializers, OrthogonalMatricesFollowTheStream) {
    const RandomStream other(3, RandomPurpose::kWeights, 0);
    const InitValue value = Orthogonal();
    const Shape shape{6, 4};
    EXPECT_EQ(values_of(value, shape), values_of(value, shape));
    EXPECT_NE(values_of(value, shape), values_of(value, shape, other));
    const auto bound = Orthogonal().bound_to(shape);
    const double first = bound->value(kStream, 5);
    EXPECT_NE(bound->value(other, 5), first);
    EXPECT_EQ(bound->value(kStream, 5), first);
    EXPECT_EQ(values_of(value, shape)[5], first);
}

TEST(ShapedInitializers, Identity) {
    EXPECT_EQ(values_of(Identity(2.0), Shape{2, 3}),
              (std::vector<double>{2.0, 0.0, 0.0, 0.0, 2.0, 0.0}));
}

TEST(ShapedInitializers, SparseValuesPassTheShapeOn) {
    const InitValue value = SparseValues(0.5, std::make_shared<const HeUniform>());
    const Shape shape{50, 80};
    const std::vector<double> all = values_of(HeUniform(), shape);
    const std::vector<double> some = values_of(value, shape);
    for (std::size_t k = 0; k < all.size(); ++k)
        ASSERT_TRUE(some[k] == 0.0 || some[k] == all[k]);
    EXPECT_EQ(SparseValues(0.5).bound_to(shape), nullptr);
    EXPECT_EQ(Normal().bound_to(shape), nullptr);
}

TEST(ShapedInitializers, AreKnownByName) {
    const Shape shape{5, 5};
    EXPECT_EQ(values_of("glorot_normal", shape), values_of(GlorotNormal(), shape));
    EXPECT_EQ(values_of("glorot_uniform", shape), values_of(GlorotUniform(), shape));
    EXPECT_EQ(values_of("he_normal", shape), values_of(HeNormal(), shape));
    EXPECT_EQ(values_of("he_uniform", shape), values_of(HeUniform(), shape));
    EXPECT_EQ(values_of("orthogonal", shape), values_of(Orthogonal(), shape));
    EXPECT_EQ(values_of("identity", shape), values_of(Identity(), shape));
    for (const char* name : {"exponential", "glorot_normal", "glorot_uniform", "he_normal",
                             "he_uniform", "identity", "normal", "orthogonal", "uniform"})
        EXPECT_EQ(initializer_by_name(name)->name(), name);
}

TEST(ShapedInitializers, OneAxisWhereNoShapeIsGiven) {
    const auto values = materialise(HeUniform(), 24, kStream, "Population p", "v");
    EXPECT_LE(greatest_of(values), 0.5);
    EXPECT_EQ(values, values_of(HeUniform(), Shape{24}));
}

TEST(ShapedInitializers, Errors) {
    const std::string no_shape =
        "it depends on the shape of the weights, and these values do not have one; use it for "
        "weights of a dense matrix or a kernel, or give another initializer";
    const auto of_shape = [](const InitValue& value, const Shape& shape) {
        return message_of([&] { values_of(value, shape); });
    };
    EXPECT_EQ(of_shape(GlorotNormal(), Shape{}),
              "[Connection a->b] weight (glorot_normal): " + no_shape);
    EXPECT_EQ(of_shape("orthogonal", Shape{}), "[Connection a->b] weight: " + no_shape);
    EXPECT_EQ(of_shape(Orthogonal(), Shape{5}),
              "[Connection a->b] weight (orthogonal): the values have shape (5,); use it for a "
              "matrix or a kernel");
    EXPECT_EQ(of_shape(Identity(), Shape{5, 2, 3}),
              "[Connection a->b] weight (identity): the values have shape (5, 2, 3); use it for a "
              "matrix");
    for (const auto& initializer : std::initializer_list<std::shared_ptr<const Initializer>>{
             std::make_shared<HeNormal>(), std::make_shared<Orthogonal>(),
             std::make_shared<Identity>()}) {
        EXPECT_EQ(message_of([&] { initializer->value(kStream, 0); }),
                  "[" + initializer->name() + "] " + no_shape);
    }
    EXPECT_EQ(message_of([] { initializer_by_name("gamma"); }),
              "[InitValue] the initializer 'gamma' has no default arguments; give it with its "
              "arguments");
    EXPECT_EQ(message_of([] { initializer_by_name("he_norma"); }),
              "[InitValue] there is no initializer 'he_norma'; did you mean 'he_normal'? (known "
              "are exponential, glorot_normal, glorot_uniform, he_normal, he_uniform, identity, "
              "normal, orthogonal and uniform)");
}

}  // namespace
}  // namespace saltus::test
