#include "connectivity/dense_rows.hpp"

#include <utility>

namespace saltus {

void DenseRows::row(std::size_t pre, std::vector<RowSynapse>& synapses) const {
    synapses.resize(num_post());
    for (std::size_t post = 0; post < num_post(); ++post)
        synapses[post] = {static_cast<std::uint32_t>(post), pre * num_post() + post};
}

PooledDenseRows::PooledDenseRows(AxisTaps rows, AxisTaps columns, std::size_t pooled_rows,
                                 std::size_t pooled_columns, std::size_t channels,
                                 std::size_t num_post)
    : SynapseRows(rows.num_inputs() * columns.num_inputs() * channels, num_post),
      rows_(std::move(rows)),
      columns_(std::move(columns)),
      pooled_columns_(pooled_columns),
      channels_(channels),
      num_pools_(pooled_rows * pooled_columns * channels) {}

void PooledDenseRows::pools_of(std::size_t pre, std::vector<std::uint32_t>& pools) const {
    const std::size_t channel = pre % channels_;
    const std::size_t column = pre / channels_ % columns_.num_inputs();
    const std::size_t row = pre / channels_ / columns_.num_inputs();
    pools.clear();
    for (std::size_t i = rows_.begin[row]; i < rows_.begin[row + 1]; ++i) {
        for (std::size_t j = columns_.begin[column]; j < columns_.begin[column + 1]; ++j) {
            const std::size_t pool =
                (rows_.taps[i].out * pooled_columns_ + columns_.taps[j].out) * channels_ + channel;
            pools.push_back(static_cast<std::uint32_t>(pool));
        }
    }
}

void PooledDenseRows::row(std::size_t pre, std::vector<RowSynapse>& synapses) const {
    std::vector<std::uint32_t> pools;
    pools_of(pre, pools);
    synapses.clear();
    for (const std::uint32_t pool : pools) {
        for (std::size_t post = 0; post < num_post(); ++post)
            synapses.push_back({static_cast<std::uint32_t>(post), pool * num_post() + post});
    }
}

}  // namespace saltus
