#include <algorithm>
#include <functional>
#include <limits>
#include <optional>

#include <fmt/format.h>

#include "cli/report/figures.hpp"
#include "cli/report/svg.hpp"

namespace saltus {
namespace {

constexpr double kWidth = 440.0;
constexpr double kHeight = 300.0;
// More points than this would hide the line.
constexpr std::size_t kMostPoints = 40;

/// One line of a figure: a value for each epoch, where there is one.
struct Curve {
    std::string name;
    std::string style;
    std::function<std::optional<double>(const EpochFigures&)> value;
};

Frame frame_for(const std::vector<EpochFigures>& epochs, const std::vector<Curve>& curves,
                std::vector<double>& y_ticks) {
    double low = std::numeric_limits<double>::infinity();
    double high = -low;
    for (const EpochFigures& epoch : epochs) {
        for (const Curve& curve : curves) {
            const auto value = curve.value(epoch);
            if (!value) continue;
            low = std::min(low, *value);
            high = std::max(high, *value);
        }
    }
    y_ticks = round_ticks(low, high, 5);
    const double first = static_cast<double>(epochs.front().epoch);
    const double last = static_cast<double>(epochs.back().epoch);
    // A single epoch stands in the middle.
    const double margin = epochs.size() == 1 ? 1.0 : 0.0;
    return {{first - margin, last + margin, 66.0, kWidth - 16.0},
            {y_ticks.front(), y_ticks.back(), kHeight - 50.0, 36.0}};
}

void draw_curve(Svg& svg, const Frame& frame, const std::vector<EpochFigures>& epochs,
                const Curve& curve) {
    std::string commands;
    for (const EpochFigures& epoch : epochs) {
        const auto value = curve.value(epoch);
        if (!value) continue;
        commands += fmt::format("{}{:.2f} {:.2f}", commands.empty() ? "M" : "L",
                                frame.x(static_cast<double>(epoch.epoch)), frame.y(*value));
    }
    svg.path(commands, "curve " + curve.style);
    if (epochs.size() > kMostPoints) return;
    for (const EpochFigures& epoch : epochs) {
        const auto value = curve.value(epoch);
        if (!value) continue;
        svg.circle(frame.x(static_cast<double>(epoch.epoch)), frame.y(*value), 3.5,
                   "point " + curve.style,
                   fmt::format("{} after epoch {}: {:.4g}", curve.name, epoch.epoch, *value));
    }
}

void draw_legend(Svg& svg, const std::vector<Curve>& curves, double left) {
    double x = left;
    for (const Curve& curve : curves) {
        svg.line(x, 14.0, x + 18.0, 14.0, "curve " + curve.style);
        svg.text(x + 24.0, 18.0, "legend", curve.name);
        x += 48.0 + 7.0 * static_cast<double>(curve.name.size());
    }
}

std::string draw(const std::vector<EpochFigures>& epochs, const std::vector<Curve>& curves,
                 const std::string& title) {
    Svg svg(kWidth, kHeight, title + " by epoch");
    std::vector<double> y_ticks;
    const Frame frame = frame_for(epochs, curves, y_ticks);
    draw_y_axis(svg, frame, y_ticks, title);
    draw_x_axis(svg, frame,
                whole_ticks(static_cast<double>(epochs.front().epoch),
                            static_cast<double>(epochs.back().epoch), 10),
                "epoch");
    draw_legend(svg, curves, frame.left());
    for (const Curve& curve : curves)
        draw_curve(svg, frame, epochs, curve);
    return svg.finish();
}

}  // namespace

std::string draw_loss_curve(const std::vector<EpochFigures>& epochs) {
    const Curve loss{"training images", "second",
                     [](const EpochFigures& epoch) { return std::optional<double>(epoch.loss); }};
    return draw(epochs, {loss}, "loss");
}

std::string draw_accuracy_curve(const std::vector<EpochFigures>& epochs) {
    const Curve train{"training images", "second", [](const EpochFigures& epoch) {
                          return std::optional<double>(100.0 * epoch.train_accuracy);
                      }};
    const Curve test{"test images", "first", [](const EpochFigures& epoch) {
                         return epoch.test_accuracy
                                    ? std::optional<double>(100.0 * *epoch.test_accuracy)
                                    : std::nullopt;
                     }};
    return draw(epochs, {test, train}, "accuracy (%)");
}

}  // namespace saltus
