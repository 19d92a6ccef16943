#include <saltus/runtime/rewiring_record.hpp>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>
#include <saltus/runtime/compiled_network.hpp>

#include "common/text.hpp"

namespace saltus {

void RewiringRecord::on_run_begin(const Progress& progress) {
    data_.clear();
    std::vector<std::string> names;
    for (const ConnectionPlan& connection : progress.network->plan().connections) {
        names.push_back(connection.name);
        if (connection.name != connection_) continue;
        if (connection.rewiring && progress.training) return;
        throw ModelError("RewiringRecord",
                         fmt::format("connection '{}' is not rewired", connection_),
                         progress.training ? "name one of deep_r_conns" : "use it with train()")
            .with("connection", connection_);
    }
    throw ModelError("RewiringRecord", fmt::format("there is no connection '{}'", connection_),
                     suggest(connection_, names))
        .with("connection", connection_);
}

void RewiringRecord::on_batch_end(const Progress& progress) {
    for (const RewiringCount& count : progress.rewirings) {
        if (count.connection == connection_) data_.push_back(count);
    }
}

}  // namespace saltus
