#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <fmt/format.h>

#include "cli/progress_line.hpp"
#include "cli/report/figures.hpp"
#include "cli/report/svg.hpp"

namespace saltus {
namespace {

constexpr double kWidth = 900.0;
constexpr double kLeft = 66.0;
constexpr double kRight = kWidth - 90.0;
constexpr double kPanelGap = 42.0;
constexpr double kVoltageHeight = 220.0;
// A drawing of more spikes than this is slow to show and black anyway.
constexpr std::size_t kMostSpikes = 40000;
// More lines than this cannot be told apart by labels.
constexpr std::size_t kMostLabelledTraces = 20;

double panel_height(const PopulationActivity& population) {
    return std::clamp(2.0 * static_cast<double>(population.size), 60.0, 210.0);
}

/// Draws what happened during one example, panel below panel.
class ActivityDrawing {
  public:
    ActivityDrawing(const ExampleActivity& activity, const std::vector<std::string>& class_names)
        : activity_(activity),
          class_names_(class_names),
          // Half a step of room keeps the first and the last spikes off the edges.
          time_{-0.5 * activity.dt, (static_cast<double>(activity.num_steps) - 0.5) * activity.dt,
                kLeft, kRight},
          svg_(kWidth, total_height(), "Spikes and output voltages during one test image") {}

    std::string draw() {
        for (const PopulationActivity& population : activity_.populations) {
            if (population.spiking) draw_spikes(population);
        }
        draw_voltages();
        return svg_.finish();
    }

  private:
    double total_height() const {
        double height = kPanelGap + kVoltageHeight + 50.0;
        for (const PopulationActivity& population : activity_.populations) {
            if (population.spiking) height += kPanelGap + panel_height(population);
        }
        return height;
    }

    Frame next_frame(double height, const Scale& values) {
        top_ += kPanelGap;
        Frame frame{time_, values};
        frame.y.from = top_ + height;
        frame.y.to = top_;
        top_ += height;
        return frame;
    }

    void draw_spikes(const PopulationActivity& population) {
        const double size = static_cast<double>(population.size);
        const Frame frame = next_frame(panel_height(population), {-0.5, size - 0.5, 0.0, 0.0});
        svg_.text(frame.left(), frame.top() - 10.0, "panel",
                  fmt::format("{}: {} spikes of {} neurons", population.name,
                              grouped(population.spikes.neurons.size()), grouped(population.size)));
        draw_y_axis(svg_, frame, whole_ticks(0.0, size - 1.0, 4), "neuron");
        svg_.line(frame.left(), frame.bottom(), frame.right(), frame.bottom(), "base");
        svg_.path(spike_marks(population, frame), "spikes");
    }

    std::string spike_marks(const PopulationActivity& population, const Frame& frame) const {
        const SpikeList& spikes = population.spikes;
        const std::size_t stride = 1 + spikes.neurons.size() / kMostSpikes;
        const double half = std::clamp(
            0.35 * (frame.bottom() - frame.top()) / static_cast<double>(population.size), 1.4, 5.0);
        std::string commands;
        for (std::size_t step = 0; step + 1 < spikes.step_begin.size(); ++step) {
            for (std::size_t spike = spikes.step_begin[step]; spike < spikes.step_begin[step + 1];
                 ++spike) {
                if (spike % stride != 0) continue;
                const double earlier = spikes.offsets.empty() ? 0.0 : spikes.offsets[spike];
                commands += fmt::format("M{:.1f} {:.1f}v{:.1f}",
                                        frame.x(static_cast<double>(step) * activity_.dt - earlier),
                                        frame.y(static_cast<double>(spikes.neurons[spike])) - half,
                                        2.0 * half);
            }
        }
        return commands;
    }

    std::vector<double> time_ticks() const {
        std::vector<double> ticks = round_ticks(0.0, time_.high, 10);
        while (ticks.back() > time_.high)
            ticks.pop_back();
        return ticks;
    }

    double voltage(std::size_t step, std::size_t neuron) const {
        return activity_.voltages.values[step * activity_.voltages.shape[1] + neuron];
    }

    void draw_voltages() {
        const auto [low, high] = std::ranges::minmax(activity_.voltages.values);
        const std::vector<double> ticks = round_ticks(std::min(0.0, low), high, 5);
        const Frame frame = next_frame(kVoltageHeight, {ticks.front(), ticks.back(), 0.0, 0.0});
        svg_.text(frame.left(), frame.top() - 10.0, "panel",
                  fmt::format("{}: {} of each class", activity_.output, activity_.output_state));
        draw_y_axis(svg_, frame, ticks, activity_.output_state);
        draw_x_axis(svg_, frame, time_ticks(), "time (ms)");
        const std::size_t classes = activity_.voltages.shape[1];
        for (std::size_t neuron = 0; neuron < classes; ++neuron) {
            if (style_of(neuron) == "other") draw_trace(frame, neuron);
        }
        // What matters lies on top.
        for (std::size_t neuron = 0; neuron < classes; ++neuron) {
            if (style_of(neuron) != "other") draw_trace(frame, neuron);
        }
        if (classes <= kMostLabelledTraces) label_traces(frame, classes);
    }

    std::string style_of(std::size_t neuron) const {
        if (static_cast<std::int32_t>(neuron) == activity_.image.label) return "first";
        return neuron == activity_.answer ? "second" : "other";
    }

    void draw_trace(const Frame& frame, std::size_t neuron) {
        std::string commands;
        for (std::size_t step = 0; step < activity_.num_steps; ++step) {
            commands += fmt::format("{}{:.1f} {:.1f}", step == 0 ? "M" : "L",
                                    frame.x(static_cast<double>(step) * activity_.dt),
                                    frame.y(voltage(step, neuron)));
        }
        svg_.path(commands, "trace " + style_of(neuron), "class " + class_names_[neuron]);
    }

    /// Names the traces at their ends, moved apart where they would overlap.
    void label_traces(const Frame& frame, std::size_t classes) {
        constexpr double kApart = 13.0;
        std::vector<std::size_t> order(classes);
        std::iota(order.begin(), order.end(), 0);
        const auto end_of = [&](std::size_t neuron) {
            return frame.y(voltage(activity_.num_steps - 1, neuron));
        };
        std::ranges::sort(order, {}, end_of);
        const double last = frame.x(static_cast<double>(activity_.num_steps - 1) * activity_.dt);
        std::vector<double> places;
        places.reserve(classes);
        for (const std::size_t neuron : order)
            places.push_back(end_of(neuron));
        for (std::size_t index = 1; index < classes; ++index) {
            places[index] = std::max(places[index], places[index - 1] + kApart);
        }
        double limit = frame.bottom();
        for (std::size_t index = classes; index-- > 0; limit = places[index] - kApart) {
            places[index] = std::min(places[index], limit);
        }
        for (std::size_t index = 0; index < classes; ++index) {
            svg_.line(last + 4.0, end_of(order[index]), frame.right() + 10.0, places[index],
                      "grid");
            svg_.text(frame.right() + 14.0, places[index] + 4.0, "name " + style_of(order[index]),
                      class_names_[order[index]]);
        }
    }

    const ExampleActivity& activity_;
    const std::vector<std::string>& class_names_;
    Scale time_;
    Svg svg_;
    double top_ = 0.0;
};

}  // namespace

std::string draw_image(const SampleImage& image) {
    const std::size_t rank = image.shape.rank();
    if (rank < 2 || image.pixels.size() != image.shape.size()) return {};
    const std::size_t rows = image.shape[0];
    const std::size_t columns = image.shape[1];
    const std::size_t channels = rank > 2 ? image.shape[2] : 1;
    Svg svg(static_cast<double>(columns) * 5.0, static_cast<double>(rows) * 5.0, "The test image");
    for (std::size_t row = 0; row < rows; ++row) {
        for (std::size_t column = 0; column < columns; ++column) {
            double sum = 0.0;
            for (std::size_t channel = 0; channel < channels; ++channel) {
                sum += image.pixels[(row * columns + column) * channels + channel];
            }
            if (sum == 0.0) continue;
            svg.rectangle(5.0 * static_cast<double>(column), 5.0 * static_cast<double>(row), 5.0,
                          5.0, "pixel", sum / (255.0 * static_cast<double>(channels)));
        }
    }
    return svg.finish();
}

std::string draw_activity(const ExampleActivity& activity,
                          const std::vector<std::string>& class_names) {
    return ActivityDrawing(activity, class_names).draw();
}

}  // namespace saltus
