#pragma once

#include <cstddef>
#include <string>

namespace saltus {

/// Where training stands.
struct ShownProgress {
    std::size_t epoch = 1;  ///< from 1
    std::size_t num_epochs = 1;
    double fraction = 0.0;  ///< of this epoch, 0 to 1
    double loss = 0.0;
    double accuracy = 0.0;
    double images_per_second = 0.0;
    double seconds_left = 0.0;
};

/// A line with a bar that is at most `columns` - 1 wide; what does not fit is left out, the least
/// important first.
std::string progress_line(const ShownProgress& state, unsigned columns);

/// "0.41 s", "12 s", "3 min 20 s", "2 h 5 min"
std::string duration_text(double seconds);

/// "950", "12.3 k", "1.2 M"
std::string rate_text(double per_second);

/// "60,000"
std::string grouped(std::size_t number);

}  // namespace saltus
