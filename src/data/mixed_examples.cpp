#include <saltus/data/mixed_examples.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include <saltus/common/errors.hpp>
#include <saltus/data/batch_order.hpp>

namespace saltus {
namespace {

ModelError refusal(const std::string& problem, const std::string& advice) {
    return ModelError("mix_datasets", problem, advice);
}

double sum_of(std::span<const double> proportions) {
    double sum = 0.0;
    for (const double proportion : proportions) {
        if (!(std::isfinite(proportion) && proportion >= 0.0)) {
            throw refusal(fmt::format("a proportion is {}", proportion),
                          "give finite numbers that are not negative")
                .with("parameter", "proportions");
        }
        sum += proportion;
    }
    if (!(std::isfinite(sum) && sum > 0.0)) {
        throw refusal(fmt::format("the sum of the proportions is {}", sum),
                      "give at least one data set a proportion")
            .with("parameter", "proportions");
    }
    return sum;
}

/// Numbers of examples in these proportions; those that rounding down leaves over go to the largest
/// remainders.
std::vector<std::size_t> shares_of(std::span<const double> proportions, std::size_t num_examples) {
    const double sum = sum_of(proportions);
    std::vector<std::size_t> shares;
    std::vector<double> remainders;
    std::size_t given = 0;
    for (const double proportion : proportions) {
        const double exact = proportion / sum * static_cast<double>(num_examples);
        shares.push_back(std::min(static_cast<std::size_t>(exact), num_examples - given));
        remainders.push_back(exact - std::floor(exact));
        given += shares.back();
    }
    std::vector<std::size_t> order(shares.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(
        order, [&](std::size_t a, std::size_t b) { return remainders[a] > remainders[b]; });
    for (std::size_t place = 0; given < num_examples; ++given, place = (place + 1) % order.size())
        ++shares[order[place]];
    return shares;
}

}  // namespace

std::vector<std::vector<std::uint32_t>> mixed_examples(std::span<const std::size_t> sizes,
                                                       std::span<const double> proportions,
                                                       std::size_t num_examples, std::uint64_t seed,
                                                       std::size_t epoch) {
    if (sizes.size() != proportions.size()) {
        throw refusal(fmt::format("there are {} data sets and {} proportions", sizes.size(),
                                  proportions.size()),
                      "give one for each");
    }
    const std::vector<std::size_t> shares = shares_of(proportions, num_examples);
    std::vector<std::vector<std::uint32_t>> chosen(sizes.size());
    for (std::size_t source = 0; source < sizes.size(); ++source) {
        if (shares[source] == 0) continue;
        if (sizes[source] == 0)
            throw refusal(fmt::format("data set {} has no examples", source), "leave it out");
        std::uint64_t position = std::uint64_t{epoch} * shares[source];
        std::vector<std::uint32_t> order;
        while (chosen[source].size() < shares[source]) {
            const std::uint64_t round = position / sizes[source];
            const std::size_t begin = position % sizes[source];
            // Data sets of one size have orders of their own.
            order = shuffled_order(sizes[source], seed, round * sizes.size() + source);
            const std::size_t count =
                std::min(sizes[source] - begin, shares[source] - chosen[source].size());
            const auto first = order.begin() + static_cast<std::ptrdiff_t>(begin);
            chosen[source].insert(chosen[source].end(), first,
                                  first + static_cast<std::ptrdiff_t>(count));
            position += count;
        }
    }
    return chosen;
}

SpikeDataset mix_datasets(std::span<const SpikeDataset* const> datasets,
                          std::span<const double> proportions, std::size_t num_examples,
                          std::uint64_t seed, std::size_t epoch) {
    std::vector<std::size_t> sizes;
    for (const SpikeDataset* dataset : datasets)
        sizes.push_back(dataset->num_examples());
    const auto chosen = mixed_examples(sizes, proportions, num_examples, seed, epoch);
    SpikeDataset mixed;
    if (datasets.empty()) return mixed;
    mixed.shape = datasets.front()->shape;
    mixed.class_names = datasets.front()->class_names;
    mixed.spikes = SpikeTrains(datasets.front()->spikes.num_neurons());
    for (std::size_t source = 0; source < datasets.size(); ++source) {
        mixed.spikes.append(datasets[source]->spikes, chosen[source]);
        for (const std::uint32_t example : chosen[source])
            mixed.labels.push_back(datasets[source]->labels[example]);
    }
    return mixed;
}

}  // namespace saltus
