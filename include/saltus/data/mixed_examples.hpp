#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <saltus/data/spike_dataset.hpp>

namespace saltus {

/// Which examples of several data sets make up an epoch in which each has its proportion. The
/// examples of a data set come in shuffled orders, one after the other, that go on from epoch to
/// epoch: whatever the proportions, none comes again before all others of its data set have come.
/// @param sizes examples of each data set.
/// @param proportions of each: not negative, in any unit; they are divided by their sum. Numbers of
/// examples are rounded so that they add up.
/// @param num_examples of the epoch.
/// @return for each data set the numbers of its examples: a function of the arguments alone.
/// @throws ModelError when numbers of arguments disagree, proportions are not what they should be,
/// or a data set without examples is to give some.
std::vector<std::vector<std::uint32_t>> mixed_examples(std::span<const std::size_t> sizes,
                                                       std::span<const double> proportions,
                                                       std::size_t num_examples, std::uint64_t seed,
                                                       std::size_t epoch);

/// A data set of those examples, for TrainOptions::augment: those of the first come first.
/// @throws ModelError as above, and for data sets of different numbers of neurons.
SpikeDataset mix_datasets(std::span<const SpikeDataset* const> datasets,
                          std::span<const double> proportions, std::size_t num_examples,
                          std::uint64_t seed, std::size_t epoch);

}  // namespace saltus
