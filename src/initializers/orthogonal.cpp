#include <saltus/initializers/orthogonal.hpp>

#include <algorithm>
#include <memory>
#include <mutex>
#include <optional>

#include <Eigen/QR>

#include "initializers/arguments.hpp"

namespace saltus {
namespace {

/// Values of a matrix [rows, columns] that is made once for a stream.
class OrthogonalMatrix : public Initializer {
  public:
    OrthogonalMatrix(double gain, std::size_t rows, std::size_t columns)
        : gain_(gain),
          rows_(static_cast<Eigen::Index>(rows)),
          columns_(static_cast<Eigen::Index>(columns)) {}

    std::string name() const override { return "orthogonal"; }
    std::string describe() const override { return Orthogonal(gain_).describe(); }

    double value(const RandomStream& stream, std::uint64_t element) const override {
        const std::lock_guard lock(mutex_);
        if (!made_for_ || !(*made_for_ == stream)) {
            matrix_ = make(stream);
            made_for_ = stream;
        }
        const auto at = static_cast<Eigen::Index>(element);
        return gain_ * matrix_(at / columns_, at % columns_);
    }

  private:
    Eigen::MatrixXd make(const RandomStream& stream) const {
        // Tall, so that its columns can be orthogonal to each other.
        const Eigen::Index tall = std::max(rows_, columns_);
        const Eigen::Index wide = std::min(rows_, columns_);
        Eigen::MatrixXd drawn(tall, wide);
        for (Eigen::Index row = 0; row < tall; ++row) {
            for (Eigen::Index column = 0; column < wide; ++column)
                drawn(row, column) = stream.normal(static_cast<std::uint64_t>(row * wide + column));
        }
        const Eigen::HouseholderQR<Eigen::MatrixXd> factors(drawn);
        Eigen::MatrixXd q = factors.householderQ() * Eigen::MatrixXd::Identity(tall, wide);
        // The signs that make the factorisation unique make the matrix uniformly distributed.
        for (Eigen::Index column = 0; column < wide; ++column) {
            if (factors.matrixQR()(column, column) < 0.0) q.col(column) *= -1.0;
        }
        if (rows_ < columns_) return q.transpose();
        return q;
    }

    double gain_;
    Eigen::Index rows_;
    Eigen::Index columns_;
    mutable std::mutex mutex_;
    mutable std::optional<RandomStream> made_for_;
    mutable Eigen::MatrixXd matrix_;
};

}  // namespace

Orthogonal::Orthogonal(double gain) : gain_(gain) {
    require_finite_arguments("Orthogonal", {{"gain", gain}});
}

double Orthogonal::value(const RandomStream&, std::uint64_t) const {
    throw_needs_shape("orthogonal");
}

std::shared_ptr<const Initializer> Orthogonal::bound_to(const Shape& shape) const {
    if (shape.empty()) throw_needs_shape("orthogonal");
    if (shape.rank() < 2) throw_unfit_shape("orthogonal", shape, "a matrix or a kernel");
    const std::size_t columns = shape[shape.rank() - 1];
    if (columns == 0) throw_unfit_shape("orthogonal", shape, "a matrix with elements");
    return std::make_shared<const OrthogonalMatrix>(gain_, shape.size() / columns, columns);
}

std::string Orthogonal::describe() const {
    return fmt::format("orthogonal(gain {:g})", gain_);
}

}  // namespace saltus
