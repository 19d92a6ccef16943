#include "connectivity/sparse_case.hpp"

#include <cmath>

#include <saltus/common/errors.hpp>
#include <saltus/neurons/inputs.hpp>
#include <saltus/neurons/leaky_integrate_fire.hpp>
#include <saltus/synapses/delta.hpp>

namespace saltus::test {

SparseCase::SparseCase(std::size_t num_pre, std::size_t num_post, const Connectivity& connectivity,
                       bool recurrent) {
    Population& target = network.population(LeakyIntegrateFire(), Shape{num_post}, "b");
    Population& source = recurrent ? target : network.population(SpikeInput(), Shape{num_pre}, "a");
    connection = &network.connect(source, target, connectivity, Delta());
}

ConnectivitySnippet SparseCase::snippet(MatrixType type) const {
    return connection->connectivity().get_snippet(*connection, SupportedMatrixType({type}));
}

RandomStream row_stream(std::uint64_t seed) {
    return RandomStream(seed, RandomPurpose::kConnectivity, 0);
}

std::vector<Row> all_rows(const ConnectivitySnippet& snippet, std::uint64_t seed) {
    const std::shared_ptr<const SynapseRows> rows = snippet.make_rows(row_stream(seed));
    std::vector<Row> all(rows->num_pre());
    std::vector<RowSynapse> synapses;
    for (std::size_t pre = 0; pre < all.size(); ++pre) {
        rows->row(pre, synapses);
        for (const RowSynapse& synapse : synapses)
            all[pre].emplace_back(synapse.post, synapse.element);
    }
    return all;
}

std::string message_of(const std::function<void()>& run) {
    try {
        run();
    } catch (const ModelError& error) {
        return error.what();
    }
    return {};
}

double excess_of_chi_square(const std::vector<std::size_t>& counts, double expected) {
    double statistic = 0.0;
    for (const std::size_t count : counts) {
        const double off = static_cast<double>(count) - expected;
        statistic += off * off / expected;
    }
    const double freedom = static_cast<double>(counts.size()) - 1.0;
    return (statistic - freedom) / std::sqrt(2.0 * freedom);
}

}  // namespace saltus::test
