#include <gtest/gtest.h>
#include <saltus/common/errors.hpp>
#include <saltus/metrics/metric.hpp>

namespace saltus {
namespace {

/// A figure over examples with these readouts and labels.
double figure(const std::string& name, const std::vector<std::vector<double>>& readouts,
              const std::vector<std::int32_t>& labels) {
    const std::shared_ptr<Metric> metric = metric_by_name(name);
    EXPECT_FALSE(metric->result().has_value());
    for (std::size_t example = 0; example < readouts.size(); ++example)
        metric->update(readouts[example], labels[example], {});
    const double result = metric->result().value_or(-1.0);
    metric->reset();
    EXPECT_FALSE(metric->result().has_value());
    return result;
}

const std::vector<std::vector<double>> kReadouts{
    {0.1, 0.7, 0.2}, {3.0, 1.0, 2.0}, {0.0, 0.0, 0.0}, {-1.0, -3.0, -2.0}};
const std::vector<std::int32_t> kLabels{1, 2, 2, 1};

TEST(Metrics, CountWhatTheirNamesSay) {
    EXPECT_EQ(figure("accuracy", kReadouts, kLabels), 0.25);
    EXPECT_EQ(figure("sparse_categorical_accuracy", kReadouts, kLabels), 0.25);
    // Equal readouts share their place.
    EXPECT_EQ(figure("top_1_accuracy", kReadouts, kLabels), 0.5);
    EXPECT_EQ(figure("top_2_accuracy", kReadouts, kLabels), 0.75);
    EXPECT_EQ(figure("top_3_accuracy", kReadouts, kLabels), 1.0);
    EXPECT_DOUBLE_EQ(figure("mean_square_error", {{1.0, 0.5}, {0.0, 0.0}}, {0, 1}),
                     (0.25 + 1.0) / 4.0);
    EXPECT_EQ(metric_by_name("top_12_accuracy")->name(), "top_12_accuracy");
}

TEST(Metrics, OtherNamesAreRefused) {
    for (const char* name : {"top__accuracy", "top_0_accuracy", "top_-1_accuracy", "top_x_accuracy",
                             "top_5", "top_accuracy", "top_99999999999999999999_accuracy", ""}) {
        EXPECT_THROW(metric_by_name(name), ModelError) << name;
    }
    EXPECT_THROW(TopKAccuracy(0), ModelError);
}

TEST(ConfusionMatrix, CountsEachLabelByWhatItWasTakenFor) {
    Array readouts(Shape{4, 3});
    readouts.values.clear();
    for (const auto& row : kReadouts)
        readouts.values.insert(readouts.values.end(), row.begin(), row.end());
    const Array counts = confusion_matrix(readouts, kLabels);
    EXPECT_EQ(counts.shape, (Shape{3, 3}));
    EXPECT_EQ(counts.values, (std::vector<double>{0, 0, 0, 1, 1, 0, 2, 0, 0}));
    EXPECT_THROW(confusion_matrix(readouts, std::vector<std::int32_t>{1, 2}), ModelError);
    EXPECT_THROW(confusion_matrix(readouts, std::vector<std::int32_t>{1, 2, 3, 0}), ModelError);
    EXPECT_THROW(confusion_matrix(readouts, std::vector<std::int32_t>{1, 2, -1, 0}), ModelError);
    EXPECT_THROW(confusion_matrix(Array(Shape{4}), kLabels), ModelError);
}

}  // namespace
}  // namespace saltus
