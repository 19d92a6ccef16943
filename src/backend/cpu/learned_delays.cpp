#include "backend/cpu/learned_delays.hpp"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>

#include "backend/delay_training.hpp"
#include "plan/synapse_table.hpp"

namespace saltus {

LearnedDelays::LearnedDelays(const ConnectionPlan& plan, std::size_t target_stride,
                             std::size_t row_stride, std::size_t num_steps)
    : table_(plan.table),
      num_rows_(plan.num_pre),
      columns_(plan.num_post),
      row_stride_(row_stride),
      target_stride_(target_stride),
      most_(std::min<std::size_t>(plan.greatest_delay, num_steps)) {
    if ((most_ + 2) * target_stride_ > 0x7FFFFFFF) {
        throw ModelError("Connection " + plan.name,
                         fmt::format("learned delays of up to {} timesteps to {} neurons are too "
                                     "many to be numbered",
                                     most_, plan.num_post),
                         "give a smaller max_delay_steps")
            .with("connection", plan.name)
            .with("parameter", "max_delay_steps");
    }
    offset_.resize(table_ ? padded_size(table_->num_synapses()) : num_rows_ * row_stride_);
    const std::vector<double>& initial = plan.learned_delay->initial;
    for (std::size_t row = 0; row < num_rows_; ++row)
        take(row, std::span<const double>(initial).subspan(first_weight(row), row_size(row)));
}

void LearnedDelays::take(std::size_t row, std::span<const double> delays) {
    const std::size_t first = first_place(row);
    for (std::size_t k = 0; k < delays.size(); ++k) {
        const std::size_t post = table_ ? table_->post[first + k] : k;
        const std::size_t steps = std::min<std::size_t>(DelayTraining::steps_of(delays[k]), most_);
        offset_[first + k] = static_cast<std::uint32_t>(steps * target_stride_ + post);
    }
}

void DelayLine::begin(std::size_t step) {
    std::fill(rows.begin(), rows.end(), 0.0F);
    first = step;
    next = 0;
}

void DelayLine::move_to(std::size_t step, std::size_t count, std::size_t most, std::size_t stride) {
    if (step - first + count + most < num_rows) return;
    const std::size_t kept = first + num_rows - step;
    const auto begin = rows.begin() + static_cast<std::ptrdiff_t>((step - first) * stride);
    std::copy(begin, rows.end(), rows.begin());
    std::fill(rows.begin() + static_cast<std::ptrdiff_t>(kept * stride), rows.end(), 0.0F);
    first = step;
}

}  // namespace saltus
