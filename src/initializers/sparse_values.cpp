#include <saltus/initializers/sparse_values.hpp>

#include <utility>

#include "initializers/arguments.hpp"

namespace saltus {
namespace {

// Far behind what the inner initializer draws for an element.
constexpr std::uint64_t kChoice = std::uint64_t{1} << 39;

}  // namespace

SparseValues::SparseValues(double p, std::shared_ptr<const Initializer> inner)
    : p_(p), inner_(std::move(inner)) {
    require_probability("SparseValues", p);
    if (!inner_)
        throw ModelError("SparseValues", "the inner initializer is null", "give an initializer");
}

double SparseValues::value(const RandomStream& stream, std::uint64_t element) const {
    // Uniform numbers reach 1 and never 0: exact for both p = 0 and p = 1.
    return stream.uniform(element, kChoice) <= p_ ? inner_->value(stream, element) : 0.0;
}

std::shared_ptr<const Initializer> SparseValues::bound_to(const Shape& shape) const {
    std::shared_ptr<const Initializer> bound = inner_->bound_to(shape);
    if (!bound) return nullptr;
    return std::make_shared<const SparseValues>(p_, std::move(bound));
}

std::string SparseValues::describe() const {
    return fmt::format("sparse(p {:g}, {})", p_, inner_->describe());
}

}  // namespace saltus
