namespace saltus_kernels {

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
    typename Model::Scope scope;
    m.load_scalars(scope, args.scalars);
    for (unsigned n = 0; n < padded; n += kLanes) {
        m.load_arrays(scope, args.arrays, padded, n);
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
