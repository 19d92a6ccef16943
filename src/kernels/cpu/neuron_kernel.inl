/* The loops of every neuron kernel. A Model, generated from the equations or interpreting them,
 * gives the arithmetic of one vector of neurons:
 *
 *   num_states(), num_groups(), num_jumps(), num_folds(), num_kept(), num_parameters(),
 *   sub_steps()                                              sizes
 *   group_has_state(s), spiking(), holds(a), refractory(), counts_spikes(), weighs_output(), keeps_greatest(), output()
 *   Scope, load(scope, scalars, arrays, padded, n)           coefficients of neurons n ...
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
 *
 * The time loop is inside the loop over neurons: states stay in registers for a block of steps. */
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

/* Appends the jump coefficients of one vector of neurons to the tape. */
template <class Model>
static inline void record(const Model& m, const typename Model::Scope& scope, const V* x,
                          const V* g, unsigned bits, unsigned step, unsigned n,
                          SaltusTapeHeader* header, float* values) {
    header->step = step;
    header->first_neuron = n;
    header->lanes = bits;
    V jumps[kMaxJumps];
    m.jump(scope, x, g, jumps);
    for (int j = 0; j < m.num_jumps(); ++j) store(values + j * kLanes, jumps[j]);
}

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
                                  const V* g, V (*path)[kMaxStates], const M* going, V* lambda,
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

template <class Model>
static inline void advance(const Model& m, const SaltusAdvance& args) {
    /* Copies, since the stores below could otherwise change what `args` points to. */
    const unsigned padded = args.padded_neurons;
    const unsigned num_steps = args.num_steps;
    const unsigned first_step = args.first_step;
    const float* const* const inputs = args.input;
    const float* const step_weights = args.step_weights;
    const float* const fold_weights = args.fold_weights;
    const unsigned fold_stride = args.fold_stride;
    const bool tapes = args.tape != nullptr;
    unsigned long long count = tapes ? args.tape->count : 0;
    SaltusTapeHeader* const headers = tapes ? args.tape->headers : nullptr;
    float* const values = tapes ? args.tape->values : nullptr;
    const int states = m.num_states();
    const int groups = m.num_groups();
    const int folds = m.num_folds();
    const int num_kept = m.num_kept();
    const bool keeps = num_kept > 0 && args.kept != nullptr;
    const bool dates = m.keeps_greatest() && args.greatest_step != nullptr;
    const bool minds = m.minds_silence() && args.nearest != nullptr;
    for (unsigned n = 0; n < padded; n += kLanes) {
        typename Model::Scope scope;
        m.load(scope, args.scalars, args.arrays, padded, n);
        V x[kMaxStates];
        V g[kMaxGroups];
        V sums[kMaxFolds];
        const float* input[kMaxGroups];
        for (int a = 0; a < states; ++a) x[a] = load(args.state + a * padded + n);
        for (int s = 0; s < groups; ++s) {
            g[s] = load(args.state + (states + s) * padded + n);
            input[s] = inputs[s] + n;
        }
        for (int f = 0; f < folds; ++f) sums[f] = load(args.fold_sums + f * padded + n);
        V refractory = V{};
        if (m.refractory()) refractory = load(args.state + (states + groups) * padded + n);
        V readout = V{};
        const bool reads = m.counts_spikes() || m.weighs_output() || m.keeps_greatest();
        if (reads) readout = load(args.readout + n);
        V greatest_step = V{};
        if (dates) greatest_step = load(args.greatest_step + n);
        V nearest = V{};
        V nearest_step = V{};
        if (minds) {
            nearest = load(args.nearest + n);
            nearest_step = load(args.nearest + padded + n);
        }
        const unsigned rest = args.num_neurons - n;
        const unsigned valid = rest >= kLanes ? (1u << kLanes) - 1 : (1u << rest) - 1;
        unsigned short* spikes = reinterpret_cast<unsigned short*>(args.spikes) + n / kLanes;
        for (unsigned t = 0; t < num_steps; ++t, spikes += padded / kLanes) {
            for (int s = 0; s < groups; ++s) {
                const V arriving = load(input[s]);
                input[s] += padded;
                g[s] = m.group_has_state(s) ? g[s] + arriving : arriving;
            }
            if (keeps) {
                V kept[kMaxKept];
                m.keep(x, g, refractory, kept);
                float* const row = args.kept + (static_cast<unsigned long long>(t) * num_kept * padded + n);
                for (int k = 0; k < num_kept; ++k) store(row + k * padded, kept[k]);
            }
            M free = V{} <= V{};
            M waiting = negated(free);
            if (m.refractory()) {
                waiting = refractory > V{};
                refractory = select(waiting, refractory - splat(m.dt()), refractory);
                free = refractory <= V{};
            }
            V next[kMaxStates];
            if (m.sub_steps() > 1) {
                V path[kMaxSubSteps][kMaxStates];
                M going[kMaxSubSteps];
                take_sub_steps(m, scope, x, g, free, path, going);
                for (int a = 0; a < states; ++a) next[a] = path[m.sub_steps() - 1][a];
            } else {
                m.update(scope, x, g, next);
            }
            for (int a = 0; a < states; ++a)
                x[a] = m.holds(a) ? select(waiting, x[a], next[a]) : next[a];
            m.decay(scope, g);
            if (m.weighs_output()) readout += splat(step_weights[t]) * x[m.output()];
            if (m.keeps_greatest()) {
                const V output = x[m.output()];
                if (dates) {
                    const V now = splat(static_cast<float>(first_step + t));
                    greatest_step = select(readout < output, now, greatest_step);
                }
                readout = select(readout <= output, output, readout);
            }
            if (!m.spiking()) continue;
            if (minds) {
                const V level = m.crossing(scope, x);
                const M nearer = level > nearest;
                nearest = select(nearer, level, nearest);
                nearest_step = select(nearer, splat(static_cast<float>(first_step + t)), nearest_step);
            }
            M mask = m.spikes(scope, x);
            if (m.refractory()) mask = both(mask, free);
            const unsigned bits = lanes_of(mask) & valid;
            *spikes = static_cast<unsigned short>(bits);
            if (bits == 0) continue;
            const unsigned step = first_step + t;
            if (tapes) {
                record(m, scope, x, g, bits, step, n, headers + count,
                       values + count * m.num_jumps() * kLanes);
                ++count;
            }
            m.reset(scope, x, next);
            for (int a = 0; a < states; ++a) x[a] = select(mask, next[a], x[a]);
            for (int f = 0; f < folds; ++f) {
                sums[f] += select(mask, splat(fold_weights[f * fold_stride + step]), V{});
            }
            if (m.counts_spikes()) readout += select(mask, splat(1.0f), V{});
            if (m.refractory()) refractory = select(mask, m.refractory_time(scope), refractory);
        }
        for (int a = 0; a < states; ++a) store(args.state + a * padded + n, x[a]);
        for (int s = 0; s < groups; ++s) store(args.state + (states + s) * padded + n, g[s]);
        for (int f = 0; f < folds; ++f) store(args.fold_sums + f * padded + n, sums[f]);
        if (m.refractory()) store(args.state + (states + groups) * padded + n, refractory);
        if (reads) store(args.readout + n, readout);
        if (dates) store(args.greatest_step + n, greatest_step);
        if (minds) {
            store(args.nearest + n, nearest);
            store(args.nearest + padded + n, nearest_step);
        }
    }
    if (tapes) args.tape->count = count;
}

template <class Model>
static inline void retreat(const Model& m, const SaltusRetreat& args) {
    const unsigned padded = args.padded_neurons;
    const unsigned num_steps = args.num_steps;
    const unsigned first_step = args.first_step;
    const float* const step_weights = args.step_weights;
    const float* const fold_shift = args.fold_shift;
    const unsigned fold_stride = args.fold_stride;
    const int states = m.num_states();
    const int groups = m.num_groups();
    const int folds = m.num_folds();
    const int num_parameters = m.num_parameters();
    const int first_parameter = states + groups + (m.refractory() ? 1 : 0);
    unsigned long long count = m.spiking() ? args.tape->count : 0;
    const SaltusTapeHeader* const headers = m.spiking() ? args.tape->headers : nullptr;
    const float* const values = m.spiking() ? args.tape->values : nullptr;
    const bool weighs = m.weighs_output() && args.readout_slope != nullptr;
    const bool peaks = m.keeps_greatest() && args.greatest_step != nullptr;
    const bool shifts = args.shift != nullptr;
    const int num_kept = m.num_kept();
    const bool draws = m.minds_silence() && args.nearest_step != nullptr;
    /* The tape is a stack: vectors of neurons in the reverse of the order of `advance`. */
    for (unsigned n = padded; n > 0;) {
        n -= kLanes;
        typename Model::Scope scope;
        m.load(scope, args.scalars, args.arrays, padded, n);
        V lambda[kMaxStates];
        V mu[kMaxGroups];
        V parameters[kMaxParameters];
        V feedback[kMaxFolds];
        float* arrival[kMaxGroups];
        float* shift[kMaxGroups];
        const unsigned long long end = static_cast<unsigned long long>(num_steps) * padded + n;
        for (int a = 0; a < states; ++a) lambda[a] = load(args.adjoint + a * padded + n);
        for (int s = 0; s < groups; ++s) {
            mu[s] = load(args.adjoint + (states + s) * padded + n);
            arrival[s] = args.arrival[s] + end;
            shift[s] = shifts ? args.shift[s] + end : nullptr;
        }
        for (int q = 0; q < num_parameters; ++q)
            parameters[q] = load(args.adjoint + (first_parameter + q) * padded + n);
        for (int f = 0; f < folds; ++f) feedback[f] = load(args.fold_feedback + f * padded + n);
        const float* kappas = args.kappa ? args.kappa + n : nullptr;
        const V slope = weighs || peaks ? load(args.readout_slope + n) : V{};
        const V greatest_step = peaks ? load(args.greatest_step + n) : V{};
        const V spike_pull = args.spike_pull ? load(args.spike_pull + n) : V{};
        const V nearest_step = draws ? load(args.nearest_step + n) : V{};
        const V silence_pull = draws ? load(args.silence_pull + n) : V{};
        /* By the time at which the refractory time ends, until the spike that began it is reached. */
        V by_end = V{};
        if (m.refractory()) by_end = load(args.adjoint + (states + groups) * padded + n);
        for (unsigned t = num_steps; t-- > 0;) {
            const unsigned step = first_step + t;
            V x[kMaxStates];
            V g[kMaxGroups];
            V left = V{};
            if (num_kept > 0) {
                const float* const row =
                    args.kept + (static_cast<unsigned long long>(t) * num_kept * padded + n);
                V kept[kMaxKept];
                for (int k = 0; k < num_kept; ++k) kept[k] = load(row + k * padded);
                m.restore(kept, x, g, left);
            }
            M free = V{} <= V{};
            M waiting = negated(free);
            if (m.refractory()) {
                waiting = left > V{};
                free = select(waiting, left - splat(m.dt()), left) <= V{};
            }
            V path[kMaxSubSteps][kMaxStates];
            M going[kMaxSubSteps];
            const int last = m.sub_steps() - 1;
            if (last > 0) take_sub_steps(m, scope, x, g, free, path, going);
            /* Where the refractory time ends with the step: states and currents at its end. */
            const M ends = both(waiting, free);
            const bool any_ends = m.refractory() && lanes_of(ends) != 0;
            V reached[kMaxStates];
            V decayed[kMaxGroups];
            if (any_ends) {
                if (last == 0) m.update(scope, x, g, path[0]);
                for (int a = 0; a < states; ++a)
                    reached[a] = m.holds(a) ? select(waiting, x[a], path[last][a]) : path[last][a];
                for (int s = 0; s < groups; ++s) decayed[s] = g[s];
                m.decay(scope, decayed);
            }
            if (m.spiking() && count > 0 && headers[count - 1].step == step &&
                headers[count - 1].first_neuron == n) {
                --count;
                V jumps[kMaxJumps];
                const float* taped = values + count * m.num_jumps() * kLanes;
                for (int j = 0; j < m.num_jumps(); ++j) jumps[j] = load(taped + j * kLanes);
                V kappa = V{};
                if (kappas) kappa = load(kappas + static_cast<unsigned long long>(t) * padded);
                for (int f = 0; f < folds; ++f) {
                    kappa += splat(fold_shift[f * fold_stride + step]) * feedback[f];
                }
                const M mask = lanes_from(headers[count].lanes);
                V next[kMaxStates + kMaxParameters];
                if (m.refractory()) {
                    kappa += by_end;
                    by_end = select(mask, V{}, by_end);
                }
                m.apply_jump(jumps, lambda, kappa, next);
                if (any_ends) {
                    /* Spikes that only waited for that end, and move with it. */
                    const M late = both(both(mask, ends), m.spikes(scope, x));
                    V pulled[kMaxStates];
                    V added[kMaxStates];
                    m.pull(scope, reached, lambda, V{}, pulled, added);
                    for (int a = 0; a < states; ++a) next[a] = select(late, pulled[a], next[a]);
                    if (num_parameters > 0) {
                        V pulled_parameters[kMaxParameters];
                        V added_parameters[kMaxParameters];
                        m.pull_parameters(scope, reached, lambda, V{}, pulled_parameters,
                                          added_parameters);
                        for (int q = 0; q < num_parameters; ++q)
                            next[states + q] = select(late, pulled_parameters[q], next[states + q]);
                    }
                    const V moved = kappa + m.spike_shift(scope, reached, decayed, lambda);
                    by_end = select(late, moved, by_end);
                }
                next[m.output()] += spike_pull;
                for (int q = 0; q < num_parameters; ++q)
                    parameters[q] += select(mask, next[states + q], V{});
                for (int a = 0; a < states; ++a) lambda[a] = select(mask, next[a], lambda[a]);
            }
            if (any_ends)
                by_end += select(ends, m.release_shift(scope, reached, decayed, lambda), V{});
            if (weighs) lambda[m.output()] += slope * splat(step_weights[t]);
            if (peaks) {
                const M elsewhere = greatest_step != splat(static_cast<float>(step));
                lambda[m.output()] += select(elsewhere, V{}, slope);
            }
            if (draws) {
                const M elsewhere = nearest_step != splat(static_cast<float>(step));
                m.draw(scope, select(elsewhere, V{}, silence_pull), lambda);
            }
            V stayed[kMaxStates];
            for (int a = 0; a < states; ++a) {
                if (!m.holds(a)) continue;
                stayed[a] = select(waiting, lambda[a], V{});
                lambda[a] = select(waiting, V{}, lambda[a]);
            }
            V drive[kMaxGroups];
            for (int s = 0; s < groups; ++s) drive[s] = V{};
            if (last > 0) {
                undo_sub_steps(m, scope, x, g, path, going, lambda, drive, parameters);
            } else {
                if (num_parameters > 0) {
                    V gain[kMaxParameters];
                    m.gain_of_update(scope, x, g, lambda, gain);
                    add_gain(m, gain, parameters);
                }
                m.retreat(scope, x, g, lambda, drive);
            }
            if (num_parameters > 0) {
                V gain[kMaxParameters];
                m.gain_of_decay(scope, g, mu, gain);
                add_gain(m, gain, parameters);
            }
            m.arrive(scope, drive, mu);
            V moved[kMaxGroups];
            if (shifts) {
                /* What arrives later moves no state that is held. */
                V flowing[kMaxStates];
                for (int a = 0; a < states; ++a)
                    flowing[a] = m.holds(a) ? select(waiting, V{}, lambda[a]) : lambda[a];
                m.shift(scope, x, g, flowing, mu, moved);
            }
            for (int a = 0; a < states; ++a)
                if (m.holds(a)) lambda[a] += stayed[a];
            for (int s = 0; s < groups; ++s) {
                arrival[s] -= padded;
                store(arrival[s], mu[s]);
                if (!shifts) continue;
                shift[s] -= padded;
                store(shift[s], moved[s]);
            }
        }
        for (int a = 0; a < states; ++a) store(args.adjoint + a * padded + n, lambda[a]);
        for (int s = 0; s < groups; ++s) store(args.adjoint + (states + s) * padded + n, mu[s]);
        if (m.refractory()) store(args.adjoint + (states + groups) * padded + n, by_end);
        for (int q = 0; q < num_parameters; ++q)
            store(args.adjoint + (first_parameter + q) * padded + n, parameters[q]);
    }
    if (m.spiking()) args.tape->count = count;
}

/* The backward pass with a surrogate for the derivative of a spike: kappa is the derivative by the
 * spike itself, and fold_shift holds the responses to one. Steps are computed again from where they
 * started. */
template <class Model>
static inline void retreat_surrogate(const Model& m, const SaltusRetreat& args) {
    const unsigned padded = args.padded_neurons;
    const unsigned num_steps = args.num_steps;
    const float* const step_weights = args.step_weights;
    const float* const fold_response = args.fold_shift;
    const unsigned fold_stride = args.fold_stride;
    const int states = m.num_states();
    const int groups = m.num_groups();
    const int folds = m.num_folds();
    const int num_parameters = m.num_parameters();
    const int first_parameter = states + groups + (m.refractory() ? 1 : 0);
    const int num_kept = m.num_kept();
    const bool weighs = m.weighs_output() && args.readout_slope != nullptr;
    const bool peaks = m.keeps_greatest() && args.greatest_step != nullptr;
    const bool counts = m.counts_spikes() && args.readout_slope != nullptr;
    for (unsigned n = 0; n < padded; n += kLanes) {
        typename Model::Scope scope;
        m.load(scope, args.scalars, args.arrays, padded, n);
        V lambda[kMaxStates];
        V mu[kMaxGroups];
        V parameters[kMaxParameters];
        V feedback[kMaxFolds];
        float* arrival[kMaxGroups];
        const unsigned long long end = static_cast<unsigned long long>(num_steps) * padded + n;
        for (int a = 0; a < states; ++a) lambda[a] = load(args.adjoint + a * padded + n);
        for (int s = 0; s < groups; ++s) {
            mu[s] = load(args.adjoint + (states + s) * padded + n);
            arrival[s] = args.arrival[s] + end;
        }
        for (int q = 0; q < num_parameters; ++q)
            parameters[q] = load(args.adjoint + (first_parameter + q) * padded + n);
        for (int f = 0; f < folds; ++f) feedback[f] = load(args.fold_feedback + f * padded + n);
        const float* kappas = args.kappa ? args.kappa + n : nullptr;
        const V slope = weighs || counts || peaks ? load(args.readout_slope + n) : V{};
        const V greatest_step = peaks ? load(args.greatest_step + n) : V{};
        for (unsigned t = num_steps; t-- > 0;) {
            const unsigned step = args.first_step + t;
            V x[kMaxStates];
            V g[kMaxGroups];
            V refractory = V{};
            if (num_kept > 0) {
                const float* const row =
                    args.kept + (static_cast<unsigned long long>(t) * num_kept * padded + n);
                V kept[kMaxKept];
                for (int k = 0; k < num_kept; ++k) kept[k] = load(row + k * padded);
                m.restore(kept, x, g, refractory);
            }
            M free = V{} <= V{};
            M waiting = negated(free);
            if (m.refractory()) {
                waiting = refractory > V{};
                free = select(waiting, refractory - splat(m.dt()), refractory) <= V{};
            }
            V path[kMaxSubSteps][kMaxStates];
            M going[kMaxSubSteps];
            const int last = m.sub_steps() - 1;
            if (last > 0) {
                take_sub_steps(m, scope, x, g, free, path, going);
            } else if (m.spiking()) {
                m.update(scope, x, g, path[0]);
            }
            if (m.spiking()) {
                V reached[kMaxStates];
                for (int a = 0; a < states; ++a)
                    reached[a] = m.holds(a) ? select(waiting, x[a], path[last][a]) : path[last][a];
                V zeta = counts ? slope : V{};
                if (kappas) zeta += load(kappas + static_cast<unsigned long long>(t) * padded);
                for (int f = 0; f < folds; ++f)
                    zeta += splat(fold_response[f * fold_stride + step]) * feedback[f];
                V pulled[kMaxStates];
                V added[kMaxStates];
                m.pull(scope, reached, lambda, zeta, pulled, added);
                const M spiked = both(m.spikes(scope, reached), free);
                if (num_parameters > 0) {
                    V pulled_parameters[kMaxParameters];
                    V added_parameters[kMaxParameters];
                    m.pull_parameters(scope, reached, lambda, zeta, pulled_parameters,
                                      added_parameters);
                    for (int q = 0; q < num_parameters; ++q)
                        parameters[q] += select(spiked, pulled_parameters[q], V{}) +
                                         select(free, added_parameters[q], V{});
                }
                for (int a = 0; a < states; ++a)
                    lambda[a] = select(spiked, pulled[a], lambda[a]) + select(free, added[a], V{});
            }
            if (weighs) lambda[m.output()] += slope * splat(step_weights[t]);
            if (peaks) {
                const M elsewhere = greatest_step != splat(static_cast<float>(step));
                lambda[m.output()] += select(elsewhere, V{}, slope);
            }
            V stayed[kMaxStates];
            for (int a = 0; a < states; ++a) {
                if (!m.holds(a)) continue;
                stayed[a] = select(waiting, lambda[a], V{});
                lambda[a] = select(waiting, V{}, lambda[a]);
            }
            V drive[kMaxGroups];
            for (int s = 0; s < groups; ++s) drive[s] = V{};
            if (last > 0) {
                undo_sub_steps(m, scope, x, g, path, going, lambda, drive, parameters);
            } else {
                if (num_parameters > 0) {
                    V gain[kMaxParameters];
                    m.gain_of_update(scope, x, g, lambda, gain);
                    add_gain(m, gain, parameters);
                }
                m.retreat(scope, x, g, lambda, drive);
            }
            for (int a = 0; a < states; ++a)
                if (m.holds(a)) lambda[a] += stayed[a];
            if (num_parameters > 0) {
                V gain[kMaxParameters];
                m.gain_of_decay(scope, g, mu, gain);
                add_gain(m, gain, parameters);
            }
            m.arrive(scope, drive, mu);
            for (int s = 0; s < groups; ++s) {
                arrival[s] -= padded;
                store(arrival[s], mu[s]);
            }
        }
        for (int a = 0; a < states; ++a) store(args.adjoint + a * padded + n, lambda[a]);
        for (int s = 0; s < groups; ++s) store(args.adjoint + (states + s) * padded + n, mu[s]);
        for (int q = 0; q < num_parameters; ++q)
            store(args.adjoint + (first_parameter + q) * padded + n, parameters[q]);
    }
}

}  // namespace saltus_kernels
