// Agreement with the cases of tests/oracle/connectivity.h5 in which neurons have rows and columns.
#include <gtest/gtest.h>

#include <set>

#include <saltus/common/errors.hpp>

#include "connectivity/connectivity_case.hpp"
#include "connectivity/effective_matrix.hpp"
#include "support/numbers.hpp"

namespace saltus::test {
namespace {

// Defects of the other implementation: with TOEPLITZ, even kernels with same padding are shifted by
// one neuron against what it computes with SPARSE; 148 is a transposed convolution with strides
// that do not divide its input, whose padding is not that of the convolution it transposes.
const std::set<std::string> kTheirErrors{"094", "098", "100", "104", "148"};

// Overlapping pools, full padding, procedural connectivity, strides behind a pool and scalar
// weights behind a pool: refused there, computed here.
const std::set<std::string> kOnlyHere{"036", "108", "150", "184", "188", "202"};

// It computes a convolution that is larger than its input as one without outputs.
const std::set<std::string> kOnlyThere{"110"};

// Its pool has a size of 2.0, which another language can tell from 2.
const std::set<std::string> kUntold{"040"};

bool is_tested(const ConnectivityCase& tested, const std::string& name) {
    const std::string kind = tested.class_name();
    return (kind.starts_with("Conv") || kind.starts_with("AvgPool")) && !kUntold.contains(name);
}

TEST(ConvolutionOracle, MatricesAgree) {
    const Hdf5File file("connectivity.h5");
    std::size_t compared = 0;
    for (const std::string& name : file.members("cases")) {
        SCOPED_TRACE(name);
        const ConnectivityCase tested(file, name);
        if (!is_tested(tested, name) || !tested.is_ok() || kOnlyThere.contains(name)) continue;
        const Connected pair =
            connected(*tested.connectivity(), tested.source(), tested.given_target());
        EXPECT_EQ(pair.target->shape(), tested.target());
        if (kTheirErrors.contains(name)) continue;
        for (const MatrixType type : offered_types(pair)) {
            const Array matrix = effective_matrix(snippet_of(pair, type));
            EXPECT_LE(absolute_error(matrix.values, tested.matrix().values), 1e-6)
                << to_string(type);
            ++compared;
        }
    }
    EXPECT_GT(compared, 150U);
}

TEST(ConvolutionOracle, RefusesWhatIsWrong) {
    const Hdf5File file("connectivity.h5");
    std::size_t refused = 0;
    for (const std::string& name : file.members("cases")) {
        SCOPED_TRACE(name);
        const ConnectivityCase tested(file, name);
        if (!is_tested(tested, name)) continue;
        if (tested.is_ok() && !kOnlyThere.contains(name)) continue;
        const auto connect = [&] {
            return connected(*tested.connectivity(), tested.source(), tested.given_target());
        };
        if (kOnlyHere.contains(name)) {
            EXPECT_FALSE(offered_types(connect()).empty());
        } else {
            EXPECT_THROW(connect(), ModelError);
            ++refused;
        }
    }
    EXPECT_EQ(refused, 6U);
}

}  // namespace
}  // namespace saltus::test
