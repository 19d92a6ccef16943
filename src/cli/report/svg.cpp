#include "cli/report/svg.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace saltus {
namespace {

/// Length of the UTF-8 character that begins at `position`; 0 when none does.
std::size_t character_length(std::string_view text, std::size_t position) {
    const auto byte = [&](std::size_t index) {
        return index < text.size() ? static_cast<unsigned char>(text[index]) : 0u;
    };
    const unsigned first = byte(position);
    if (first < 0x80) return 1;
    const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4) return 0;
    for (std::size_t offset = 1; offset < length; ++offset) {
        if ((byte(position + offset) & 0xc0) != 0x80) return 0;
    }
    const unsigned second = byte(position + 1);
    const bool overlong = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
    const bool surrogate = first == 0xed && second > 0x9f;
    const bool too_large = first == 0xf4 && second > 0x8f;
    return overlong || surrogate || too_large ? 0 : length;
}

std::string escaped_character(char character) {
    switch (character) {
        case '&':
            return "&amp;";
        case '<':
            return "&lt;";
        case '>':
            return "&gt;";
        case '"':
            return "&quot;";
        case '\'':
            return "&#39;";
        case '\n':
        case '\t':
            return {character};
        default:
            break;
    }
    const bool control = static_cast<unsigned char>(character) < 0x20 || character == 0x7f;
    return control ? std::string() : std::string{character};
}

/// The smallest of 1, 2, 5 times a power of ten that is not below `raw`.
double round_step(double raw) {
    const double magnitude = std::pow(10.0, std::floor(std::log10(raw)));
    for (const double factor : {1.0, 2.0, 5.0}) {
        // A rounding error must not cost a whole step.
        if (factor * magnitude >= raw * (1.0 - 1e-9)) return factor * magnitude;
    }
    return 10.0 * magnitude;
}

std::string title_element(std::string_view tooltip) {
    return tooltip.empty() ? std::string() : fmt::format("<title>{}</title>", escaped(tooltip));
}

}  // namespace

std::string escaped(std::string_view text) {
    std::string result;
    result.reserve(text.size());
    for (std::size_t position = 0; position < text.size();) {
        const std::size_t length = character_length(text, position);
        if (length == 0) result += "\xef\xbf\xbd";
        if (length == 1) result += escaped_character(text[position]);
        if (length > 1) result += text.substr(position, length);
        position += std::max<std::size_t>(1, length);
    }
    return result;
}

std::vector<double> round_ticks(double low, double high, int wanted) {
    if (!std::isfinite(low) || !std::isfinite(high)) return {0.0, 1.0};
    if (!(high > low)) {
        const double margin = low == 0.0 ? 1.0 : 0.5 * std::abs(low);
        return round_ticks(low - margin, low + margin, wanted);
    }
    const double step = round_step((high - low) / wanted);
    const double first = std::floor(low / step + 1e-9);
    const double last = std::ceil(high / step - 1e-9);
    std::vector<double> ticks;
    for (double index = first; index <= last; ++index)
        ticks.push_back(index * step);
    return ticks;
}

std::vector<double> whole_ticks(double low, double high, int wanted) {
    const double step = std::max(1.0, round_step(std::max(1.0, high - low) / wanted));
    std::vector<double> ticks;
    for (double value = std::ceil(low / step) * step; value <= high; value += step) {
        ticks.push_back(value);
    }
    return ticks;
}

std::string tick_text(double value) {
    // Multiples of a step like 0.1 carry rounding errors.
    if (std::abs(value) < 1e-12) return "0";
    if (std::abs(value) >= 1e4 && std::abs(value) < 1e9) {
        return fmt::format("{:g} k", value / 1e3);
    }
    return fmt::format("{}{:.6g}", value < 0.0 ? "\xe2\x88\x92" : "", std::abs(value));
}

Svg::Svg(double width, double height, std::string_view description)
    : content_(fmt::format("<svg viewBox=\"0 0 {0:g} {1:g}\" style=\"max-width:{0:g}px\" "
                           "role=\"img\" aria-label=\"{2}\">\n",
                           width, height, escaped(description))) {}

void Svg::line(double x1, double y1, double x2, double y2, std::string_view style) {
    content_ += fmt::format(
        "<line x1=\"{:.2f}\" y1=\"{:.2f}\" x2=\"{:.2f}\" y2=\"{:.2f}\" class=\"{}\"/>\n", x1, y1,
        x2, y2, style);
}

void Svg::rectangle(double x, double y, double width, double height, std::string_view style,
                    double opacity, std::string_view tooltip) {
    content_ += fmt::format(
        "<rect x=\"{:.2f}\" y=\"{:.2f}\" width=\"{:.2f}\" height=\"{:.2f}\" class=\"{}\" "
        "fill-opacity=\"{:.3f}\">{}</rect>\n",
        x, y, width, height, style, opacity, title_element(tooltip));
}

void Svg::circle(double x, double y, double radius, std::string_view style,
                 std::string_view tooltip) {
    content_ +=
        fmt::format("<circle cx=\"{:.2f}\" cy=\"{:.2f}\" r=\"{:g}\" class=\"{}\">{}</circle>\n", x,
                    y, radius, style, title_element(tooltip));
}

void Svg::path(std::string_view commands, std::string_view style, std::string_view tooltip) {
    content_ += fmt::format("<path d=\"{}\" class=\"{}\">{}</path>\n", commands, style,
                            title_element(tooltip));
}

void Svg::text(double x, double y, std::string_view style, std::string_view text) {
    content_ += fmt::format("<text x=\"{:.2f}\" y=\"{:.2f}\" class=\"{}\">{}</text>\n", x, y, style,
                            escaped(text));
}

void Svg::upward_text(double x, double y, std::string_view style, std::string_view text) {
    content_ += fmt::format(
        "<text transform=\"translate({:.2f} {:.2f}) rotate(-90)\" class=\"{}\">{}</text>\n", x, y,
        style, escaped(text));
}

void draw_y_axis(Svg& svg, const Frame& frame, const std::vector<double>& ticks,
                 std::string_view title) {
    for (const double tick : ticks) {
        const double y = frame.y(tick);
        svg.line(frame.left(), y, frame.right(), y, "grid");
        svg.text(frame.left() - 8.0, y + 4.0, "tick end", tick_text(tick));
    }
    svg.upward_text(frame.left() - 50.0, 0.5 * (frame.top() + frame.bottom()), "axis middle",
                    title);
}

void draw_x_axis(Svg& svg, const Frame& frame, const std::vector<double>& ticks,
                 std::string_view title) {
    const double y = frame.bottom();
    svg.line(frame.left(), y, frame.right(), y, "base");
    for (const double tick : ticks) {
        svg.line(frame.x(tick), y, frame.x(tick), y + 4.0, "base");
        svg.text(frame.x(tick), y + 18.0, "tick middle", tick_text(tick));
    }
    svg.text(0.5 * (frame.left() + frame.right()), y + 38.0, "axis middle", title);
}

}  // namespace saltus
