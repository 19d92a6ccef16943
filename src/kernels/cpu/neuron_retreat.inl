/* Steps of adjoints back in time, with the jumps of the spikes that the tape holds. */
namespace saltus_kernels {

template <class Model>
class Retreat {
  public:
    SALTUS_INLINE Retreat(const Model& model, const SaltusRetreat& given)
        /* Copies, since what is stored could otherwise change what `given` points to. */
        : m(model),
          args(given),
          padded(given.padded_neurons),
          states(model.num_states()),
          groups(model.num_groups()),
          folds(model.num_folds()),
          num_parameters(model.num_parameters()),
          first_parameter(states + groups + (model.refractory() ? 1 : 0)),
          last(model.sub_steps() - 1),
          weighs(model.weighs_output() && given.readout_slope != nullptr),
          peaks(model.keeps_greatest() && given.greatest_step != nullptr),
          draws(model.minds_silence() && given.nearest_step != nullptr),
          shifts(given.shift != nullptr) {
        if (!model.spiking()) return;
        count = given.tape->count;
        headers = given.tape->headers;
        values = given.tape->values;
    }

    SALTUS_INLINE void run() {
        m.load_scalars(scope, args.scalars);
        if (m.spiking() && !m.refractory() && args.num_steps == 1) {
            run_one_step();
        } else {
            run_block();
        }
        if (m.spiking()) args.tape->count = count;
    }

  private:
    /* The tape is a stack: vectors of neurons in the reverse of the order of `advance`. */
    SALTUS_INLINE void run_block() {
        for (unsigned n = padded; n > 0;) {
            n -= kLanes;
            begin(n);
            load_adjoint(n);
            load_jumped(n);
            for (unsigned t = args.num_steps; t-- > 0;) undo_step(n, t, true);
            store_adjoint(n);
        }
    }

    /* As in `advance`, nothing would stay in registers, and whether a vector has spiked is anybody's
     * guess: jumps first. */
    SALTUS_INLINE void run_one_step() {
        while (count > 0 && headers[count - 1].step == args.first_step) {
            const unsigned n = headers[count - 1].first_neuron;
            for (int a = 0; a < states; ++a) lambda[a] = load(args.adjoint + a * padded + n);
            load_parameters(n);
            load_jumped(n);
            V next[kMaxStates + kMaxParameters];
            const M mask = pop(n, 0, V{}, next);
            take_over(mask, next);
            for (int a = 0; a < states; ++a) store(args.adjoint + a * padded + n, lambda[a]);
            store_parameters(n);
        }
        for (unsigned n = 0; n < padded; n += kLanes) {
            begin(n);
            load_adjoint(n);
            undo_step(n, 0, false);
            store_adjoint(n);
        }
    }

    SALTUS_INLINE void begin(unsigned n) {
        m.load_arrays(scope, args.arrays, padded, n);
        const unsigned long long end = static_cast<unsigned long long>(args.num_steps) * padded + n;
        for (int s = 0; s < groups; ++s) {
            arrival[s] = args.arrival[s] + end;
            shift[s] = shifts ? args.shift[s] + end : nullptr;
        }
        if (weighs || peaks) slope = load(args.readout_slope + n);
        if (peaks) greatest_step = load(args.greatest_step + n);
        if (draws) {
            nearest_step = load(args.nearest_step + n);
            silence_pull = load(args.silence_pull + n);
        }
    }

    SALTUS_INLINE void load_parameters(unsigned n) {
        for (int q = 0; q < num_parameters; ++q)
            parameters[q] = load(args.adjoint + (first_parameter + q) * padded + n);
    }

    SALTUS_INLINE void store_parameters(unsigned n) const {
        for (int q = 0; q < num_parameters; ++q)
            store(args.adjoint + (first_parameter + q) * padded + n, parameters[q]);
    }

    SALTUS_INLINE void load_adjoint(unsigned n) {
        for (int a = 0; a < states; ++a) lambda[a] = load(args.adjoint + a * padded + n);
        for (int s = 0; s < groups; ++s) mu[s] = load(args.adjoint + (states + s) * padded + n);
        if (m.refractory()) by_end = load(args.adjoint + (states + groups) * padded + n);
        load_parameters(n);
    }

    SALTUS_INLINE void store_adjoint(unsigned n) const {
        for (int a = 0; a < states; ++a) store(args.adjoint + a * padded + n, lambda[a]);
        for (int s = 0; s < groups; ++s) store(args.adjoint + (states + s) * padded + n, mu[s]);
        if (m.refractory()) store(args.adjoint + (states + groups) * padded + n, by_end);
        store_parameters(n);
    }

    /* What only spikes need. */
    SALTUS_INLINE void load_jumped(unsigned n) {
        for (int f = 0; f < folds; ++f) feedback[f] = load(args.fold_feedback + f * padded + n);
        spike_pull = args.spike_pull ? load(args.spike_pull + n) : V{};
    }

    /* Takes the spikes of a vector of neurons from the tape.
     * @param kappa by their time, besides what comes from their targets; that is added to it.
     * @param next adjoints of the states before them, then what parameters gain.
     * @return which neurons have spiked. */
    SALTUS_INLINE M pop(unsigned n, unsigned t, V earlier, V* next) {
        --count;
        V jumps[kMaxJumps];
        const float* const taped = values + count * m.num_jumps() * kLanes;
        for (int j = 0; j < m.num_jumps(); ++j) jumps[j] = load(taped + j * kLanes);
        kappa = V{};
        if (args.kappa) kappa = load(args.kappa + static_cast<unsigned long long>(t) * padded + n);
        for (int f = 0; f < folds; ++f)
            kappa += splat(args.fold_shift[f * args.fold_stride + args.first_step + t]) * feedback[f];
        if (m.refractory()) kappa += earlier;
        m.apply_jump(jumps, lambda, kappa, next);
        return lanes_from(headers[count].lanes);
    }

    SALTUS_INLINE void take_over(M mask, V* next) {
        next[m.output()] += spike_pull;
        for (int q = 0; q < num_parameters; ++q)
            parameters[q] += select(mask, next[states + q], V{});
        for (int a = 0; a < states; ++a) lambda[a] = select(mask, next[a], lambda[a]);
    }

    /* @param jumps whether the step's spikes are still on the tape. */
    SALTUS_INLINE void undo_step(unsigned n, unsigned t, bool jumps) {
        const unsigned step = args.first_step + t;
        V left = V{};
        if (m.num_kept() > 0) {
            const float* const row =
                args.kept + (static_cast<unsigned long long>(t) * m.num_kept() * padded + n);
            V kept[kMaxKept];
            for (int k = 0; k < m.num_kept(); ++k) kept[k] = load(row + k * padded);
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
        if (jumps && m.spiking() && count > 0 && headers[count - 1].step == step &&
            headers[count - 1].first_neuron == n) {
            V next[kMaxStates + kMaxParameters];
            const M mask = pop(n, t, by_end, next);
            if (m.refractory()) by_end = select(mask, V{}, by_end);
            if (any_ends) release(mask, ends, reached, decayed, next);
            take_over(mask, next);
        }
        if (any_ends) by_end += select(ends, m.release_shift(scope, reached, decayed, lambda), V{});
        add_slopes(step, t);
        V stayed[kMaxStates];
        for (int a = 0; a < states; ++a) {
            if (!m.holds(a)) continue;
            stayed[a] = select(waiting, lambda[a], V{});
            lambda[a] = select(waiting, V{}, lambda[a]);
        }
        undo_update(path, going);
        leave_arrivals(waiting);
        for (int a = 0; a < states; ++a)
            if (m.holds(a)) lambda[a] += stayed[a];
    }

    /* Spikes that only waited for the end of the refractory time, and move with it. */
    SALTUS_INLINE void release(M mask, M ends, const V* reached, const V* decayed, V* next) {
        const M late = both(both(mask, ends), m.spikes(scope, x));
        V pulled[kMaxStates];
        V added[kMaxStates];
        m.pull(scope, reached, lambda, V{}, pulled, added);
        for (int a = 0; a < states; ++a) next[a] = select(late, pulled[a], next[a]);
        if (num_parameters > 0) {
            V pulled_parameters[kMaxParameters];
            V added_parameters[kMaxParameters];
            m.pull_parameters(scope, reached, lambda, V{}, pulled_parameters, added_parameters);
            for (int q = 0; q < num_parameters; ++q)
                next[states + q] = select(late, pulled_parameters[q], next[states + q]);
        }
        by_end = select(late, kappa + m.spike_shift(scope, reached, decayed, lambda), by_end);
    }

    /* What the readout and silent neurons add in a step. */
    SALTUS_INLINE void add_slopes(unsigned step, unsigned t) {
        const V now = splat(static_cast<float>(step));
        if (weighs) lambda[m.output()] += slope * splat(args.step_weights[t]);
        if (peaks) lambda[m.output()] += select(greatest_step != now, V{}, slope);
        if (draws) m.draw(scope, select(nearest_step != now, V{}, silence_pull), lambda);
    }

    SALTUS_INLINE void undo_update(const V (*path)[kMaxStates], const M* going) {
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
    }

    /* Writes the adjoints at what arrives in a step, and the derivatives by when it does. */
    SALTUS_INLINE void leave_arrivals(M waiting) {
        V moved[kMaxGroups];
        if (shifts) {
            /* What arrives later moves no state that is held. */
            V flowing[kMaxStates];
            for (int a = 0; a < states; ++a)
                flowing[a] = m.holds(a) ? select(waiting, V{}, lambda[a]) : lambda[a];
            m.shift(scope, x, g, flowing, mu, moved);
        }
        for (int s = 0; s < groups; ++s) {
            arrival[s] -= padded;
            store(arrival[s], mu[s]);
            if (!shifts) continue;
            shift[s] -= padded;
            store(shift[s], moved[s]);
        }
    }

    const Model& m;
    const SaltusRetreat args;
    const unsigned padded;
    const int states;
    const int groups;
    const int folds;
    const int num_parameters;
    const int first_parameter;
    const int last;
    const bool weighs;
    const bool peaks;
    const bool draws;
    const bool shifts;
    unsigned long long count = 0;
    const SaltusTapeHeader* headers = nullptr;
    const float* values = nullptr;

    /* Of the vector of neurons at work: coefficients, adjoints of states, of synaptic states and of
     * parameters, and what is kept of the step. */
    typename Model::Scope scope;
    V lambda[kMaxStates];
    V mu[kMaxGroups];
    V parameters[kMaxParameters];
    V x[kMaxStates];
    V g[kMaxGroups];
    /* By the time at which the refractory time ends, until the spike that began it is reached. */
    V by_end;
    V kappa;
    V feedback[kMaxFolds];
    V slope;
    V greatest_step;
    V spike_pull;
    V nearest_step;
    V silence_pull;
    float* arrival[kMaxGroups];
    float* shift[kMaxGroups];
};

template <class Model>
static inline void retreat(const Model& m, const SaltusRetreat& args) {
    Retreat<Model>(m, args).run();
}

}  // namespace saltus_kernels
