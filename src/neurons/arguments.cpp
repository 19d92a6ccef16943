#include "neurons/arguments.hpp"

#include <vector>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>

namespace saltus {

void check_finite(const std::optional<InitValue>& argument, const std::string& model,
                  const std::string& name) {
    if (argument) argument->require_finite(model, name);
}

void check_positive(const std::optional<InitValue>& argument, const std::string& model,
                    const std::string& name) {
    check_finite(argument, model, name);
    if (!argument || argument->is_initializer() || argument->is_name()) return;
    const std::vector<double> values = argument->is_constant()
                                           ? std::vector<double>{argument->constant()}
                                           : argument->array().values;
    for (const double value : values) {
        if (value > 0.0) continue;
        throw ModelError(model, fmt::format("{} is {:g} ms", name, value), "give a positive time")
            .with("parameter", name);
    }
}

}  // namespace saltus
