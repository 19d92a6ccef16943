#include <saltus/initializers/element_values.hpp>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>
#include <saltus/initializers/materialise.hpp>

namespace saltus {

ElementValues::ElementValues(const InitValue& value, const RandomStream& stream,
                             const std::string& where, const std::string& what)
    : value_(value), stream_(stream), where_(where), what_(what) {
    value_.require_finite(where, what);
    if (value.is_constant() || value.is_array()) return;
    try {
        if (value.is_name()) value_ = InitValue(initializer_by_name(value.name()));
        if (auto bound = value_.initializer().bound_to(Shape())) value_ = InitValue(bound);
    } catch (const ModelError& error) {
        throw ModelError(where, what + ": " + error.problem(), error.advice());
    }
}

double ElementValues::of(std::uint64_t element) const {
    if (value_.is_constant()) return value_.constant();
    if (value_.is_initializer()) return value_.initializer().value(stream_, element);
    const Array& array = value_.array();
    if (element < array.size()) return array.values[element];
    throw ModelError(where_,
                     fmt::format("{} has shape {}, which holds {} values, but there is a synapse "
                                 "number {}",
                                 what_, to_string(array.shape), array.size(), element),
                     "give one value for each")
        .with("shape", to_string(array.shape));
}

}  // namespace saltus
