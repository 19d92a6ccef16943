#pragma once

#include <string>
#include <vector>

#include "cli/report/report.hpp"

namespace saltus {

/// Loss of the training set by epoch.
std::string draw_loss_curve(const std::vector<EpochFigures>& epochs);
/// Accuracies of both sets by epoch.
std::string draw_accuracy_curve(const std::vector<EpochFigures>& epochs);

/// Which class was taken for which; shaded by the fraction of the row's images.
std::string draw_confusion_matrix(const TestResult& test,
                                  const std::vector<std::string>& class_names);

/// The image itself, in grey; empty when its shape is not that of one image.
std::string draw_image(const SampleImage& image);
/// Spikes of every population and the voltages of the output, over the same time axis.
std::string draw_activity(const ExampleActivity& activity,
                          const std::vector<std::string>& class_names);

/// How the weights of a connection are distributed, before and after training.
std::string draw_weight_histogram(const WeightHistory& weights);

/// The page's style sheet.
extern const char* const kStyleSheet;

}  // namespace saltus
