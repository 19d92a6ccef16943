#pragma once

namespace saltus {

/// The Adam optimiser. With gradient g of step n (from 0), for every parameter w
///
///     m = beta1 m + (1 - beta1) g          v = beta2 v + (1 - beta2) g^2
///     w = w - alpha (m / (1 - beta1^(n+1))) / (sqrt(v / (1 - beta2^(n+1))) + epsilon)
///
/// D. P. Kingma, J. Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015.
struct Adam {
    double alpha = 0.001;   ///< learning rate
    double beta1 = 0.9;     ///< decay of the mean gradient
    double beta2 = 0.999;   ///< decay of the mean squared gradient
    double epsilon = 1e-8;  ///< keeps the quotient finite

    /// @throws ModelError naming the argument that is out of its range.
    void check() const;

    /// Calls visit(name, setting) for each of its settings.
    template <class Self, class Visit>
    static void visit_settings(Self& self, const Visit& visit) {
        visit("alpha", self.alpha);
        visit("beta1", self.beta1);
        visit("beta2", self.beta2);
        visit("epsilon", self.epsilon);
    }
};

}  // namespace saltus
