#pragma once

#include <optional>
#include <vector>

#include <saltus/common/array.hpp>
#include <saltus/network/network.hpp>

namespace saltus::test {

/// Two populations and the connection between them.
struct Connected {
    Network network;
    Population* source = nullptr;
    Population* target = nullptr;
    const Connection* connection = nullptr;
};

/// Connects "source" with "target". @throws what the connectivity throws.
Connected connected(const Connectivity& connectivity, const Shape& source,
                    const std::optional<Shape>& target = {});

/// What the connectivity gives a compiler that supports nothing but one matrix type.
ConnectivitySnippet snippet_of(const Connected& connected, MatrixType type);

/// The matrix types for which there is a snippet.
std::vector<MatrixType> offered_types(const Connected& connected);

/// What a spike of each source neuron adds to each target neuron, [pre, post].
Array effective_matrix(const ConnectivitySnippet& snippet);
/// The same of the first matrix type that is offered.
Array effective_matrix(const Connected& connected);

}  // namespace saltus::test
