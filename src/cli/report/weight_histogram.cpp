#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "cli/report/figures.hpp"
#include "cli/report/svg.hpp"

namespace saltus {
namespace {

constexpr double kWidth = 440.0;
constexpr double kHeight = 280.0;
constexpr std::size_t kBins = 60;

/// The interval that the bins divide.
struct Range {
    double low;
    double high;
};

Range range_of(const WeightHistory& weights) {
    double low = std::numeric_limits<double>::infinity();
    double high = -low;
    for (const std::vector<double>* values : {&weights.before, &weights.after}) {
        for (const double value : *values) {
            low = std::min(low, value);
            high = std::max(high, value);
        }
    }
    if (high > low) return {low, high};
    // All weights are the same; give them a bin in the middle.
    const double margin = low == 0.0 ? 1.0 : 0.5 * std::abs(low);
    return {low - margin, low + margin};
}

std::vector<double> count(const std::vector<double>& values, const Range& range) {
    std::vector<double> counts(kBins, 0.0);
    for (const double value : values) {
        const double position = (value - range.low) / (range.high - range.low) * kBins;
        counts[std::min<std::size_t>(kBins - 1, static_cast<std::size_t>(position))] += 1.0;
    }
    return counts;
}

/// The outline of each group of neighbouring bars, from the base line and back to it.
std::string outline(const Frame& frame, const Range& range, const std::vector<double>& counts) {
    const double width = (range.high - range.low) / kBins;
    std::string commands;
    bool open = false;
    for (std::size_t bin = 0; bin < kBins; ++bin) {
        const double left = frame.x(range.low + width * static_cast<double>(bin));
        const bool empty = counts[bin] == 0.0;
        if (empty && open) commands += fmt::format("V{:.2f}", frame.bottom());
        if (!empty && !open) commands += fmt::format("M{:.2f} {:.2f}", left, frame.bottom());
        open = !empty;
        if (empty) continue;
        commands += fmt::format("V{:.2f}H{:.2f}", frame.y(std::log10(counts[bin])),
                                frame.x(range.low + width * static_cast<double>(bin + 1)));
    }
    if (open) commands += fmt::format("V{:.2f}", frame.bottom());
    return commands;
}

/// Numbers of weights on an axis of powers of ten, on which narrow peaks and long tails are both
/// seen; its values are logarithms.
void draw_count_axis(Svg& svg, const Frame& frame) {
    for (double power = 0.0; power <= frame.y.high; power += 1.0) {
        const double y = frame.y(power);
        svg.line(frame.left(), y, frame.right(), y, "grid");
        svg.text(frame.left() - 8.0, y + 4.0, "tick end", tick_text(std::pow(10.0, power)));
    }
    svg.upward_text(frame.left() - 50.0, 0.5 * (frame.top() + frame.bottom()), "axis middle",
                    "weights in a bar");
}

void draw_legend(Svg& svg, double left, bool trained) {
    svg.rectangle(left, 8.0, 18.0, 11.0, "bars");
    svg.text(left + 24.0, 18.0, "legend", trained ? "after training" : "weights");
    if (!trained) return;
    svg.line(left + 140.0, 14.0, left + 158.0, 14.0, "outline");
    svg.text(left + 164.0, 18.0, "legend", "before");
}

}  // namespace

std::string draw_weight_histogram(const WeightHistory& weights) {
    Svg svg(kWidth, kHeight, "Histogram of the weights of " + weights.connection);
    const Range range = range_of(weights);
    const std::vector<double> after = count(weights.after, range);
    const std::vector<double> before = count(weights.before, range);
    const double highest = std::max(*std::max_element(after.begin(), after.end()),
                                    *std::max_element(before.begin(), before.end()));
    const std::vector<double> x_ticks = round_ticks(range.low, range.high, 6);
    // A bar of one weight still has some height.
    const Frame frame{{x_ticks.front(), x_ticks.back(), 66.0, kWidth - 16.0},
                      {-0.3, std::max(1.0, std::ceil(std::log10(highest))), kHeight - 50.0, 36.0}};
    draw_count_axis(svg, frame);
    svg.path(outline(frame, range, after), "bars");
    if (!weights.before.empty()) svg.path(outline(frame, range, before), "outline");
    draw_x_axis(svg, frame, x_ticks, "weight");
    draw_legend(svg, frame.left(), !weights.before.empty());
    return svg.finish();
}

}  // namespace saltus
