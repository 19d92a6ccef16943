#include "connectivity/shapes.hpp"

#include <fmt/format.h>
#include <saltus/common/errors.hpp>

namespace saltus {

std::string connection_place(const Population& source, const Population& target) {
    return "Connection " + source.name() + "->" + target.name();
}

const Shape& require_source_shape(const Population& source, std::size_t rank,
                                  const std::string& axes, const std::string& where) {
    if (!source.has_shape()) {
        throw ModelError(where,
                         fmt::format("its source '{}' has no shape, which that of its target "
                                     "follows from",
                                     source.name()),
                         "give the source a shape " + axes)
            .with("population", source.name());
    }
    if (source.shape().rank() == rank) return source.shape();
    throw ModelError(
        where,
        fmt::format("its source '{}' has shape {}", source.name(), to_string(source.shape())),
        fmt::format("give the source {} axes: {}", rank, axes))
        .with("population", source.name())
        .with("shape", to_string(source.shape()));
}

void require_channel_groups(const Population& source, std::size_t channels, std::size_t groups,
                            const std::string& where) {
    if (channels % groups == 0) return;
    throw ModelError(
        where,
        fmt::format("the {} channels of its source '{}' of shape {} do not divide into "
                    "{} groups",
                    channels, source.name(), to_string(source.shape()), groups),
        "make the number of channels a multiple of the groups")
        .with("population", source.name())
        .with("shape", to_string(source.shape()))
        .with("parameter", "groups");
}

void require_value_shapes(const InitValue& weight, const InitValue& delay, const Shape& weights,
                          const std::string& where) {
    if (weight.is_array() && weight.array().shape != weights) {
        const std::string given = to_string(weight.array().shape);
        throw ModelError(
            where, fmt::format("weights have shape {} instead of {}", given, to_string(weights)),
            "give weights of shape " + to_string(weights))
            .with("weight_shape", given)
            .with("shape", to_string(weights));
    }
    if (delay.is_array() && delay.array().size() != weights.size()) {
        const std::string given = to_string(delay.array().shape);
        throw ModelError(where,
                         fmt::format("delays of shape {} are given for weights of shape {}", given,
                                     to_string(weights)),
                         "give one delay for each weight")
            .with("delay_shape", given)
            .with("shape", to_string(weights));
    }
}

void update_target_shape(Population& target, const Shape& output, bool flatten,
                         const std::string& where) {
    const Shape shape = flatten ? Shape{output.size()} : output;
    if (!target.has_shape()) {
        target.set_shape(shape);
        return;
    }
    if (target.shape() == shape) return;
    throw ModelError(where,
                     fmt::format("its target '{}' has shape {}, but its output {}", target.name(),
                                 to_string(target.shape()), to_string(shape)),
                     "leave out the target's shape, or give it that of the output")
        .with("population", target.name())
        .with("shape", to_string(target.shape()))
        .with("output_shape", to_string(shape));
}

}  // namespace saltus
