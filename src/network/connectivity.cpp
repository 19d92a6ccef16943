#include <saltus/network/connectivity.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>
#include <saltus/network/connection.hpp>

#include "common/text.hpp"

namespace saltus {
namespace {

// Beyond this a delay is a mistake rather than a model.
constexpr double kMaxDelay = 1 << 20;

std::string list(std::span<const MatrixType> types) {
    std::string text;
    for (const MatrixType type : types)
        text += (text.empty() ? "" : ", ") + to_string(type);
    return text.empty() ? "none" : text;
}

void require_delay(double steps, const std::string& where) {
    if (std::isfinite(steps) && steps >= 0.0 && steps <= kMaxDelay) return;
    throw ModelError(where, fmt::format("delay is {:g} timesteps", steps),
                     "give a whole number between 0 and 1048576")
        .with("parameter", "delay");
}

}  // namespace

std::string to_string(MatrixType type) {
    switch (type) {
        case MatrixType::kDense:
            return "DENSE";
        case MatrixType::kSparse:
            return "SPARSE";
        case MatrixType::kProcedural:
            return "PROCEDURAL";
        case MatrixType::kProceduralKernelG:
            return "PROCEDURAL_KERNELG";
        case MatrixType::kToeplitz:
            return "TOEPLITZ";
    }
    return {};
}

MatrixType matrix_type_by_name(const std::string& name) {
    using enum MatrixType;
    std::vector<std::string> names;
    for (const MatrixType type : {kDense, kSparse, kProcedural, kProceduralKernelG, kToeplitz}) {
        names.push_back(to_string(type));
        if (names.back() == name) return type;
    }
    throw ModelError("matrix_types", fmt::format("there is no matrix type '{}'", name),
                     suggest(name, names));
}

std::optional<MatrixType> SupportedMatrixType::get_best(
    std::span<const MatrixType> available) const {
    for (const MatrixType type : preferred_) {
        if (std::find(available.begin(), available.end(), type) != available.end()) return type;
    }
    return std::nullopt;
}

MatrixType Connectivity::choose_matrix_type(const Connection& connection,
                                            const SupportedMatrixType& supported,
                                            std::span<const MatrixType> offered) const {
    if (const auto best = supported.get_best(offered)) return *best;
    throw ModelError("Connection " + connection.name(),
                     fmt::format("its connectivity '{}' offers the matrix types {}, of which none "
                                 "is among those asked for: {}",
                                 name(), list(offered), list(supported.preferred())),
                     "allow one of those that it offers")
        .with("connection", connection.name())
        .unsupported();
}

void Connectivity::require_valid_delay(const std::string& where) const {
    delay.require_finite(where, "delay");
    // Exact spike times and learned delays need no whole steps; compilers that do say so.
    if (delay.is_constant()) require_delay(delay.constant(), where);
    if (!delay.is_array()) return;
    for (const double steps : delay.array().values)
        require_delay(steps, where);
}

}  // namespace saltus
