/* Steps of neurons forward in time. */
namespace saltus_kernels {

template <class Model>
class Advance {
  public:
    SALTUS_INLINE Advance(const Model& model, const SaltusAdvance& given)
        /* Copies, since what is stored could otherwise change what `given` points to. */
        : m(model),
          args(given),
          padded(given.padded_neurons),
          states(model.num_states()),
          groups(model.num_groups()),
          folds(model.num_folds()),
          reads(model.counts_spikes() || model.weighs_output() || model.keeps_greatest()),
          tapes(given.tape != nullptr),
          keeps(model.num_kept() > 0 && given.kept != nullptr),
          dates(model.keeps_greatest() && given.greatest_step != nullptr),
          minds(model.minds_silence() && given.nearest != nullptr) {
        if (!tapes) return;
        count = given.tape->count;
        headers = given.tape->headers;
        values = given.tape->values;
    }

    SALTUS_INLINE void run() {
        m.load_scalars(scope, args.scalars);
        if (m.spiking() && args.num_steps == 1) {
            run_one_step();
        } else {
            run_block();
        }
        if (tapes) args.tape->count = count;
    }

  private:
    /* Vectors of which those that spike are listed at a time, and their neurons. */
    static constexpr unsigned kListed = 64;
    static constexpr unsigned kListedNeurons = kListed * static_cast<unsigned>(kLanes);

    /* The time loop is inside the loop over neurons: what they carry stays in registers. */
    SALTUS_INLINE void run_block() {
        for (unsigned n = 0; n < padded; n += kLanes) {
            begin(n);
            load_running(n);
            load_fired(n);
            unsigned short* spikes = spikes_of(n);
            for (unsigned t = 0; t < args.num_steps; ++t, spikes += padded / kLanes) {
                const M mask = take_step(n, t);
                if (!m.spiking()) continue;
                const unsigned bits = lanes_of(mask) & valid_lanes(n);
                *spikes = static_cast<unsigned short>(bits);
                if (bits != 0) fire(mask, bits, n, t);
            }
            store_running(n);
            store_fired(n);
        }
    }

    /* Of a single step, nothing would stay in registers, and whether a vector spikes is anybody's
     * guess: all are updated first, then those that spike are gone through. */
    SALTUS_INLINE void run_one_step() {
        for (unsigned first = 0; first < padded; first += kListedNeurons) {
            const unsigned end = padded - first > kListedNeurons ? first + kListedNeurons : padded;
            unsigned spiking[kListed];
            unsigned short lanes[kListed];
            unsigned num_spiking = 0;
            for (unsigned n = first; n < end; n += kLanes) {
                begin(n);
                load_running(n);
                const unsigned raised = lanes_of(take_step(n, 0));
                store_running(n);
                const unsigned bits = raised & valid_lanes(n);
                *spikes_of(n) = static_cast<unsigned short>(bits);
                spiking[num_spiking] = n;
                lanes[num_spiking] = static_cast<unsigned short>(raised);
                num_spiking += bits != 0;
            }
            for (unsigned k = 0; k < num_spiking; ++k) {
                const unsigned n = spiking[k];
                begin(n);
                load_states(n);
                load_fired(n);
                fire(lanes_from(lanes[k]), lanes[k] & valid_lanes(n), n, 0);
                for (int a = 0; a < states; ++a) store(args.state + a * padded + n, x[a]);
                store_fired(n);
            }
        }
    }

    SALTUS_INLINE void begin(unsigned n) {
        m.load_arrays(scope, args.arrays, padded, n);
        for (int s = 0; s < groups; ++s) input[s] = args.input[s] + n;
    }

    SALTUS_INLINE unsigned short* spikes_of(unsigned n) const {
        return reinterpret_cast<unsigned short*>(args.spikes) + n / kLanes;
    }

    /* Those that are no padding. */
    SALTUS_INLINE unsigned valid_lanes(unsigned n) const {
        const unsigned rest = args.num_neurons - n;
        return rest >= kLanes ? (1u << kLanes) - 1 : (1u << rest) - 1;
    }

    SALTUS_INLINE void load_states(unsigned n) {
        for (int a = 0; a < states; ++a) x[a] = load(args.state + a * padded + n);
        for (int s = 0; s < groups; ++s) g[s] = load(args.state + (states + s) * padded + n);
    }

    /* What every step changes. */
    SALTUS_INLINE void load_running(unsigned n) {
        load_states(n);
        if (m.refractory()) refractory = load(args.state + (states + groups) * padded + n);
        if (reads) readout = load(args.readout + n);
        if (dates) greatest_step = load(args.greatest_step + n);
        if (minds) {
            nearest = load(args.nearest + n);
            nearest_step = load(args.nearest + padded + n);
        }
    }

    SALTUS_INLINE void store_running(unsigned n) const {
        for (int a = 0; a < states; ++a) store(args.state + a * padded + n, x[a]);
        for (int s = 0; s < groups; ++s) store(args.state + (states + s) * padded + n, g[s]);
        if (m.refractory()) store(args.state + (states + groups) * padded + n, refractory);
        if (reads) store(args.readout + n, readout);
        if (dates) store(args.greatest_step + n, greatest_step);
        if (minds) {
            store(args.nearest + n, nearest);
            store(args.nearest + padded + n, nearest_step);
        }
    }

    /* What spikes change besides states. */
    SALTUS_INLINE void load_fired(unsigned n) {
        for (int f = 0; f < folds; ++f) sums[f] = load(args.fold_sums + f * padded + n);
        if (m.counts_spikes()) readout = load(args.readout + n);
        if (m.refractory()) refractory = load(args.state + (states + groups) * padded + n);
    }

    SALTUS_INLINE void store_fired(unsigned n) const {
        for (int f = 0; f < folds; ++f) store(args.fold_sums + f * padded + n, sums[f]);
        if (m.counts_spikes()) store(args.readout + n, readout);
        if (m.refractory()) store(args.state + (states + groups) * padded + n, refractory);
    }

    /* A step up to its spikes. @return which neurons have any. */
    SALTUS_INLINE M take_step(unsigned n, unsigned t) {
        for (int s = 0; s < groups; ++s) {
            const V arriving = load(input[s]);
            input[s] += padded;
            g[s] = m.group_has_state(s) ? g[s] + arriving : arriving;
        }
        if (keeps) keep(n, t);
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
        for (int a = 0; a < states; ++a) x[a] = m.holds(a) ? select(waiting, x[a], next[a]) : next[a];
        m.decay(scope, g);
        const V now = splat(static_cast<float>(args.first_step + t));
        if (m.weighs_output()) readout += splat(args.step_weights[t]) * x[m.output()];
        if (m.keeps_greatest()) {
            const V output = x[m.output()];
            if (dates) greatest_step = select(readout < output, now, greatest_step);
            readout = select(readout <= output, output, readout);
        }
        if (!m.spiking()) return free;
        if (minds) {
            const V level = m.crossing(scope, x);
            const M nearer = level > nearest;
            nearest = select(nearer, level, nearest);
            nearest_step = select(nearer, now, nearest_step);
        }
        const M mask = m.spikes(scope, x);
        return m.refractory() ? both(mask, free) : mask;
    }

    /* What the adjoint needs of the beginning of a step. */
    SALTUS_INLINE void keep(unsigned n, unsigned t) const {
        V kept[kMaxKept];
        m.keep(x, g, refractory, kept);
        float* const row = args.kept + (static_cast<unsigned long long>(t) * m.num_kept() * padded + n);
        for (int k = 0; k < m.num_kept(); ++k) store(row + k * padded, kept[k]);
    }

    /* Spikes of a vector of neurons. */
    SALTUS_INLINE void fire(M mask, unsigned bits, unsigned n, unsigned t) {
        const unsigned step = args.first_step + t;
        if (tapes) record(bits, step, n);
        V next[kMaxStates];
        m.reset(scope, x, next);
        for (int a = 0; a < states; ++a) x[a] = select(mask, next[a], x[a]);
        for (int f = 0; f < folds; ++f)
            sums[f] += select(mask, splat(args.fold_weights[f * args.fold_stride + step]), V{});
        if (m.counts_spikes()) readout += select(mask, splat(1.0f), V{});
        if (m.refractory()) refractory = select(mask, m.refractory_time(scope), refractory);
    }

    /* Appends their jump coefficients to the tape. */
    SALTUS_INLINE void record(unsigned bits, unsigned step, unsigned n) {
        headers[count].step = step;
        headers[count].first_neuron = n;
        headers[count].lanes = bits;
        V jumps[kMaxJumps];
        m.jump(scope, x, g, jumps);
        float* const entry = values + count * m.num_jumps() * kLanes;
        for (int j = 0; j < m.num_jumps(); ++j) store(entry + j * kLanes, jumps[j]);
        ++count;
    }

    const Model& m;
    const SaltusAdvance args;
    const unsigned padded;
    const int states;
    const int groups;
    const int folds;
    const bool reads;
    const bool tapes;
    const bool keeps;
    const bool dates;
    const bool minds;
    unsigned long long count = 0;
    SaltusTapeHeader* headers = nullptr;
    float* values = nullptr;

    /* Of the vector of neurons at work: coefficients, states, readout, sums and where input lies. */
    typename Model::Scope scope;
    V x[kMaxStates];
    V g[kMaxGroups];
    V sums[kMaxFolds];
    V refractory;
    V readout;
    V greatest_step;
    V nearest;
    V nearest_step;
    const float* input[kMaxGroups];
};

template <class Model>
static inline void advance(const Model& m, const SaltusAdvance& args) {
    Advance<Model>(m, args).run();
}

}  // namespace saltus_kernels
