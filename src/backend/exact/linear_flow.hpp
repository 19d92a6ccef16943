#pragma once

#include <cstddef>
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

    LinearFlow() = default;
    /// @param plan a population that check_exact_times() accepts.
    LinearFlow(const PopulationPlan& plan, double dt);

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
    /// Terms of a series, and the longest time over which they suffice.
    std::size_t order = 0;
    double longest = 0.0;

    /// y after a time h. @param y, @param out [dimension][padded]; they may be the same.
    /// @param may_spike of each neuron whether it might cross the threshold within h: true for all
    /// that do, and few others; null when nothing spikes.
    void advance(double h, const double* y, double* out, unsigned char* may_spike) const;
    /// The adjoint before a time h from that after it. @param lambda [dimension][padded].
    void retreat(double h, double* lambda) const;

    // Of a single neuron; its y and lambda are `dimension` numbers.
    void read(const double* y, std::size_t neuron, double* one) const;
    void write(const double* one, std::size_t neuron, double* y) const;
    void advance_one(double h, std::size_t neuron, double* y) const;
    void retreat_one(double h, std::size_t neuron, double* lambda) const;
    /// When the threshold is crossed first, within h; h + 1 when it is not.
    double first_crossing(double h, std::size_t neuron, const double* y) const;
    /// c . y + c0
    double crossing_of(std::size_t neuron, const double* y) const;
    /// dy/dt
    void speed_of(std::size_t neuron, const double* y, double* speed) const;
    /// y after a spike.
    void reset_one(std::size_t neuron, double* y) const;
    /// R^T lambda for the states; synaptic states keep theirs.
    void pull_reset(std::size_t neuron, double* lambda) const;
    /// c . v
    double along_crossing(std::size_t neuron, const double* v) const;
    void add_crossing(std::size_t neuron, double factor, double* lambda) const;

  private:
    void choose_order(double dt);
};

}  // namespace saltus
