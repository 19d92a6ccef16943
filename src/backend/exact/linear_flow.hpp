#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <saltus/plan/plan.hpp>

namespace saltus {

/// The equations of one population between spikes, as numbers:
///
///     dy/dt = A y + b,    a spike where c . y + c0 crosses zero from below,    y <- R y + r
///
/// with y the states followed by the synaptic states. Everything may differ between neurons.
/// Solutions are power series in time: within a step they converge to the last bit, whatever the
/// time constants have to do with each other (equal, or complex: oscillations).
class LinearFlow {
  public:
    /// Neurons are worked on in groups of so many.
    static constexpr std::size_t kLanes = 8;
    static constexpr std::size_t kMostDimensions = kMaxKernelStates + kMaxKernelGroups;
    static constexpr std::size_t kMostTerms = 32;
    /// Spikes of a neuron between two arrivals; more are those of one that its reset does not take
    /// below the threshold for long.
    static constexpr std::size_t kMostSpikes = 1000;

    LinearFlow() = default;
    /// @param plan a population that check_exact_times() accepts.
    explicit LinearFlow(const PopulationPlan& plan);

    /// dy/dt = A^T y alone: what adjoints follow, backwards in time.
    LinearFlow transposed() const;
    /// The same while some states stay as they are.
    LinearFlow holding(const std::vector<bool>& held) const;

    struct Entry {
        std::size_t row;
        std::size_t column;
        std::vector<double> value;  ///< [padded]
    };
    struct Constant {
        std::size_t row;
        std::vector<double> value;  ///< [padded]
    };

    std::size_t size = 0;    ///< neurons
    std::size_t padded = 0;  ///< those, rounded up to whole groups
    std::size_t num_states = 0;
    std::size_t dimension = 0;  ///< states and synaptic states
    std::size_t output = 0;
    bool spiking = false;
    std::vector<Entry> matrix;
    std::vector<Constant> offset;
    std::vector<Constant> crossing;       ///< c
    std::vector<double> crossing_offset;  ///< c0, [padded]
    std::vector<Entry> reset;             ///< R, of states
    std::vector<Constant> reset_offset;   ///< r
    std::vector<double> initial;          ///< [dimension][padded]
    // The same as whole matrices and vectors: A [dimension][dimension][padded], b and c
    // [dimension][padded].
    std::vector<double> whole_matrix;
    std::vector<double> whole_offset;
    std::vector<double> whole_crossing;
    /// By how much a series grows with a term and a ms; over longer times than the inverse it is
    /// not used.
    double growth = 0.0;
    double longest() const { return growth > 0.0 ? 1.0 / growth : 1e300; }

    /// Spikes in the order in which they were found.
    struct Spikes {
        std::vector<std::uint32_t> neurons;
        std::vector<double> offsets;  ///< ms from where the neurons were
        std::vector<double> before;   ///< [spike][dimension]: y at the threshold

        void clear() {
            neurons.clear();
            offsets.clear();
            before.clear();
        }
        void add(std::size_t neuron, double offset, const double* y, std::size_t dimension) {
            neurons.push_back(static_cast<std::uint32_t>(neuron));
            offsets.push_back(offset);
            before.insert(before.end(), y, y + dimension);
        }
    };

    /// y after a time h. @param y, @param out [dimension][padded]; they may be the same.
    /// @param may_spike of each neuron whether it might cross the threshold within h: true for all
    /// that do, and few others; null when nothing spikes.
    void advance(double h, const double* y, double* out, unsigned char* may_spike) const;
    /// The adjoint before a time h from that after it. @param lambda [dimension][padded].
    void retreat(double h, double* lambda) const;

    /// The way of a single neuron from some moment on, and its crossing function, as power series
    /// in time.
    struct Path {
        std::size_t terms = 0;
        std::array<double, (kMostTerms + 1) * kMostDimensions> term;
        std::array<double, kMostTerms + 1> crossing;
    };

    // Of a single neuron; its y and lambda are `dimension` numbers.
    void read(const double* y, std::size_t neuron, double* one) const;
    void write(const double* one, std::size_t neuron, double* y) const;
    /// @param h for how long it will be followed at most.
    void begin(double h, std::size_t neuron, const double* y, Path& path) const;
    /// y after a time.
    void follow(const Path& path, double time, double* y) const;
    void retreat_one(double h, std::size_t neuron, double* lambda) const;
    /// Takes some neurons on from y over a time h, through their spikes and resets, or through the
    /// first alone; writes where they end to `later`, of those that spiked.
    void follow_all(double h, const std::vector<std::uint32_t>& neurons, const double* y,
                    bool only_first, double* later, Spikes& spikes) const;
    /// The same of one neuron that has come to y after a time.
    void follow_one(double h, double passed, std::size_t neuron, double* y, bool only_first,
                    double* later, Spikes& spikes) const;
    /// When the threshold is crossed first, within h; h + 1 when it is not. The path begins below.
    double first_crossing(double h, std::size_t neuron, const Path& path) const;
    /// dy/dt
    void speed_of(std::size_t neuron, const double* y, double* speed) const;
    /// y after a spike.
    void reset_one(std::size_t neuron, double* y) const;
    /// R^T lambda for the states; synaptic states keep theirs.
    void pull_reset(std::size_t neuron, double* lambda) const;
    /// c . y + c0
    double crossing_at(std::size_t neuron, const double* y) const {
        return crossing_offset[neuron] + along_crossing(neuron, y);
    }
    /// c . v
    double along_crossing(std::size_t neuron, const double* v) const;
    void add_crossing(std::size_t neuron, double factor, double* lambda) const;

    /// Terms after which those of a time h are below rounding.
    std::size_t terms_of(double h) const;
    /// 1 / m
    static double inverse(std::size_t m) {
        static constexpr std::array<double, kMostTerms + 1> kInverse = [] {
            std::array<double, kMostTerms + 1> inverses{};
            for (std::size_t k = 1; k < inverses.size(); ++k)
                inverses[k] = 1.0 / static_cast<double>(k);
            return inverses;
        }();
        return kInverse[m];
    }

  private:
    void find_growth();
    void compact();

    /// The longest time for which so many terms suffice.
    std::array<double, kMostTerms + 1> reach_{};
    // The same numbers as above, neuron by neuron: A, b, c.
    std::vector<double> matrix_of_;
    std::vector<double> offset_of_;
    std::vector<double> crossing_of_;
};

/// The series of LinearFlow::advance() and retreat() with so many terms, for all neurons.
void advance_series(const LinearFlow& flow, double h, std::size_t terms, const double* y,
                    double* out, unsigned char* may_spike);
void retreat_series(const LinearFlow& flow, double h, std::size_t terms, double* lambda);
/// LinearFlow::follow_all() for as many neurons as a vector holds at a time.
void follow_series(const LinearFlow& flow, double h, const std::vector<std::uint32_t>& neurons,
                   const double* y, bool only_first, double* later, LinearFlow::Spikes& spikes);

}  // namespace saltus
