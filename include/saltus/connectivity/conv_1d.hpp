#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include <saltus/connectivity/pad_mode.hpp>
#include <saltus/network/connectivity.hpp>

namespace saltus {

/// A convolution (cross-correlation) along one axis with shared weights:
///
///     output[t][f] = sum over i, k of weight[i][k][f] input[t s - p + i d][k]
///
/// with stride s, dilation d and as much padding p as the padding says. The source has shape
/// (length, channels); the target gets (output length, filters), flat when `flatten` is set.
/// Weights have shape [kernel position][channel of the group][filter]; groups are those of Conv2D.
class Conv1D : public Connectivity {
  public:
    /// @param weight constant, array of that shape or initializer: one value for each element of
    /// the kernel, shared by all its synapses.
    /// @param filters number of output channels.
    /// @param conv_size of the kernel, in source neurons (positions of it, when it is dilated).
    /// @param conv_stride in source neurons.
    /// @param conv_padding "valid", "same" or "full".
    /// @param delay in timesteps: constant, array with one for each weight, or initializer.
    /// @param dilation distance in source neurons between positions of the kernel.
    /// @throws ModelError naming the argument that is out of range.
    Conv1D(InitValue weight, std::size_t filters, std::size_t conv_size, bool flatten = false,
           std::size_t conv_stride = 1, Padding conv_padding = PadMode::kValid,
           InitValue delay = 0.0, std::size_t dilation = 1, std::size_t groups = 1);
    std::string name() const override { return "conv_1d"; }
    std::unique_ptr<Connectivity> clone() const override { return std::make_unique<Conv1D>(*this); }
    void connect(Population& source, Population& target) const override;
    ConnectivitySnippet get_snippet(
        const Connection& connection,
        const SupportedMatrixType& supported_matrix_type) const override;

    // The arguments, with those that were left out.
    std::size_t filters() const { return filters_; }
    std::size_t conv_size() const { return conv_size_; }
    bool flatten() const { return flatten_; }
    std::size_t conv_stride() const { return conv_stride_; }
    PadMode conv_padding() const { return conv_padding_; }
    std::size_t dilation() const { return dilation_; }
    std::size_t groups() const { return groups_; }

  private:
    std::size_t filters_;
    std::size_t conv_size_;
    bool flatten_;
    std::size_t conv_stride_;
    PadMode conv_padding_;
    std::size_t dilation_;
    std::size_t groups_;
};

}  // namespace saltus
