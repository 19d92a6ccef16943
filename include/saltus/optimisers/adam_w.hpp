#pragma once

namespace saltus {

/// Adam with decoupled weight decay: m and v are those of Adam, and every parameter w shrinks in
/// proportion to itself instead of through its gradient,
///
///     w = w - alpha weight_decay w
///           - alpha (m / (1 - beta1^(n+1))) / (sqrt(v / (1 - beta2^(n+1))) + epsilon)
///
/// so that large gradients do not weaken the decay. A schedule of the learning rate scales both.
/// I. Loshchilov, F. Hutter, "Decoupled Weight Decay Regularization", ICLR 2019.
struct AdamW {
    double alpha = 0.001;        ///< learning rate
    double beta1 = 0.9;          ///< decay of the mean gradient
    double beta2 = 0.999;        ///< decay of the mean squared gradient
    double epsilon = 1e-8;       ///< keeps the quotient finite
    double weight_decay = 0.01;  ///< per update and learning rate

    /// @throws ModelError naming the argument that is out of its range.
    void check() const;

    /// Calls visit(name, setting) for each of its settings.
    template <class Self, class Visit>
    static void visit_settings(Self& self, const Visit& visit) {
        visit("alpha", self.alpha);
        visit("beta1", self.beta1);
        visit("beta2", self.beta2);
        visit("epsilon", self.epsilon);
        visit("weight_decay", self.weight_decay);
    }
};

}  // namespace saltus
