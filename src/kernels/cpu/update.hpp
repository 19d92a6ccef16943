#pragma once

#include <cstddef>
#include <limits>

#include <saltus/optimisers/update_step.hpp>

namespace saltus::kernels {

/// Between which bounds weights stay, and whether each keeps its sign, that of a zero, too.
struct WeightRange {
    float lower = -std::numeric_limits<float>::infinity();
    float upper = std::numeric_limits<float>::infinity();
    bool keeps_sign = false;

    bool is_bounded() const {
        return keeps_sign || lower != -std::numeric_limits<float>::infinity() ||
               upper != std::numeric_limits<float>::infinity();
    }
};

/// One update of `count` weights (a multiple of kRowPadding) with what the optimiser keeps of them:
/// m and, unless the rule is that of gradient descent, v. Of what is done to gradients
/// before, gradient_factor alone is part of it.
void update(const UpdateStep& step, std::size_t count, const float* gradient, float* m, float* v,
            float* weight, const WeightRange& range = {});

/// gradient[k] *= factor, then cut to magnitudes of at most `bound`; `count` as above.
void scale_and_clip(float factor, float bound, std::size_t count, float* gradient);

/// The sum of the squares of some numbers, at most kSumBlock, as float64.
double sum_squares(const float* values, std::size_t count);

/// Whether all of `count` numbers (a multiple of kRowPadding) have a magnitude of at most `bound`;
/// those that are no numbers have none.
bool are_within(float bound, std::size_t count, const float* values);

}  // namespace saltus::kernels
