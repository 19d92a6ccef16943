#include "support/event_driven.hpp"

#include <algorithm>
#include <cmath>

namespace saltus::test {
namespace {

/// A neuron between two events: V and I `h` ms after the values v and i.
struct Segment {
    double tau_mem;
    double tau_syn;
    double v;
    double i;

    double particular() const { return i * tau_syn / (tau_syn - tau_mem); }
    double voltage(double h) const {
        const double p = particular();
        return p * std::exp(-h / tau_syn) + (v - p) * std::exp(-h / tau_mem);
    }
    double current(double h) const { return i * std::exp(-h / tau_syn); }
    /// Where the voltage is largest in (0, length).
    double peak(double length) const {
        double low = 0.0;
        double high = length;
        if (current(0.0) <= voltage(0.0)) return 0.0;
        if (current(length) > voltage(length)) return length;
        for (int round = 0; round < 100; ++round) {
            const double middle = 0.5 * (low + high);
            (current(middle) > voltage(middle) ? low : high) = middle;
        }
        return low;
    }
};

/// The first crossing of 1 from below, or a negative number.
double crossing(const Segment& segment, double length) {
    double high = segment.peak(length);
    if (segment.voltage(high) < 1.0) return -1.0;
    double low = 0.0;
    for (int round = 0; round < 100; ++round) {
        const double middle = 0.5 * (low + high);
        (segment.voltage(middle) < 1.0 ? low : high) = middle;
    }
    return high;
}

}  // namespace

std::vector<double> EventDriven::spike_times(std::size_t neuron) const {
    std::vector<std::pair<double, double>> events;
    for (std::size_t input = 0; input < arrivals.size(); ++input) {
        for (const double time : arrivals[input]) {
            events.emplace_back(time, weights_in[input * 2 + neuron]);
        }
    }
    std::sort(events.begin(), events.end());
    events.emplace_back(duration, 0.0);
    std::vector<double> times;
    double now = 0.0;
    Segment segment{tau_mem, tau_syn, 0.0, 0.0};
    for (const auto& [time, weight] : events) {
        for (double h = crossing(segment, time - now); h >= 0.0;
             h = crossing(segment, time - now)) {
            now += h;
            times.push_back(now);
            segment = {tau_mem, tau_syn, 0.0, segment.current(h)};
        }
        segment = {tau_mem, tau_syn, segment.voltage(time - now),
                   segment.current(time - now) + weight};
        now = time;
    }
    return times;
}

double EventDriven::loss() const {
    std::array<double, 2> readout{};
    const double c = tau_syn / (tau_syn - tau_mem);
    for (std::size_t neuron = 0; neuron < 2; ++neuron) {
        for (const double time : spike_times(neuron)) {
            const double rest = duration - time;
            const double area = c * (tau_syn * (1.0 - std::exp(-rest / tau_syn)) -
                                     tau_mem * (1.0 - std::exp(-rest / tau_mem)));
            for (std::size_t k = 0; k < 2; ++k) {
                readout[k] += weights_out[neuron * 2 + k] * area / duration;
            }
        }
    }
    return std::log(std::exp(readout[0]) + std::exp(readout[1])) - readout[label];
}

std::vector<double> EventDriven::differences(std::vector<double> EventDriven::*weights) const {
    constexpr double kStep = 1e-5;
    std::vector<double> gradient;
    for (std::size_t k = 0; k < (this->*weights).size(); ++k) {
        EventDriven above = *this;
        EventDriven below = *this;
        (above.*weights)[k] += kStep;
        (below.*weights)[k] -= kStep;
        gradient.push_back((above.loss() - below.loss()) / (2.0 * kStep));
    }
    return gradient;
}

std::vector<double> EventDriven::gradient_in() const {
    return differences(&EventDriven::weights_in);
}
std::vector<double> EventDriven::gradient_out() const {
    return differences(&EventDriven::weights_out);
}

}  // namespace saltus::test
