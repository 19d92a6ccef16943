#pragma once

#include <saltus/network/initializer.hpp>

namespace saltus {

/// Inputs of a target neuron and outputs of a source neuron, as Keras counts them: the two axes of
/// a matrix; for kernels the last two axes, each times the size of the kernel.
struct Fans {
    double in;
    double out;

    /// @throws ModelError naming `where` for a shape without axes.
    static Fans of(const Shape& shape, const std::string& where);
};

/// Base of initializers whose variance follows from the shape of the weights. Normal ones are cut
/// at two standard deviations, as in Keras, and widened so that the variance is that of the rule.
class VarianceScaling : public Initializer {
  public:
    std::string name() const override { return name_; }
    /// @throws ModelError: values need a shape, see bound_to().
    double value(const RandomStream& stream, std::uint64_t element) const override;
    std::shared_ptr<const Initializer> bound_to(const Shape& shape) const override;
    std::string describe() const override { return name_; }

  protected:
    enum class Fan { kIn, kAverage };
    enum class Distribution { kNormal, kUniform };
    /// Variance scale / fan.
    VarianceScaling(std::string name, double scale, Fan fan, Distribution distribution)
        : name_(std::move(name)), scale_(scale), fan_(fan), distribution_(distribution) {}

  private:
    std::string name_;
    double scale_;
    Fan fan_;
    Distribution distribution_;
};

/// Normal with variance 2 / (fan in + fan out). Glorot and Bengio, AISTATS 2010.
class GlorotNormal : public VarianceScaling {
  public:
    GlorotNormal() : VarianceScaling("glorot_normal", 1.0, Fan::kAverage, Distribution::kNormal) {}
};

/// Uniform between -r and r with r^2 = 6 / (fan in + fan out). Glorot and Bengio, AISTATS 2010.
class GlorotUniform : public VarianceScaling {
  public:
    GlorotUniform()
        : VarianceScaling("glorot_uniform", 1.0, Fan::kAverage, Distribution::kUniform) {}
};

/// Normal with variance 2 / fan in. He, Zhang, Ren and Sun, ICCV 2015.
class HeNormal : public VarianceScaling {
  public:
    HeNormal() : VarianceScaling("he_normal", 2.0, Fan::kIn, Distribution::kNormal) {}
};

/// Uniform between -r and r with r^2 = 6 / fan in. He, Zhang, Ren and Sun, ICCV 2015.
class HeUniform : public VarianceScaling {
  public:
    HeUniform() : VarianceScaling("he_uniform", 2.0, Fan::kIn, Distribution::kUniform) {}
};

}  // namespace saltus
