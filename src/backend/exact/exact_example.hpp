#pragma once

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "backend/exact/exact_network.hpp"
#include "backend/program.hpp"
#include "backend/regularisation.hpp"

namespace saltus {

/// Sums over examples.
struct ExactGradients {
    /// By connection.
    std::vector<std::vector<double>> weights;
    std::vector<std::vector<double>> delays;  ///< one each, or one a weight, per ms
    /// By population: derivatives by the numbers of its flow, [parameters][neurons].
    std::vector<std::vector<double>> parameters;
};

/// One example, forward and back. Every population is run from event to event: between two arrivals
/// all its neurons follow the solution of their equations, and those that cross their threshold are
/// taken on from there, one after the other. The way back visits the same events in reverse.
class ExactExample {
  public:
    explicit ExactExample(const ExactNetwork& network);

    /// @param keeps whether backward() will follow.
    void forward(const Batch& batch, std::uint32_t example, bool keeps);
    /// The readout of an output.
    const std::vector<double>& readout(std::size_t output) const { return runs_[output].readout; }
    /// The loss of an output that has targets; keeps its derivative for backward().
    double loss(const Loss* loss, std::size_t output, const Batch& batch, std::uint32_t example);
    /// Adds the derivatives of a mean over so many examples.
    /// @param pulls what regularisation adds, by population.
    void backward(double num_examples, const std::vector<Pulls>& pulls, ExactGradients& gradients);
    bool has_spiked(std::size_t population) const {
        return plan_.populations[population].has_equations() && !runs_[population].times.empty();
    }
    /// A population's neurons that have spiked, one entry a spike.
    std::span<const std::uint32_t> spikes_of(std::size_t population) const {
        return runs_[population].neurons;
    }
    Recording recording(const std::vector<RecordedPopulation>& records) const;

  private:
    /// What reaches a population at a time: spike number `spike` of a connection's source, through
    /// all synapses of its row or, where each has a delay of its own, through one.
    struct Arrival {
        static constexpr std::uint32_t kWholeRow = 0xFFFFFFFF;
        double time;
        std::uint32_t connection;
        std::uint32_t spike;
        std::uint32_t synapse = kWholeRow;  ///< number in the table
    };

    /// What happens between two moments, and at the end of it: a step of the grid ends, then a
    /// spike arrives.
    struct Segment {
        double length;
        std::uint32_t first_spike;  ///< the population's own, within the segment
        std::uint32_t end_spike;
        std::int32_t arrival;             ///< number of it; -1 for none
        std::int32_t step;                ///< that ends; -1 for none
        std::uint32_t first_release = 0;  ///< ends of refractory times within the segment
        std::uint32_t end_release = 0;
    };

    /// A neuron whose refractory time ends.
    struct Release {
        std::uint32_t neuron;
        double offset;  ///< from the beginning of the segment
        std::array<double, LinearFlow::kMostDimensions> y;
    };

    /// The life of one population.
    struct Run {
        // Spikes in the order of their times.
        std::vector<double> times;
        std::vector<std::uint32_t> neurons;
        std::vector<double> offsets;  ///< times from the beginning of the segment
        std::vector<double> before;   ///< [spike][dimension]: y at the threshold
        std::vector<double> kappa;    ///< derivative of the loss by the time
        /// Of a population with a refractory time, by spike: whether it came at the end of one,
        /// when the neuron stood above its threshold.
        std::vector<unsigned char> at_once;
        std::vector<Release> releases;
        // Likewise, by neuron: whether it is refractory, until when, and, on the way back, the
        // derivative of the loss by the end of that time.
        std::vector<unsigned char> is_held;
        std::vector<double> free_at;
        std::vector<double> owed;
        std::vector<Arrival> arrivals;
        std::vector<Segment> segments;
        std::vector<std::size_t> window_begin;  ///< segment with which each window begins
        std::vector<std::size_t> next_spike;    ///< by incoming connection: next that arrives
        std::vector<std::size_t> num_known;     ///< likewise: spikes known at `collected`
        double collected = 0.0;                 ///< up to where arrivals are collected (ms)
        std::vector<double> y;                  ///< [dimension][padded]
        std::vector<double> began;   ///< [segment][dimension][padded], where parameters are trained
        std::vector<double> later;   ///< where y goes next
        std::vector<double> lambda;  ///< likewise
        std::vector<double> readout;
        std::vector<double> readout_slope;
        std::vector<double> step_outputs;  ///< [steps][neurons], then the derivatives by them
        std::vector<double> recorded;      ///< [steps][states][neurons]
        // Of neurons whose silence matters: the greatest crossing function at the end of a segment,
        // and of which.
        std::vector<double> nearest;
        std::vector<std::uint32_t> nearest_segment;
        std::vector<std::uint32_t> silent;  ///< neurons, by that segment
        /// Whether neurons are followed up to their first spike, and which have had it.
        bool ends_with_spike = false;
        std::vector<unsigned char> has_ended;
        std::size_t num_ended = 0;
        std::int32_t label = -1;  ///< of an output whose loss has one
        std::size_t next_step = 0;
        bool compares_steps = false;
        bool records_states = false;
    };

    void emit(std::size_t population, const Batch& batch, std::uint32_t example);
    void begin(std::size_t population, const Batch& batch);
    void run_window(std::size_t population, double from, double to);
    void collect_arrivals(std::size_t population, double to);
    /// Those of a connection whose synapses have delays of their own; `k` is its place among the
    /// incoming ones.
    void collect_synapses(std::size_t population, std::size_t k, double to);
    void advance(std::size_t population, Segment& segment, double time);
    /// Takes the neurons that might spike through a segment one by one.
    void follow_flagged(std::size_t population, double length, double time);
    void sort_spikes(Run& run, std::size_t first, std::size_t dimension);
    /// follow_flagged() of a population with a refractory time.
    void follow_with_holds(std::size_t population, Segment& segment, double time);
    void follow_with_holds(std::size_t population, double length, double time,
                           std::uint32_t neuron);
    void take_spikes(Run& run, double time);
    void end_step(std::size_t population, std::size_t step);
    /// Whether only the first spikes of a population have any effect.
    bool only_first_spikes_matter(std::size_t population) const;
    bool minds_silence(std::size_t population) const;
    bool needs_steps(std::size_t population) const;
    void find_nearest(std::size_t population, std::uint32_t segment);
    static std::uint32_t number_of_segment(const Run& run) {
        return static_cast<std::uint32_t>(run.segments.size());
    }
    void arrive(std::size_t population, const Arrival& arrival);
    void finish_readout(std::size_t population);

    void begin_adjoint(std::size_t population, double num_examples, const Pulls& pulls);
    void find_silent(std::size_t population, const Pulls& pulls);
    void retreat_window(std::size_t population, std::size_t window, ExactGradients& gradients);
    void undo_arrival(std::size_t population, const Arrival& arrival, ExactGradients& gradients);
    void undo_synapse(std::size_t population, const Arrival& arrival, ExactGradients& gradients);
    /// What an arrival at a neuron does to the loss when it comes later, by its weight and ms.
    double shift_of(std::size_t population, std::size_t row, std::size_t neuron) const;
    void undo_silence(std::size_t population, std::size_t segment);
    void undo_step(std::size_t population, std::size_t step);
    void retreat(std::size_t population, std::size_t segment, ExactGradients& gradients);
    /// Takes a neuron back from the end of a segment through its spikes, of which `first` to `last`
    /// are pairs of neuron and number.
    void retreat_through(std::size_t population, std::size_t segment, std::size_t first,
                         std::size_t last, double* lambda, ExactGradients& gradients);
    /// retreat() of a population with a refractory time.
    void retreat_with_holds(std::size_t population, std::size_t segment, ExactGradients& gradients);
    void retreat_through_holds(std::size_t population, std::size_t segment,
                               std::span<const std::pair<std::uint32_t, std::uint32_t>> spikes,
                               std::span<const Release> releases, std::uint32_t neuron,
                               double* lambda, ExactGradients& gradients);
    /// What the end of a refractory time does to the loss when it comes later.
    double shift_of_release(std::size_t population, const Release& release,
                            const double* lambda) const;
    /// Whether a state of a neuron is held at this point of the way back.
    bool is_held(std::size_t population, std::size_t state, std::size_t neuron) const {
        const ExactHold& hold = network_.holds[population];
        return hold.any() && runs_[population].is_held[neuron] != 0 && state < hold.held.size() &&
               hold.held[state];
    }
    /// What all neurons of a segment without a spike say about trained parameters.
    void add_ways(std::size_t population, std::size_t segment, ExactGradients& gradients);
    void add_way(std::size_t population, std::size_t segment, std::uint32_t neuron,
                 ExactGradients& gradients);
    void undo_spike(std::size_t population, std::size_t spike, double* lambda,
                    ExactGradients& gradients);

    const ExactNetwork& network_;
    const Plan& plan_;
    std::vector<Run> runs_;
    const std::vector<Pulls>* pulls_ = nullptr;
    bool keeps_ = false;
    // Scratch, [padded] of the largest population.
    std::vector<unsigned char> may_spike_;
    std::vector<std::uint32_t> flagged_;
    LinearFlow::Spikes found_;
    std::vector<std::size_t> order_;
    std::vector<double> shift_;
    // Spikes of a segment by neuron and number, and the adjoints of their neurons before it.
    std::vector<std::pair<std::uint32_t, std::uint32_t>> by_neuron_;
    std::vector<double> before_;
    std::vector<std::uint32_t> changed_;
};

}  // namespace saltus
