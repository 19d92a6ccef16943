/* What the loops of every neuron kernel (neuron_advance.inl, neuron_retreat.inl, neuron_surrogate.inl)
 * have in common. A Model, generated from the equations or interpreting them,
 * gives the arithmetic of one vector of neurons:
 *
 *   num_states(), num_groups(), num_jumps(), num_folds(), num_kept(), num_parameters(),
 *   sub_steps()                                              sizes
 *   group_has_state(s), spiking(), holds(a), refractory(), counts_spikes(), weighs_output(), keeps_greatest(), output()
 *   Scope, load_scalars(scope, scalars)                      coefficients of all neurons
 *   load_arrays(scope, arrays, padded, n)                    those of neurons n ...
 *   update(scope, x, g, next), decay(scope, g), spikes(scope, x), reset(scope, x, next)
 *   refractory_time(scope), dt()
 *   jump(scope, x, g, jump)                                  coefficients for the tape
 *   apply_jump(jump, lambda, kappa, next)                    states, then what parameters gain
 *   keep(x, g, refractory, kept), restore(kept, x, g, refractory)   what the adjoint needs of a step
 *   retreat(scope, x, g, lambda, drive)                      transpose of update
 *   arrive(scope, drive, mu)                                 transpose of decay
 *   gain_of_update(scope, x, g, lambda, gain)                what adjoints of parameters gain,
 *   gain_of_decay(scope, g, mu, gain)                        before each of those two
 *   shift(scope, x, g, lambda, mu, shift)
 *   pull(scope, x, lambda, zeta, pulled, added)              of surrogate gradients, and of spikes without a slope
 *   pull_parameters(scope, x, lambda, zeta, pulled, added)
 *   spike_shift(scope, x, g, lambda), release_shift(scope, x, g, lambda)   by the times of a refractory neuron
 *   minds_silence(), crossing(scope, x), draw(scope, pull, lambda)   of neurons drawn to their threshold
 */
/* Loops keep what they work on in registers only when all of their parts are one function. */
#define SALTUS_INLINE inline __attribute__((always_inline))

namespace saltus_kernels {

enum {
    kMaxStates = 8,
    kMaxGroups = 8,
    kMaxFolds = 8,
    kMaxKept = kMaxStates + kMaxGroups + 1,
    kMaxSubSteps = 64,
    kMaxParameters = 32,
    kMaxJumps = (kMaxStates + kMaxParameters) * (kMaxStates + 1)
};

/* The updates of a step, from x to the last of path: neurons that have crossed the threshold stay.
 * `going` are those which took each. */
template <class Model>
static inline void take_sub_steps(const Model& m, const typename Model::Scope& scope, const V* x,
                                  const V* g, M free, V (*path)[kMaxStates], M* going) {
    M left = V{} <= V{};
    for (int k = 0; k < m.sub_steps(); ++k) {
        const V* const from = k == 0 ? x : path[k - 1];
        going[k] = left;
        m.update(scope, from, g, path[k]);
        if (k == 0) {
            if (m.spiking()) left = negated(both(m.spikes(scope, path[0]), free));
            continue;
        }
        for (int a = 0; a < m.num_states(); ++a) path[k][a] = select(left, path[k][a], from[a]);
        if (m.spiking()) left = both(left, negated(both(m.spikes(scope, path[k]), free)));
    }
}

/* The transpose of that. */
template <class Model>
static inline void undo_sub_steps(const Model& m, const typename Model::Scope& scope, const V* x,
                                  const V* g, const V (*path)[kMaxStates], const M* going, V* lambda,
                                  V* drive, V* parameters) {
    for (int k = m.sub_steps() - 1; k >= 0; --k) {
        V earlier[kMaxStates];
        V driven[kMaxGroups];
        for (int a = 0; a < m.num_states(); ++a) earlier[a] = lambda[a];
        for (int s = 0; s < m.num_groups(); ++s) driven[s] = V{};
        if (m.num_parameters() > 0) {
            V gain[kMaxParameters];
            m.gain_of_update(scope, k == 0 ? x : path[k - 1], g, lambda, gain);
            for (int q = 0; q < m.num_parameters(); ++q)
                parameters[q] += select(going[k], gain[q], V{});
        }
        m.retreat(scope, k == 0 ? x : path[k - 1], g, earlier, driven);
        for (int a = 0; a < m.num_states(); ++a) lambda[a] = select(going[k], earlier[a], lambda[a]);
        for (int s = 0; s < m.num_groups(); ++s) drive[s] += select(going[k], driven[s], V{});
    }
}

/* Adds what the adjoints of parameters gain in one update or decay. */
template <class Model>
static inline void add_gain(const Model& m, const V* gain, V* parameters) {
    for (int q = 0; q < m.num_parameters(); ++q) parameters[q] += gain[q];
}

}  // namespace saltus_kernels
