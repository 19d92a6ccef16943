// Included once for each instruction set.
#if defined(SALTUS_CONVOLUTION_RUNS) == defined(HWY_TARGET_TOGGLE)
#ifdef SALTUS_CONVOLUTION_RUNS
#undef SALTUS_CONVOLUTION_RUNS
#else
#define SALTUS_CONVOLUTION_RUNS
#endif

#include <hwy/highway.h>

#include "kernels/cpu/convolution.hpp"

HWY_BEFORE_NAMESPACE();
namespace saltus::kernels::HWY_NAMESPACE {

/// Calls visit(kernel offset, output offset, count) for each stretch that a spike reaches.
template <class Visit>
HWY_INLINE void for_each_run(const ConvolutionShape& shape, std::uint32_t spike,
                             const Visit& visit) {
    // In 32 bits, in which divisions take less time.
    const auto in_channels = static_cast<std::uint32_t>(shape.in_channels);
    const auto in_columns = static_cast<std::uint32_t>(shape.in_columns);
    const std::size_t channel = spike % in_channels;
    const std::uint32_t pixel = spike / in_channels;
    const std::uint32_t column = pixel % in_columns;
    const std::uint32_t row = pixel / in_columns;
    const std::size_t outputs = shape.group_outputs;
    const std::size_t first_output = channel / shape.channels_in_group * outputs;
    const AxisRun* const columns = shape.columns.data();
    const std::uint32_t columns_end = shape.column_begin[column + 1];
    for (std::uint32_t i = shape.row_begin[row]; i < shape.row_begin[row + 1]; ++i) {
        const AxisRun& vertical = shape.rows[i];
        const std::size_t weights =
            (vertical.kernel * shape.in_channels + channel) * shape.kernel_columns;
        const std::size_t pixels = vertical.out * shape.out_columns;
        for (std::uint32_t j = shape.column_begin[column]; j < columns_end; ++j) {
            visit((weights + columns[j].kernel) * outputs,
                  (pixels + columns[j].out) * shape.out_channels + first_output,
                  columns[j].length * outputs);
        }
    }
}

}  // namespace saltus::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
