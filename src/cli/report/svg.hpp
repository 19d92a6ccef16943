#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace saltus {

/// Text as it may stand in HTML and in quoted attributes: markup becomes entities, control
/// characters vanish, and bytes that are no UTF-8 become U+FFFD.
std::string escaped(std::string_view text);

/// A linear map of values to positions.
struct Scale {
    double low = 0.0;
    double high = 1.0;
    double from = 0.0;  ///< position of `low`
    double to = 1.0;    ///< position of `high`

    double operator()(double value) const {
        return from + (value - low) / (high - low) * (to - from);
    }
};

/// Round values for an axis that holds `low` to `high`, about `wanted` of them. The first is not
/// above `low`, the last not below `high`.
std::vector<double> round_ticks(double low, double high, int wanted);
/// Round whole numbers between `low` and `high`, both included, at most `wanted` of them.
std::vector<double> whole_ticks(double low, double high, int wanted);
/// A tick's number, as short as it can be.
std::string tick_text(double value);

/// Collects the elements of one drawing. Positions are pixels from the top left; looks come from
/// the page's style sheet by class name.
class Svg {
  public:
    /// @param description what the drawing shows, for those who cannot see it.
    Svg(double width, double height, std::string_view description);

    void line(double x1, double y1, double x2, double y2, std::string_view style);
    void rectangle(double x, double y, double width, double height, std::string_view style,
                   double opacity = 1.0, std::string_view tooltip = {});
    void circle(double x, double y, double radius, std::string_view style,
                std::string_view tooltip = {});
    /// @param commands as in the attribute d of <path>.
    void path(std::string_view commands, std::string_view style, std::string_view tooltip = {});
    void text(double x, double y, std::string_view style, std::string_view text);
    /// Text that reads upwards.
    void upward_text(double x, double y, std::string_view style, std::string_view text);

    /// The whole element.
    std::string finish() const { return content_ + "</svg>\n"; }

  private:
    std::string content_;
};

/// A rectangle with axes to draw data in.
struct Frame {
    Scale x;
    Scale y;

    double left() const { return x.from; }
    double right() const { return x.to; }
    double top() const { return y.to; }
    double bottom() const { return y.from; }
};

/// Horizontal grid lines with their values, and the axis's title above them.
void draw_y_axis(Svg& svg, const Frame& frame, const std::vector<double>& ticks,
                 std::string_view title);
/// The line at the bottom with ticks and values, and the axis's title below them.
void draw_x_axis(Svg& svg, const Frame& frame, const std::vector<double>& ticks,
                 std::string_view title);

}  // namespace saltus
