#include "connectivity/effective_matrix.hpp"

#include <saltus/common/errors.hpp>
#include <saltus/initializers/materialise.hpp>
#include <saltus/neurons/inputs.hpp>
#include <saltus/neurons/integrate_fire.hpp>
#include <saltus/synapses/delta.hpp>

namespace saltus::test {

Connected connected(const Connectivity& connectivity, const Shape& source,
                    const std::optional<Shape>& target) {
    Connected result;
    result.source = &result.network.population(SpikeInput(), source, "source");
    result.target = &result.network.population(IntegrateFire(), target, "target");
    result.connection =
        &result.network.connect(*result.source, *result.target, connectivity, Delta());
    return result;
}

ConnectivitySnippet snippet_of(const Connected& connected, MatrixType type) {
    return connected.connection->connectivity().get_snippet(*connected.connection,
                                                            SupportedMatrixType({type}));
}

std::vector<MatrixType> offered_types(const Connected& connected) {
    std::vector<MatrixType> offered;
    for (const MatrixType type : {MatrixType::kDense, MatrixType::kSparse, MatrixType::kProcedural,
                                  MatrixType::kProceduralKernelG, MatrixType::kToeplitz}) {
        try {
            if (snippet_of(connected, type).matrix_type == type) offered.push_back(type);
        } catch (const ModelError&) {
            continue;
        }
    }
    return offered;
}

Array effective_matrix(const ConnectivitySnippet& snippet) {
    const auto rows = snippet.make_rows(RandomStream(1, RandomPurpose::kConnectivity, 0));
    const std::vector<double> weights =
        materialise(snippet.weight, rows->num_elements().value(),
                    RandomStream(1, RandomPurpose::kWeights, 0), "Connection", "weight");
    Array matrix(Shape{rows->num_pre(), rows->num_post()});
    std::vector<RowSynapse> synapses;
    for (std::size_t pre = 0; pre < rows->num_pre(); ++pre) {
        rows->row(pre, synapses);
        for (const RowSynapse& synapse : synapses) {
            matrix.values.at(pre * rows->num_post() + synapse.post) +=
                weights.at(synapse.element) * snippet.weight_scale;
        }
    }
    return matrix;
}

Array effective_matrix(const Connected& connected) {
    return effective_matrix(snippet_of(connected, offered_types(connected).at(0)));
}

}  // namespace saltus::test
