#pragma once

namespace saltus {

/// Stochastic gradient descent with momentum. With gradient g, for every parameter w
///
///     d = g + weight_decay w
///     m = momentum m + d
///     w = w - alpha m, or with nesterov w = w - alpha (d + momentum m)
///
/// B. T. Polyak, "Some methods of speeding up the convergence of iteration methods", USSR
/// Computational Mathematics and Mathematical Physics 4 (1964); I. Sutskever et al., "On the
/// importance of initialization and momentum in deep learning", ICML 2013.
struct Sgd {
    double alpha = 0.01;        ///< learning rate
    double momentum = 0.0;      ///< decay of the sum of gradients m
    bool nesterov = false;      ///< whether the step looks ahead along m
    double weight_decay = 0.0;  ///< strength of an L2 penalty: 1/2 weight_decay w^2 in the loss

    /// @throws ModelError naming the argument that is out of its range.
    void check() const;

    /// Calls visit(name, setting) for each of its settings.
    template <class Self, class Visit>
    static void visit_settings(Self& self, const Visit& visit) {
        visit("alpha", self.alpha);
        visit("momentum", self.momentum);
        visit("nesterov", self.nesterov);
        visit("weight_decay", self.weight_decay);
    }
};

}  // namespace saltus
