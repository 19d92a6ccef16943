#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace saltus {

/// How the synapses of a connection are laid out in memory. The names are those of GeNN.
enum class MatrixType {
    kDense,              ///< a weight for every pair of neurons, row-major [pre][post]
    kSparse,             ///< compressed rows of the synapses that exist
    kProcedural,         ///< nothing: a row is computed whenever its neuron spikes
    kProceduralKernelG,  ///< the weights of a kernel; rows are computed
    kToeplitz            ///< the weights of a kernel; each row is that of its neighbour, shifted
};

/// "DENSE", "SPARSE", "PROCEDURAL", "PROCEDURAL_KERNELG" or "TOEPLITZ".
std::string to_string(MatrixType type);
/// The type of that name. @throws ModelError with the nearest name when there is none.
MatrixType matrix_type_by_name(const std::string& name);

/// The matrix types that a compiler can use, the one that it likes best first.
class SupportedMatrixType {
  public:
    explicit SupportedMatrixType(std::vector<MatrixType> preferred)
        : preferred_(std::move(preferred)) {}

    /// The first supported type that is among the available ones, if there is any.
    std::optional<MatrixType> get_best(std::span<const MatrixType> available) const;
    const std::vector<MatrixType>& preferred() const { return preferred_; }

  private:
    std::vector<MatrixType> preferred_;
};

}  // namespace saltus
