#include <saltus/connectivity/sparse.hpp>

#include <utility>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>
#include <saltus/network/connection.hpp>

namespace saltus {
namespace {

void require_row_begin(const std::vector<std::size_t>& row_begin, std::size_t num_synapses) {
    const auto refuse = [](const std::string& problem, const std::string& advice) {
        throw ModelError("Sparse", problem, advice).with("parameter", "row_begin");
    };
    if (row_begin.size() < 2)
        refuse(fmt::format("row_begin has {} entries", row_begin.size()),
               "give one for each source neuron and one more");
    if (row_begin.front() != 0)
        refuse(fmt::format("row_begin[0] is {}", row_begin.front()), "begin with 0");
    for (std::size_t row = 0; row + 1 < row_begin.size(); ++row) {
        if (row_begin[row] <= row_begin[row + 1]) continue;
        refuse(fmt::format("row_begin[{}] is {} and row_begin[{}] is {}", row, row_begin[row],
                           row + 1, row_begin[row + 1]),
               "let no row end before it begins");
    }
    if (row_begin.back() != num_synapses)
        refuse(fmt::format("row_begin ends with {} but there are {} targets", row_begin.back(),
                           num_synapses),
               "end with the number of targets");
}

}  // namespace

Sparse::Sparse(InitValue weight_value, InitValue delay_value)
    : SparseBase(std::move(weight_value), std::move(delay_value), "Sparse") {}

Sparse Sparse::from_coo(std::vector<std::uint32_t> pre, std::vector<std::uint32_t> post,
                        InitValue weight, InitValue delay) {
    Sparse sparse(std::move(weight), std::move(delay));
    sparse.pre_ind = std::move(pre);
    sparse.post_ind = std::move(post);
    sparse.has_indices("Sparse");
    return sparse;
}

Sparse Sparse::from_csr(const std::vector<std::size_t>& row_begin, std::vector<std::uint32_t> post,
                        InitValue weight, InitValue delay) {
    require_row_begin(row_begin, post.size());
    std::vector<std::uint32_t> pre(post.size());
    for (std::size_t row = 0; row + 1 < row_begin.size(); ++row) {
        for (std::size_t k = row_begin[row]; k < row_begin[row + 1]; ++k)
            pre[k] = static_cast<std::uint32_t>(row);
    }
    Sparse sparse = from_coo(std::move(pre), std::move(post), std::move(weight), std::move(delay));
    sparse.num_rows_ = row_begin.size() - 1;
    return sparse;
}

void Sparse::connect(Population& source, Population& target) const {
    if (!num_rows_) return;
    if (!source.has_shape()) source.set_shape(Shape{*num_rows_});
    if (source.size() == *num_rows_) return;
    throw ModelError("Connection " + source.name() + "->" + target.name(),
                     fmt::format("row_begin describes {} rows but its source '{}' has {} neurons",
                                 *num_rows_, source.name(), source.size()),
                     "give one row for each")
        .with("population", source.name())
        .with("parameter", "row_begin");
}

SparseBase::RowMaker Sparse::rule(const Connection& connection) const {
    throw ModelError("Connection " + connection.name(), "it has no synapses",
                     "set pre_ind and post_ind")
        .with("connection", connection.name());
}

}  // namespace saltus
