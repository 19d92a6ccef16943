#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "cli/progress_line.hpp"
#include "cli/report/figures.hpp"
#include "cli/report/svg.hpp"

namespace saltus {
namespace {

constexpr double kSide = 520.0;
constexpr double kTop = 56.0;
// Smaller cells have no room for numbers.
constexpr std::size_t kMostNumberedClasses = 20;

/// Draws one matrix.
class MatrixDrawing {
  public:
    MatrixDrawing(const TestResult& test, const std::vector<std::string>& names)
        : test_(test),
          names_(names),
          cell_(kSide / static_cast<double>(test.num_classes())),
          left_(44.0 + 7.5 * static_cast<double>(longest_name())),
          svg_(left_ + kSide + 110.0, kTop + kSide + 10.0, "Confusion matrix of the test images") {}

    std::string draw() {
        svg_.text(left_ + 0.5 * kSide, 14.0, "axis middle", "answer of the network");
        svg_.upward_text(14.0, kTop + 0.5 * kSide, "axis middle", "class of the image");
        svg_.text(left_ + kSide + 14.0, kTop - 12.0, "axis", "recognised");
        for (std::size_t label = 0; label < test_.num_classes(); ++label)
            draw_row(label);
        return svg_.finish();
    }

  private:
    std::size_t longest_name() const {
        std::size_t longest = 1;
        for (const std::string& name : names_)
            longest = std::max(longest, name.size());
        return std::min<std::size_t>(longest, 24);
    }

    /// Whether there is room for the name of every class, or this one's turn of those that have.
    bool is_named(std::size_t index) const {
        const auto stride = static_cast<std::size_t>(std::ceil(14.0 / cell_));
        return index % stride == 0;
    }

    double position(std::size_t index) const { return cell_ * static_cast<double>(index); }

    void draw_row(std::size_t label) {
        const double middle = kTop + position(label) + 0.5 * cell_ + 4.0;
        for (std::size_t answer = 0; answer < test_.num_classes(); ++answer)
            draw_cell(label, answer);
        if (!is_named(label)) return;
        svg_.text(left_ - 10.0, middle, "tick end", names_[label]);
        svg_.text(left_ + position(label) + 0.5 * cell_, kTop - 12.0, "tick middle", names_[label]);
        if (test_.images(label) == 0) return;
        svg_.text(left_ + kSide + 14.0, middle, "value",
                  fmt::format("{:.1f} %", 100.0 * test_.accuracy(label)));
    }

    void draw_cell(std::size_t label, std::size_t answer) {
        const double x = left_ + position(answer);
        const double y = kTop + position(label);
        const double images = static_cast<double>(std::max<std::uint64_t>(1, test_.images(label)));
        const double fraction = static_cast<double>(test_.count(label, answer)) / images;
        // The root makes the few mistakes visible beside the many right answers.
        const double shade = 0.9 * std::sqrt(fraction);
        svg_.rectangle(x, y, cell_ - 1.5, cell_ - 1.5, "cell", 1.0);
        svg_.rectangle(
            x, y, cell_ - 1.5, cell_ - 1.5, label == answer ? "cell right" : "cell wrong", shade,
            fmt::format("class {} taken for {}: {} images, {:.1f} %", names_[label], names_[answer],
                        grouped(test_.count(label, answer)), 100.0 * fraction));
        if (test_.num_classes() > kMostNumberedClasses || test_.count(label, answer) == 0) return;
        svg_.text(x + 0.5 * cell_ - 0.75, y + 0.5 * cell_ + 4.0,
                  shade > 0.6 ? "count strong" : "count",
                  std::to_string(test_.count(label, answer)));
    }

    const TestResult& test_;
    const std::vector<std::string>& names_;
    double cell_;
    double left_;
    Svg svg_;
};

}  // namespace

std::string draw_confusion_matrix(const TestResult& test,
                                  const std::vector<std::string>& class_names) {
    return MatrixDrawing(test, class_names).draw();
}

}  // namespace saltus
