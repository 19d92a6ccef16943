#pragma once

#include <string>

namespace saltus {

/// What stands for the derivative of a spike, which has none: a function of x, how far what crosses
/// the threshold is above it (v - v_thresh, in the unit of v).
class Surrogate {
  public:
    /// @param derivative an expression of x, for example "1 / (1 + 10 * abs(x)) ^ 2".
    /// @throws ModelError when it has mistakes or names anything else.
    explicit Surrogate(std::string derivative);

    /// 1 / (1 + slope |x|)^2: the derivative of x / (1 + slope |x|).
    static Surrogate fast_sigmoid(double slope = 25.0);
    /// 1 / (1 + beta |x|)^2. F. Zenke, S. Ganguli, Neural Computation 30, 1514 (2018).
    static Surrogate super_spike(double beta = 10.0);
    /// slope s (1 - s) with s = 1 / (1 + exp(-slope x)).
    static Surrogate sigmoid(double slope = 4.0);
    /// alpha / 2 / (1 + (pi / 2 alpha x)^2): the derivative of atan(pi / 2 alpha x) / pi.
    static Surrogate arctan(double alpha = 2.0);
    /// 1 / width where |x| < width / 2, elsewhere 0.
    static Surrogate boxcar(double width = 1.0);
    /// height max(0, 1 - |x| / width).
    /// G. Bellec, D. Salaj, A. Subramoney, R. Legenstein, W. Maass, NeurIPS 31 (2018).
    static Surrogate triangle(double height = 0.3, double width = 1.0);
    /// (1 + h) N(x; 0, sigma) - h N(x; sigma, s sigma) - h N(x; -sigma, s sigma), with the
    /// densities N of normal distributions. B. Yin, F. Corradi, S. M. Bohte, Nature Machine
    /// Intelligence 3, 905 (2021).
    static Surrogate multi_gaussian(double sigma = 0.5, double h = 0.15, double s = 6.0);
    /// By the names above, with the values above.
    /// @throws ModelError listing the names when there is none like it.
    static Surrogate by_name(const std::string& name);

    const std::string& derivative() const { return derivative_; }

  private:
    std::string derivative_;
};

}  // namespace saltus
