#include <saltus/initializers/kernel.hpp>

#include <utility>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>

namespace saltus {

Kernel::Kernel(Array values) : values_(std::move(values)) {
    require_finite(values_, "Kernel", "values");
}

double Kernel::value(const RandomStream&, std::uint64_t element) const {
    if (element < values_.size()) return values_.values[element];
    throw ModelError(
        "Kernel",
        fmt::format("values have shape {}, which holds {}, but element {} is asked for",
                    to_string(values_.shape), values_.size(), element),
        "give one value for each")
        .with("shape", to_string(values_.shape));
}

std::string Kernel::describe() const {
    return "kernel" + to_string(values_.shape);
}

}  // namespace saltus
