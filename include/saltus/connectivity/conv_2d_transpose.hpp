#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include <saltus/connectivity/pad_mode.hpp>
#include <saltus/connectivity/param_2d.hpp>
#include <saltus/network/connectivity.hpp>

namespace saltus {

/// A transposed two-dimensional convolution with shared weights, which enlarges its input:
///
///     output[r s - p + i d][c s - p + j d][f] += weight[i][j][f][k] input[r][c][k]
///
/// with strides s and dilation d. It is the transpose of the convolution of the same window from
/// its target to its source, and crops the p that this one pads. The source has shape (rows,
/// columns, channels). Along each axis with a kernel that spans e = (size - 1) d + 1, n source
/// neurons give n s + max(e - s, 0) target neurons when the padding is valid, n s when it is same.
/// The target gets (output rows, output columns, filters), flat when `flatten` is set. Weights have
/// shape [kernel row][kernel column][filter][channel].
class Conv2DTranspose : public Connectivity {
  public:
    /// @param weight constant, array of that shape or initializer: one value for each element of
    /// the kernel, shared by all its synapses.
    /// @param filters number of output channels.
    /// @param conv_size of the kernel, in target neurons (positions of it, when it is dilated).
    /// @param conv_strides in target neurons; 1 when left out.
    /// @param conv_padding "valid" or "same".
    /// @param delay in timesteps: constant, array with one for each weight, or initializer.
    /// @param dilation distance in target neurons between positions of the kernel.
    /// @throws ModelError naming the argument that is out of range.
    Conv2DTranspose(InitValue weight, std::size_t filters, Param2D conv_size, bool flatten = false,
                    std::optional<Param2D> conv_strides = {},
                    Padding conv_padding = PadMode::kValid, InitValue delay = 0.0,
                    Param2D dilation = 1);
    std::string name() const override { return "conv_2d_transpose"; }
    std::unique_ptr<Connectivity> clone() const override {
        return std::make_unique<Conv2DTranspose>(*this);
    }
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

  private:
    std::size_t filters_;
    Param2D conv_size_;
    bool flatten_;
    Param2D conv_strides_;
    PadMode conv_padding_;
    Param2D dilation_;
};

}  // namespace saltus
