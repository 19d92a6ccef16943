#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <saltus/runtime/compiled_network.hpp>

#include "cli/encoded_images.hpp"

namespace saltus {

/// How a network did on labelled images.
class TestResult {
  public:
    explicit TestResult(std::size_t num_classes)
        : num_classes_(num_classes), counts_(num_classes * num_classes, 0) {}

    void add(std::size_t label, std::size_t answer) { ++counts_[label * num_classes_ + answer]; }

    std::size_t num_classes() const { return num_classes_; }
    /// Images of a class that were given an answer.
    std::uint64_t count(std::size_t label, std::size_t answer) const {
        return counts_[label * num_classes_ + answer];
    }
    /// Images of a class.
    std::uint64_t images(std::size_t label) const;
    /// All images.
    std::uint64_t images() const;
    /// Fraction of a class's images that were recognised; NaN when there are none.
    double accuracy(std::size_t label) const;
    /// Fraction of all images that were recognised.
    double accuracy() const;

    /// Figures besides the accuracy that the network file asks for.
    Metrics metrics;

  private:
    std::size_t num_classes_;
    std::vector<std::uint64_t> counts_;
};

/// Shows every image to the network.
/// @param metrics names of figures, for example "mean_square_error".
TestResult test_network(CompiledNetwork& network, const EncodedImages& images,
                        const std::vector<std::string>& metrics,
                        const std::vector<std::shared_ptr<Callback>>& callbacks = {});

}  // namespace saltus
