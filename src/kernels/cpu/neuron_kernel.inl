/* The loops of every neuron kernel. A Model, generated from the equations or interpreting them,
 * gives the arithmetic of one vector of neurons:
 *
 *   num_states(), num_groups(), num_jumps(), num_folds()    sizes
 *   group_has_state(s), spiking(), holds(), refractory(), counts_spikes(), weighs_output(), output()
 *   Scope, load(scope, scalars, arrays, padded, n)           coefficients of neurons n ...
 *   update(scope, x, g, next), decay(scope, g), spikes(scope, x), reset(scope, x, next)
 *   refractory_time(scope), dt()
 *   jump(scope, x, g, jump)                                  coefficients for the tape
 *   apply_jump(jump, lambda, kappa, next)
 *   retreat(scope, lambda, mu), shift(scope, lambda, mu, shift)
 *
 * The time loop is inside the loop over neurons: states stay in registers for a block of steps. */
namespace saltus_kernels {

enum { kMaxStates = 8, kMaxGroups = 8, kMaxFolds = 8, kMaxJumps = kMaxStates * (kMaxStates + 1) };

template <class Model>
static inline void record_spikes(const Model& m, const typename Model::Scope& scope, V* x,
                                 const V* g, M mask, unsigned bits, unsigned step, unsigned n,
                                 SaltusTape* tape) {
    if (tape) {
        SaltusTapeHeader* header = tape->headers + tape->count;
        header->step = step;
        header->first_neuron = n;
        header->lanes = bits;
        V jumps[kMaxJumps];
        m.jump(scope, x, g, jumps);
        float* values = tape->values + tape->count * m.num_jumps() * kLanes;
        for (int j = 0; j < m.num_jumps(); ++j) store(values + j * kLanes, jumps[j]);
        ++tape->count;
    }
    V next[kMaxStates];
    m.reset(scope, x, next);
    for (int a = 0; a < m.num_states(); ++a) x[a] = select(mask, next[a], x[a]);
}

template <class Model>
static inline void advance(const Model& m, const SaltusAdvance& args) {
    const unsigned padded = args.padded_neurons;
    const int states = m.num_states();
    const int groups = m.num_groups();
    const int folds = m.num_folds();
    for (unsigned n = 0; n < padded; n += kLanes) {
        typename Model::Scope scope;
        m.load(scope, args.scalars, args.arrays, padded, n);
        V x[kMaxStates];
        V g[kMaxGroups];
        V sums[kMaxFolds];
        for (int a = 0; a < states; ++a) x[a] = load(args.state + a * padded + n);
        for (int s = 0; s < groups; ++s) g[s] = load(args.state + (states + s) * padded + n);
        for (int f = 0; f < folds; ++f) sums[f] = load(args.fold_sums + f * padded + n);
        V refractory = V{};
        if (m.refractory()) refractory = load(args.state + (states + groups) * padded + n);
        V readout = V{};
        if (m.counts_spikes() || m.weighs_output()) readout = load(args.readout + n);
        const unsigned rest = args.num_neurons > n ? args.num_neurons - n : 0;
        const unsigned valid = rest >= kLanes ? (1u << kLanes) - 1 : (1u << rest) - 1;
        for (unsigned t = 0; t < args.num_steps; ++t) {
            for (int s = 0; s < groups; ++s) {
                const V input = load(args.input[s] + static_cast<unsigned long long>(t) * padded + n);
                g[s] = m.group_has_state(s) ? g[s] + input : input;
            }
            V next[kMaxStates];
            m.update(scope, x, g, next);
            M free = V{} <= V{};
            if (m.refractory()) {
                const M waiting = refractory > V{};
                refractory = select(waiting, refractory - splat(m.dt()), refractory);
                free = refractory <= V{};
                if (m.holds()) {
                    for (int a = 0; a < states; ++a) next[a] = select(waiting, x[a], next[a]);
                }
            }
            for (int a = 0; a < states; ++a) x[a] = next[a];
            m.decay(scope, g);
            if (m.weighs_output()) readout += splat(args.step_weights[t]) * x[m.output()];
            if (!m.spiking()) continue;
            M mask = m.spikes(scope, x);
            if (m.refractory()) mask = both(mask, free);
            const unsigned bits = lanes_of(mask) & valid;
            unsigned char* spikes = args.spikes + (t * padded + n) / 8;
            spikes[0] = static_cast<unsigned char>(bits);
            if (kLanes == 16) spikes[1] = static_cast<unsigned char>(bits >> 8);
            if (bits == 0) continue;
            const unsigned step = args.first_step + t;
            record_spikes(m, scope, x, g, mask, bits, step, n, args.tape);
            for (int f = 0; f < folds; ++f) {
                const V weight = splat(args.fold_weights[f * args.fold_stride + step]);
                sums[f] += select(mask, weight, V{});
            }
            if (m.counts_spikes()) readout += select(mask, splat(1.0f), V{});
            if (m.refractory()) refractory = select(mask, m.refractory_time(scope), refractory);
        }
        for (int a = 0; a < states; ++a) store(args.state + a * padded + n, x[a]);
        for (int s = 0; s < groups; ++s) store(args.state + (states + s) * padded + n, g[s]);
        for (int f = 0; f < folds; ++f) store(args.fold_sums + f * padded + n, sums[f]);
        if (m.refractory()) store(args.state + (states + groups) * padded + n, refractory);
        if (m.counts_spikes() || m.weighs_output()) store(args.readout + n, readout);
    }
}

/* Whole vectors of a mask from bits. */
static inline M lanes_from(unsigned bits) {
    M m = M{};
    for (int l = 0; l < kLanes; ++l) m[l] = 1 << l;
    return (m & (static_cast<int>(bits) - M{})) != 0;
}

template <class Model>
static inline void undo_spikes(const Model& m, const SaltusRetreat& args, unsigned t, unsigned n,
                               V* lambda) {
    SaltusTape* tape = args.tape;
    const unsigned step = args.first_step + t;
    const SaltusTapeHeader* header = tape->headers + tape->count - 1;
    if (tape->count == 0 || header->step != step || header->first_neuron != n) return;
    --tape->count;
    const float* values = tape->values + tape->count * m.num_jumps() * kLanes;
    V jumps[kMaxJumps];
    for (int j = 0; j < m.num_jumps(); ++j) jumps[j] = load(values + j * kLanes);
    V kappa = V{};
    if (args.kappa) kappa = load(args.kappa + static_cast<unsigned long long>(t) * args.padded_neurons + n);
    for (int f = 0; f < m.num_folds(); ++f) {
        kappa += splat(args.fold_shift[f * args.fold_stride + step]) *
                 load(args.fold_feedback + f * args.padded_neurons + n);
    }
    V next[kMaxStates];
    m.apply_jump(jumps, lambda, kappa, next);
    const M mask = lanes_from(header->lanes);
    for (int a = 0; a < m.num_states(); ++a) lambda[a] = select(mask, next[a], lambda[a]);
}

template <class Model>
static inline void retreat(const Model& m, const SaltusRetreat& args) {
    const unsigned padded = args.padded_neurons;
    const int states = m.num_states();
    const int groups = m.num_groups();
    /* The tape is a stack: vectors of neurons in the reverse of the order of `advance`. */
    for (unsigned n = padded; n > 0;) {
        n -= kLanes;
        typename Model::Scope scope;
        m.load(scope, args.scalars, args.arrays, padded, n);
        V lambda[kMaxStates];
        V mu[kMaxGroups];
        for (int a = 0; a < states; ++a) lambda[a] = load(args.adjoint + a * padded + n);
        for (int s = 0; s < groups; ++s) mu[s] = load(args.adjoint + (states + s) * padded + n);
        V slope = V{};
        if (m.weighs_output() && args.readout_slope) slope = load(args.readout_slope + n);
        for (unsigned t = args.num_steps; t-- > 0;) {
            if (m.spiking()) undo_spikes(m, args, t, n, lambda);
            if (m.weighs_output()) lambda[m.output()] += slope * splat(args.step_weights[t]);
            m.retreat(scope, lambda, mu);
            const unsigned long long row = static_cast<unsigned long long>(t) * padded + n;
            for (int s = 0; s < groups; ++s) store(args.arrival[s] + row, mu[s]);
            if (!args.shift) continue;
            V shift[kMaxGroups];
            m.shift(scope, lambda, mu, shift);
            for (int s = 0; s < groups; ++s) store(args.shift[s] + row, shift[s]);
        }
        for (int a = 0; a < states; ++a) store(args.adjoint + a * padded + n, lambda[a]);
        for (int s = 0; s < groups; ++s) store(args.adjoint + (states + s) * padded + n, mu[s]);
    }
}

}  // namespace saltus_kernels
