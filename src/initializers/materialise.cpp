#include <saltus/initializers/materialise.hpp>

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>
#include <saltus/initializers/exponential_values.hpp>
#include <saltus/initializers/identity.hpp>
#include <saltus/initializers/normal.hpp>
#include <saltus/initializers/orthogonal.hpp>
#include <saltus/initializers/uniform.hpp>
#include <saltus/initializers/variance_scaling.hpp>

#include "common/text.hpp"

namespace saltus {

namespace {

template <class T>
std::shared_ptr<const Initializer> with_defaults() {
    return std::make_shared<const T>();
}

struct NamedInitializer {
    const char* name;
    std::shared_ptr<const Initializer> (*make)();
};

constexpr std::array kInitializers{
    NamedInitializer{"exponential", with_defaults<ExponentialValues>},
    NamedInitializer{"glorot_normal", with_defaults<GlorotNormal>},
    NamedInitializer{"glorot_uniform", with_defaults<GlorotUniform>},
    NamedInitializer{"he_normal", with_defaults<HeNormal>},
    NamedInitializer{"he_uniform", with_defaults<HeUniform>},
    NamedInitializer{"identity", with_defaults<Identity>},
    NamedInitializer{"normal", with_defaults<Normal>},
    NamedInitializer{"orthogonal", with_defaults<Orthogonal>},
    NamedInitializer{"uniform", with_defaults<Uniform>},
};

// Those whose arguments have no defaults.
constexpr std::array<std::string_view, 6> kNeedArguments{"binomial", "constant",       "gamma",
                                                         "kernel",   "normal_clipped", "sparse"};

/// The initializer of a value that is neither a constant nor an array, for values of a shape.
std::shared_ptr<const Initializer> resolve(const InitValue& value, const Shape& shape) {
    const std::shared_ptr<const Initializer> named =
        value.is_name() ? initializer_by_name(value.name()) : nullptr;
    const Initializer& initializer = named ? *named : value.initializer();
    if (auto bound = initializer.bound_to(shape)) return bound;
    // Without ownership: the value outlives its use here.
    return named ? named
                 : std::shared_ptr<const Initializer>(std::shared_ptr<void>(), &initializer);
}

}  // namespace

std::shared_ptr<const Initializer> initializer_by_name(const std::string& name) {
    std::vector<std::string> names;
    for (const NamedInitializer& known : kInitializers) {
        if (name == known.name) return known.make();
        names.emplace_back(known.name);
    }
    if (std::find(kNeedArguments.begin(), kNeedArguments.end(), name) != kNeedArguments.end()) {
        throw ModelError("InitValue",
                         fmt::format("the initializer '{}' has no default arguments", name),
                         "give it with its arguments");
    }
    throw ModelError("InitValue", fmt::format("there is no initializer '{}'", name),
                     suggest(name, names));
}

std::vector<double> materialise(const InitValue& value, std::size_t count,
                                const RandomStream& stream, const std::string& where,
                                const std::string& what, const std::optional<Shape>& shape) {
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
    std::shared_ptr<const Initializer> initializer;
    try {
        initializer = resolve(value, shape.value_or(Shape{count}));
    } catch (const ModelError& error) {
        const bool is_argument = value.is_initializer();
        const std::string name = is_argument ? " (" + value.initializer().name() + ")" : "";
        throw ModelError(where, what + name + ": " + error.problem(), error.advice());
    }
    std::vector<double> values(count);
    for (std::size_t element = 0; element < count; ++element) {
        values[element] = initializer->value(stream, element);
    }
    return values;
}

}  // namespace saltus
