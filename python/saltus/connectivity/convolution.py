"""Convolutions with shared weights."""

from __future__ import annotations

from typing import Any, Optional

from .. import _saltus
from .._values import Param2D, engine_value, param_2d, require_count, require_text
from .connectivity import Connectivity, InitValue


class Conv1D(Connectivity):
    """A convolution (cross-correlation) along one axis with shared weights.

    The source has shape (length, channels); the target gets (output length, filters).

    Args:
        weight: Number, array of shape (conv_size, channels / groups, filters), initializer or its
            name: one value for each element of the kernel, shared by all its synapses.
        filters: Number of output channels.
        conv_size: Positions of the kernel.
        flatten: Whether the target's shape is flat.
        conv_stride: Distance between windows, in source neurons.
        conv_padding: "valid" (none), "same" (as many outputs as inputs at stride 1) or "full".
        delay: In timesteps: number, array of the weights' shape, initializer or its name.
        dilation: Distance between positions of the kernel, in source neurons.
        groups: In how many parts channels and filters are divided, each convolved by itself.

    Raises:
        ModelError: For arguments out of their range; when it is connected, for shapes that do not
            fit.

    Example:
        >>> with Network():
        ...     sound = Population(SpikeInput(), (100, 2))
        ...     features = Population(LeakyIntegrateFire())
        ...     convolution = Conv1D(GlorotUniform(), filters=16, conv_size=5, conv_stride=2)
        ...     connection = Connection(sound, features, convolution)
        >>> features.shape
        (48, 16)
    """

    def __init__(
        self,
        weight: InitValue,
        filters: int,
        conv_size: int,
        flatten: bool = False,
        conv_stride: int = 1,
        conv_padding: str = "valid",
        delay: InitValue = 0,
        dilation: int = 1,
        groups: int = 1,
    ) -> None:
        super().__init__(weight, delay)
        self.filters = require_count(filters, "Conv1D", "filters")
        self.conv_size = require_count(conv_size, "Conv1D", "conv_size")
        self.flatten = bool(flatten)
        self.conv_stride = require_count(conv_stride, "Conv1D", "conv_stride")
        self.conv_padding = require_text(conv_padding, "Conv1D", "conv_padding")
        self.dilation = require_count(dilation, "Conv1D", "dilation")
        self.groups = require_count(groups, "Conv1D", "groups")
        self._engine()

    def _make(self) -> Any:
        return _saltus.conv_1d(
            engine_value(self.weight),
            self.filters,
            self.conv_size,
            self.flatten,
            self.conv_stride,
            self.conv_padding,
            engine_value(self.delay),
            self.dilation,
            self.groups,
        )


class Conv2D(Connectivity):
    """A two-dimensional convolution (cross-correlation, as in TensorFlow) with shared weights.

    The source has shape (rows, columns, channels); the target gets (output rows, output columns,
    filters).

    Args:
        weight: Number, array of shape (kernel rows, kernel columns, channels / groups, filters),
            initializer or its name: one value for each element of the kernel.
        filters: Number of output channels.
        conv_size: Rows and columns of the kernel; one number for both.
        flatten: Whether the target's shape is flat.
        conv_strides: Distances between windows, in source neurons; 1 when left out.
        conv_padding: "valid" (none), "same" (as many outputs as inputs at stride 1) or "full".
        delay: In timesteps: number, array of the weights' shape, initializer or its name.
        dilation: Distance between positions of the kernel, in source neurons.
        groups: In how many parts channels and filters are divided, each convolved by itself; as
            many as there are channels make the convolution depthwise.

    Raises:
        ModelError: For arguments out of their range; when it is connected, for shapes that do not
            fit.
        ArgumentTypeError: For pairs that are neither a whole number nor two.

    References:
        K. Fukushima, Biological Cybernetics 36, 193 (1980);
        Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, Proceedings of the IEEE 86, 2278 (1998).

    Example:
        >>> with Network():
        ...     image = Population(SpikeInput(), (28, 28, 1))
        ...     features = Population(LeakyIntegrateFire())
        ...     convolution = Conv2D(HeNormal(), filters=16, conv_size=3, conv_padding="same")
        ...     connection = Connection(image, features, convolution)
        >>> features.shape
        (28, 28, 16)
    """

    def __init__(
        self,
        weight: InitValue,
        filters: int,
        conv_size: Param2D,
        flatten: bool = False,
        conv_strides: Optional[Param2D] = None,
        conv_padding: str = "valid",
        delay: InitValue = 0,
        dilation: Param2D = 1,
        groups: int = 1,
    ) -> None:
        super().__init__(weight, delay)
        self.filters = require_count(filters, "Conv2D", "filters")
        self.conv_size = param_2d(conv_size, "Conv2D", "conv_size")
        self.flatten = bool(flatten)
        self.conv_strides = param_2d(conv_strides, "Conv2D", "conv_strides", 1)
        self.conv_padding = require_text(conv_padding, "Conv2D", "conv_padding")
        self.dilation = param_2d(dilation, "Conv2D", "dilation")
        self.groups = require_count(groups, "Conv2D", "groups")
        self._engine()

    def _make(self) -> Any:
        return _saltus.conv_2d(
            engine_value(self.weight),
            self.filters,
            self.conv_size,
            self.flatten,
            self.conv_strides,
            self.conv_padding,
            engine_value(self.delay),
            self.dilation,
            self.groups,
        )


class Conv2DTranspose(Connectivity):
    """A transposed two-dimensional convolution with shared weights, which enlarges its input.

    It is the transpose of the convolution of the same window from its target to its source. The
    source has shape (rows, columns, channels); the target gets (output rows, output columns,
    filters): n s + max(k - s, 0) of n when the padding is "valid", n s when it is "same", with
    stride s and a kernel that spans k.

    Args:
        weight: Number, array of shape (kernel rows, kernel columns, filters, channels),
            initializer or its name: one value for each element of the kernel.
        filters: Number of output channels.
        conv_size: Rows and columns of the kernel; one number for both.
        flatten: Whether the target's shape is flat.
        conv_strides: In target neurons; 1 when left out.
        conv_padding: "valid" or "same".
        delay: In timesteps: number, array of the weights' shape, initializer or its name.
        dilation: Distance between positions of the kernel, in target neurons.

    Raises:
        ModelError: For arguments out of their range; when it is connected, for shapes that do not
            fit.
        ArgumentTypeError: For pairs that are neither a whole number nor two.

    References:
        M. D. Zeiler, D. Krishnan, G. W. Taylor, R. Fergus, Deconvolutional Networks, CVPR 2010.

    Example:
        >>> with Network():
        ...     small = Population(LeakyIntegrateFire(), (7, 7, 4))
        ...     large = Population(LeakyIntegrateFire())
        ...     convolution = Conv2DTranspose(
        ...         0.1, filters=8, conv_size=3, conv_strides=2, conv_padding="same"
        ...     )
        ...     connection = Connection(small, large, convolution)
        >>> large.shape
        (14, 14, 8)
    """

    def __init__(
        self,
        weight: InitValue,
        filters: int,
        conv_size: Param2D,
        flatten: bool = False,
        conv_strides: Optional[Param2D] = None,
        conv_padding: str = "valid",
        delay: InitValue = 0,
        dilation: Param2D = 1,
    ) -> None:
        super().__init__(weight, delay)
        self.filters = require_count(filters, "Conv2DTranspose", "filters")
        self.conv_size = param_2d(conv_size, "Conv2DTranspose", "conv_size")
        self.flatten = bool(flatten)
        self.conv_strides = param_2d(conv_strides, "Conv2DTranspose", "conv_strides", 1)
        self.conv_padding = require_text(conv_padding, "Conv2DTranspose", "conv_padding")
        self.dilation = param_2d(dilation, "Conv2DTranspose", "dilation")
        self._engine()

    def _make(self) -> Any:
        return _saltus.conv_2d_transpose(
            engine_value(self.weight),
            self.filters,
            self.conv_size,
            self.flatten,
            self.conv_strides,
            self.conv_padding,
            engine_value(self.delay),
            self.dilation,
        )
