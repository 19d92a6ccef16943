#pragma once

#include <cstddef>

namespace saltus {

/// Number of examples left for training when `validation_fraction` of the dataset is set aside:
/// those from this one to the end are the validation examples. Ties round to even.
/// @throws ModelError when the fraction is not between 0 and 1.
std::size_t split_point(std::size_t num_examples, double validation_fraction);

}  // namespace saltus
