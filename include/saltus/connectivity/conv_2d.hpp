#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include <saltus/connectivity/pad_mode.hpp>
#include <saltus/connectivity/param_2d.hpp>
#include <saltus/network/connectivity.hpp>

namespace saltus {

/// A two-dimensional convolution (cross-correlation, as in TensorFlow) with shared weights:
///
///     output[r][c][f] = sum over i, j, k of
///                       weight[i][j][k][f] input[r s - p + i d][c s - p + j d][k]
///
/// with strides s, dilation d and as much padding p as the padding says. The source has shape
/// (rows, columns, channels); the target gets (output rows, output columns, filters), flat when
/// `flatten` is set. Weights have shape [kernel row][kernel column][channel of the group][filter].
/// With more than one group, each part of the channels reaches only its part of the filters; with
/// as many as there are channels, the convolution is depthwise.
class Conv2D : public Connectivity {
  public:
    /// @param weight constant, array of that shape or initializer: one value for each element of
    /// the kernel, shared by all its synapses.
    /// @param filters number of output channels.
    /// @param conv_size of the kernel, in source neurons (positions of it, when it is dilated).
    /// @param conv_strides 1 when left out.
    /// @param conv_padding "valid", "same" or "full".
    /// @param delay in timesteps: constant, array with one for each weight, or initializer.
    /// @param dilation distance in source neurons between positions of the kernel.
    /// @throws ModelError naming the argument that is out of range.
    Conv2D(InitValue weight, std::size_t filters, Param2D conv_size, bool flatten = false,
           std::optional<Param2D> conv_strides = {}, Padding conv_padding = PadMode::kValid,
           InitValue delay = 0.0, Param2D dilation = 1, std::size_t groups = 1);
    std::string name() const override { return "conv_2d"; }
    std::unique_ptr<Connectivity> clone() const override { return std::make_unique<Conv2D>(*this); }
    void connect(Population& source, Population& target) const override;
    ConnectivitySnippet get_snippet(
        const Connection& connection,
        const SupportedMatrixType& supported_matrix_type) const override;

    // The arguments, with those that were left out.
    std::size_t filters() const { return filters_; }
    Param2D conv_size() const { return conv_size_; }
    bool flatten() const { return flatten_; }
    Param2D conv_strides() const { return conv_strides_; }
    PadMode conv_padding() const { return conv_padding_; }
    Param2D dilation() const { return dilation_; }
    std::size_t groups() const { return groups_; }

  private:
    std::size_t filters_;
    Param2D conv_size_;
    bool flatten_;
    Param2D conv_strides_;
    PadMode conv_padding_;
    Param2D dilation_;
    std::size_t groups_;
};

}  // namespace saltus
