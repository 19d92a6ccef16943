#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <saltus/network/connectivity.hpp>
#include <saltus/network/network.hpp>

namespace saltus::test {

/// One connection, between two populations or from one to itself.
struct SparseCase {
    /// @param recurrent connects the target to itself; `num_pre` is not used then.
    SparseCase(std::size_t num_pre, std::size_t num_post, const Connectivity& connectivity,
               bool recurrent = false);
    ConnectivitySnippet snippet(MatrixType type) const;

    Network network;
    const Connection* connection;
};

/// A stream that rows are made of.
RandomStream row_stream(std::uint64_t seed);

/// Target and element of each synapse of a row.
using Row = std::vector<std::pair<std::uint32_t, std::uint64_t>>;

/// All rows of a snippet.
std::vector<Row> all_rows(const ConnectivitySnippet& snippet, std::uint64_t seed);

/// What the error says that `run` throws, or an empty string when it throws none.
std::string message_of(const std::function<void()>& run);

/// By how many of its standard deviations Pearson's statistic of counts, all of which are expected
/// to be `expected`, lies above its mean.
double excess_of_chi_square(const std::vector<std::size_t>& counts, double expected);

}  // namespace saltus::test
