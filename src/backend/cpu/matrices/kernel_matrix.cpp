#include <algorithm>
#include <span>

#include "backend/cpu/matrices/synapse_matrix.hpp"
#include "connectivity/convolution_rows.hpp"
#include "kernels/cpu/convolution.hpp"

namespace saltus {
namespace {

/// Taps of each position in the order of their outputs. Neighbours whose kernel positions lie side
/// by side in memory, where columns stand in reverse, are one run.
void append_runs(const AxisTaps& taps, bool merges, std::size_t kernel_size, bool reversed,
                 std::vector<std::uint32_t>& begin, std::vector<kernels::AxisRun>& runs) {
    begin.assign(1, 0);
    for (std::size_t position = 0; position < taps.num_inputs(); ++position) {
        std::vector<Tap> sorted(taps.taps.begin() + taps.begin[position],
                                taps.taps.begin() + taps.begin[position + 1]);
        std::stable_sort(sorted.begin(), sorted.end(),
                         [](const Tap& a, const Tap& b) { return a.out < b.out; });
        const std::size_t first = runs.size();
        for (const Tap& tap : sorted) {
            const auto kernel =
                static_cast<std::uint32_t>(reversed ? kernel_size - 1 - tap.kernel : tap.kernel);
            if (merges && runs.size() > first) {
                kernels::AxisRun& last = runs.back();
                if (tap.out == last.out + last.length && kernel == last.kernel + last.length) {
                    ++last.length;
                    continue;
                }
            }
            runs.push_back({kernel, tap.out, 1});
        }
        begin.push_back(static_cast<std::uint32_t>(runs.size()));
    }
}

/// Only the kernel of a convolution; synapses follow from its shape.
class KernelMatrix : public SynapseMatrix {
  public:
    explicit KernelMatrix(const Convolution& convolution) : convolution_(convolution) {
        const Convolution& c = convolution_;
        shape_.in_columns = c.columns.num_inputs();
        shape_.in_channels = c.in_channels;
        shape_.channels_in_group = c.channels_in_group();
        shape_.out_columns = c.out_columns;
        shape_.out_channels = c.out_channels;
        shape_.kernel_columns = c.kernel_columns;
        shape_.group_outputs = c.out_channels / c.groups;
        append_runs(c.rows, false, c.kernel_rows, false, shape_.row_begin, shape_.rows);
        append_runs(c.columns, c.groups == 1, c.kernel_columns, true, shape_.column_begin,
                    shape_.columns);
        pixels_ = kernels::find_pixels(shape_);
    }

    std::size_t num_floats() const override { return padded_size(convolution_.num_elements()); }

    std::size_t place(std::size_t weight) const override {
        const Convolution& c = convolution_;
        const std::size_t inner = c.output_channel_first ? c.in_channels : c.out_channels;
        const std::size_t outer = c.output_channel_first ? c.out_channels : c.channels_in_group();
        const std::size_t low = weight % inner;
        const std::size_t high = weight / inner % outer;
        const std::size_t position = weight / inner / outer;
        const std::size_t out = c.output_channel_first ? high : low;
        const std::size_t outputs = shape_.group_outputs;
        const std::size_t in =
            c.output_channel_first ? low : high + out / outputs * c.channels_in_group();
        const std::size_t column = c.kernel_columns - 1 - position % c.kernel_columns;
        const std::size_t row = position / c.kernel_columns;
        return ((row * c.in_channels + in) * c.kernel_columns + column) * outputs + out % outputs;
    }

    bool shares_weights() const override { return true; }

    void propagate(const Floats& weights, const SpikeRows& spikes, bool accumulate,
                   const StepRows<float>& input) const override {
        if (!accumulate)
            std::fill(input.values, input.values + spikes.num_steps * input.stride, 0.0F);
        kernels::convolve_spikes(shape_, weights.data(), spikes.begin, spikes.index,
                                 spikes.num_steps, input.values, input.stride);
    }

    float product(const Floats& weights, std::uint32_t row, const float* values) const override {
        return kernels::convolution_product(shape_, weights.data(), row, values);
    }

    void feedback(const Floats& weights, const SpikeRows& spikes,
                  const StepRows<const float>& shift, const StepRows<float>& kappa) const override {
        for (std::size_t step = 0; step < spikes.num_steps; ++step) {
            const std::span now(spikes.index + spikes.begin[step],
                                spikes.index + spikes.begin[step + 1]);
            if (now.size() == pixels_.kinds.size() * shape_.in_channels) {
                add_all_products(weights, shift.row(step), kappa.row(step));
            } else {
                add_products(weights, now, shift.row(step), kappa.row(step));
            }
        }
    }

    void add_gradient(std::uint32_t row, const float* values, float* gradient) const override {
        kernels::add_convolution_gradients(shape_, pixels_, &row, 1, values, gradient);
    }

    void add_gradients(std::span<const std::uint32_t> rows, const float* values,
                       float* gradient) const override {
        kernels::add_convolution_gradients(shape_, pixels_, rows.data(), rows.size(), values,
                                           gradient);
    }

  private:
    void add_products(const Floats& weights, std::span<const std::uint32_t> spikes,
                      const float* values, float* kappa) const {
        std::vector<float>& products = scratch();
        products.resize(std::max(products.size(), spikes.size()));
        kernels::convolution_products(shape_, weights.data(), spikes.data(), spikes.size(), values,
                                      products.data());
        for (std::size_t k = 0; k < spikes.size(); ++k)
            kappa[spikes[k]] += products[k];
    }

    /// Of all inputs: those of pixels that have the same are computed once.
    void add_all_products(const Floats& weights, const float* values, float* kappa) const {
        const std::size_t channels = shape_.in_channels;
        std::vector<float>& products = scratch();
        products.resize(std::max(products.size(), pixels_.num_kinds * channels));
        kernels::all_convolution_products(shape_, pixels_, weights.data(), values, products.data());
        for (const std::size_t kind : pixels_.kinds) {
            const float* const own = products.data() + kind * channels;
            for (std::size_t channel = 0; channel < channels; ++channel)
                kappa[channel] += own[channel];
            kappa += channels;
        }
    }

    /// Of the thread: products are needed in every step.
    static std::vector<float>& scratch() {
        thread_local std::vector<float> products;
        return products;
    }

    Convolution convolution_;
    kernels::ConvolutionShape shape_;
    kernels::ConvolutionPixels pixels_;
};

}  // namespace

std::unique_ptr<SynapseMatrix> make_kernel_matrix(const ConnectionPlan& plan) {
    const auto& rows = dynamic_cast<const ConvolutionRows&>(*plan.rows);
    return std::make_unique<KernelMatrix>(rows.convolution());
}

}  // namespace saltus
