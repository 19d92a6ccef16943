#include <limits>

#include <gtest/gtest.h>
#include <saltus/common/array.hpp>
#include <saltus/common/errors.hpp>

namespace saltus {
namespace {

TEST(Shape, SizeIsTheProductOfTheExtents) {
    EXPECT_EQ((Shape{28, 28, 3}).size(), 2352U);
    EXPECT_EQ(Shape{}.size(), 1U);
    EXPECT_EQ((Shape{5, 0}).size(), 0U);
}

TEST(Shape, RefusesAProductThatOverflows) {
    const Shape huge{std::size_t{1} << 40, std::size_t{1} << 40};
    EXPECT_THROW((void)huge.size(), ModelError);
}

TEST(Shape, PrintsAsATuple) {
    EXPECT_EQ(to_string(Shape{28, 28, 1}), "(28, 28, 1)");
    EXPECT_EQ(to_string(Shape{7}), "(7,)");
}

TEST(Array, NamesTheShapeThatItsValuesDoNotFill) {
    try {
        const Array array(Shape{2, 3}, {1.0, 2.0});
        FAIL() << "expected a ModelError";
    } catch (const ModelError& error) {
        EXPECT_STREQ(
            error.what(),
            "[Array] 2 values do not fill the shape (2, 3); give 6 values or another shape");
    }
}

TEST(Array, NamesTheElementThatIsNotFinite) {
    const Array array = Array::vector({0.0, std::numeric_limits<double>::quiet_NaN(), 1.0});
    try {
        require_finite(array, "Connection a->b", "weight");
        FAIL() << "expected a ModelError";
    } catch (const ModelError& error) {
        EXPECT_STREQ(error.what(),
                     "[Connection a->b] weight holds nan at element 1; give finite numbers only");
    }
}

}  // namespace
}  // namespace saltus
