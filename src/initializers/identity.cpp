#include <saltus/initializers/identity.hpp>

#include "initializers/arguments.hpp"

namespace saltus {
namespace {

class IdentityMatrix : public Initializer {
  public:
    IdentityMatrix(double gain, std::size_t columns) : gain_(gain), columns_(columns) {}
    std::string name() const override { return "identity"; }
    std::string describe() const override { return Identity(gain_).describe(); }
    double value(const RandomStream&, std::uint64_t element) const override {
        return element / columns_ == element % columns_ ? gain_ : 0.0;
    }

  private:
    double gain_;
    std::size_t columns_;
};

}  // namespace

Identity::Identity(double gain) : gain_(gain) {
    require_finite_arguments("Identity", {{"gain", gain}});
}

double Identity::value(const RandomStream&, std::uint64_t) const {
    throw_needs_shape("identity");
}

std::shared_ptr<const Initializer> Identity::bound_to(const Shape& shape) const {
    if (shape.empty()) throw_needs_shape("identity");
    if (shape.rank() != 2 || shape[1] == 0) throw_unfit_shape("identity", shape, "a matrix");
    return std::make_shared<const IdentityMatrix>(gain_, shape[1]);
}

std::string Identity::describe() const {
    return fmt::format("identity(gain {:g})", gain_);
}

}  // namespace saltus
