#include "runtime/evaluation.hpp"

#include <saltus/common/errors.hpp>

#include <saltus/data/batch_order.hpp>

namespace saltus {

Evaluation::Evaluation(CompiledNetwork& network, NetworkState& own,
                       const std::vector<std::string>& metrics, const Callbacks& callbacks)
    : own_(own), callbacks_(callbacks), set_(own.plan, metrics), inference_(own, callbacks) {
    progress_.metrics = &current_;
    progress_.network = &network;
}

void Evaluation::begin(std::size_t num_batches) {
    progress_.num_batches = num_batches;
    tell(callbacks_, &Callback::on_run_begin, progress_);
}

bool Evaluation::run(const BoundData& data, const ReadoutVisitor& visit) {
    const std::size_t offset = num_examples_;
    num_examples_ += data.num_examples;
    return own_.for_each_batch(
        data, natural_order(data.num_examples), progress_, callbacks_,
        [&](Batch& batch) {
            inference_.infer(batch, result_);
            set_.update(batch, result_);
            current_ = set_.results();
            if (visit) show(result_, visit);
        },
        offset);
}

void Evaluation::show(const BatchResult& result, const ReadoutVisitor& visit) const {
    std::map<std::string, Array> readouts;
    for (const std::size_t output : own_.plan.outputs()) {
        const PopulationPlan& population = own_.plan.populations[output];
        const std::vector<double>& values = result.readouts[output];
        readouts[population.name] =
            Array(Shape{values.size() / population.size, population.size}, values);
    }
    visit(readouts);
}

Metrics Evaluation::finish() {
    tell(callbacks_, &Callback::on_run_end, progress_);
    return set_.results();
}

namespace {

void require_labels(const Labels& y) {
    if (!y.empty()) return;
    throw ModelError("CompiledNetwork", "there are no labels to compare with",
                     "give labels, or use predict()");
}

}  // namespace

Metrics CompiledNetwork::evaluate(const Inputs& x, const Labels& y,
                                  const std::vector<std::string>& metrics,
                                  const std::vector<std::shared_ptr<Callback>>& callbacks,
                                  const ReadoutVisitor& visit) {
    check_callbacks(callbacks);
    require_labels(y);
    const BoundData data = bind_data(implementation_->plan, x, y, implementation_->losses);
    Evaluation evaluation(*this, *implementation_, metrics, callbacks);
    evaluation.require_fits(data);
    evaluation.begin(implementation_->num_batches_of(data.num_examples));
    evaluation.run(data, visit);
    return evaluation.finish();
}

Metrics CompiledNetwork::evaluate(const DatasetSource& next,
                                  const std::vector<std::string>& metrics,
                                  const std::vector<std::shared_ptr<Callback>>& callbacks,
                                  const ReadoutVisitor& visit) {
    check_callbacks(callbacks);
    if (!next) throw ModelError("CompiledNetwork", "the source is empty", "give a function");
    Evaluation evaluation(*this, *implementation_, metrics, callbacks);
    evaluation.begin(0);
    while (const std::optional<Dataset> part = next()) {
        require_labels(part->y);
        const BoundData data =
            bind_data(implementation_->plan, part->x, part->y, implementation_->losses);
        evaluation.require_fits(data);
        if (evaluation.run(data, visit)) break;
    }
    return evaluation.finish();
}

}  // namespace saltus
