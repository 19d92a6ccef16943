#include <saltus/runtime/conn_var_recorder.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>
#include <saltus/runtime/compiled_network.hpp>

#include "common/text.hpp"
#include "plan/synapse_table.hpp"

namespace saltus {
namespace {

const std::string kWhere = "ConnVarRecorder";
const std::array<std::string, 2> kVariables = {"weight", "delay"};

/// Where neurons go among those that are looked at; their own places when none is named.
class Places {
  public:
    Places(const std::vector<std::size_t>& chosen, const PopulationPlan& population,
           const char* side)
        : count_(chosen.empty() ? population.size : chosen.size()) {
        if (chosen.empty()) return;
        places_.resize(population.size);
        for (std::size_t place = 0; place < chosen.size(); ++place) {
            if (chosen[place] >= population.size) {
                throw ModelError(kWhere,
                                 fmt::format("there is no neuron {} in its {} population '{}', "
                                             "which has {}",
                                             chosen[place], side, population.name, population.size),
                                 fmt::format("give numbers below {}", population.size))
                    .with("population", population.name);
            }
            places_[chosen[place]].push_back(place);
        }
    }

    std::size_t count() const { return count_; }
    /// Calls visit(place) for each place of a neuron, which may be named twice.
    template <typename Visit>
    void for_each(std::size_t neuron, const Visit& visit) const {
        if (places_.empty()) {
            visit(neuron);
            return;
        }
        for (const std::size_t place : places_[neuron])
            visit(place);
    }

  private:
    std::size_t count_;
    std::vector<std::vector<std::size_t>> places_;
};

/// Whether values are the same, and missing at the same places.
bool are_equal(const std::vector<double>& a, const std::vector<double>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](double x, double y) {
        return x == y || (std::isnan(x) && std::isnan(y));
    });
}

const ConnectionPlan& find_connection(const Plan& plan, const std::string& name) {
    std::vector<std::string> names;
    for (const ConnectionPlan& connection : plan.connections) {
        if (connection.name == name) return connection;
        names.push_back(connection.name);
    }
    throw ModelError(kWhere, fmt::format("there is no connection '{}'", name), suggest(name, names))
        .with("connection", name);
}

}  // namespace

ConnVarRecorder::ConnVarRecorder(std::string connection, std::string variable,
                                 ConnRecorderOptions options)
    : connection_(std::move(connection)),
      variable_(std::move(variable)),
      options_(std::move(options)) {
    if (std::find(kVariables.begin(), kVariables.end(), variable_) == kVariables.end()) {
        throw ModelError(kWhere, fmt::format("synapses have no variable '{}'", variable_),
                         suggest(variable_, {kVariables.begin(), kVariables.end()}))
            .with("variable", variable_);
    }
    for (const std::size_t example : options_.examples) {
        if (example >= is_wanted_.size()) is_wanted_.resize(example + 1);
        is_wanted_[example] = true;
    }
}

void ConnVarRecorder::on_run_begin(const Progress& progress) {
    data_.clear();
    find_synapses(*progress.network);
}

void ConnVarRecorder::find_synapses(const CompiledNetwork& network) {
    const Plan& plan = network.plan();
    const ConnectionPlan& connection = find_connection(plan, connection_);
    const Places sources(options_.source_neurons, plan.populations[connection.source], "source");
    const Places targets(options_.target_neurons, plan.populations[connection.target], "target");
    shape_ = Shape{sources.count(), targets.count()};
    table_ = connection.table;
    changes_ =
        variable_ == "weight" ? connection.num_weights() > 0 : connection.learned_delay != nullptr;
    scale_ = variable_ == "weight" ? connection.weight_scale : 1.0;
    // Weights that no memory holds never change.
    const SynapseList constant = changes_ ? SynapseList() : network.synapses(connection_);
    const std::vector<double> delays(constant.delay.begin(), constant.delay.end());
    const std::vector<double>& values = variable_ == "delay" ? delays : constant.weight;
    const bool numbers_weights = connection.rows->num_elements().has_value();
    synapses_.clear();
    std::size_t number = 0;
    for_each_synapse(*connection.rows, [&](std::size_t pre, const RowSynapse& synapse) {
        const std::size_t weight = numbers_weights ? synapse.element : number;
        const double value = changes_ ? 0.0 : values[number];
        ++number;
        sources.for_each(pre, [&](std::size_t row) {
            targets.for_each(synapse.post, [&](std::size_t column) {
                synapses_.push_back({row * targets.count() + column, weight, value});
            });
        });
    });
}

void ConnVarRecorder::on_batch_begin(const Progress& progress) {
    std::shared_ptr<const Array> values;
    for (const std::size_t example : progress.examples) {
        const bool wanted =
            is_wanted_.empty() || (example < is_wanted_.size() && is_wanted_[example]);
        if (!wanted) continue;
        if (!values) values = snapshot(*progress.network);
        data_.push_back({progress.epoch, example, values});
    }
}

std::shared_ptr<const Array> ConnVarRecorder::snapshot(const CompiledNetwork& network) {
    const bool is_rewired = find_connection(network.plan(), connection_).table != table_;
    if (is_rewired) find_synapses(network);
    if (!changes_ && !is_rewired && !data_.empty()) return data_.back().values;
    std::vector<double> now;
    if (changes_) {
        now = (variable_ == "weight" ? network.weights(connection_) : network.delays(connection_))
                  .values;
    }
    std::vector<double> values(shape_.size(), std::numeric_limits<double>::quiet_NaN());
    for (const Synapse& synapse : synapses_) {
        double& cell = values[synapse.cell];
        const double value = changes_ ? now[synapse.weight] * scale_ : synapse.value;
        if (std::isnan(cell)) {
            cell = value;
        } else {
            cell = variable_ == "delay" ? std::max(cell, value) : cell + value;
        }
    }
    if (!data_.empty() && are_equal(data_.back().values->values, values))
        return data_.back().values;
    return std::make_shared<const Array>(shape_, std::move(values));
}

}  // namespace saltus
