#include <saltus/initializers/materialise.hpp>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>
#include <saltus/initializers/normal.hpp>
#include <saltus/initializers/uniform.hpp>

#include "common/text.hpp"

namespace saltus {

std::shared_ptr<const Initializer> initializer_by_name(const std::string& name) {
    if (name == "normal") return std::make_shared<const Normal>();
    if (name == "uniform") return std::make_shared<const Uniform>();
    throw ModelError("InitValue", fmt::format("there is no initializer '{}'", name),
                     suggest(name, {"normal", "uniform"}));
}

std::vector<double> materialise(const InitValue& value, std::size_t count,
                                const RandomStream& stream, const std::string& where,
                                const std::string& what) {
    value.require_finite(where, what);
    if (value.is_constant()) return std::vector<double>(count, value.constant());
    if (value.is_array()) {
        const Array& array = value.array();
        if (array.size() != count) {
            throw ModelError(
                where,
                fmt::format("{} has shape {}, which holds {} values, but {} are needed", what,
                            to_string(array.shape), array.size(), count),
                "give one value for each")
                .with("shape", to_string(array.shape));
        }
        return array.values;
    }
    std::shared_ptr<const Initializer> named;
    try {
        if (value.is_name()) named = initializer_by_name(value.name());
    } catch (const ModelError& error) {
        throw ModelError(where, what + ": " + error.problem(), error.advice());
    }
    const Initializer& initializer = named ? *named : value.initializer();
    std::vector<double> values(count);
    for (std::size_t element = 0; element < count; ++element) {
        values[element] = initializer.value(stream, element);
    }
    return values;
}

}  // namespace saltus
