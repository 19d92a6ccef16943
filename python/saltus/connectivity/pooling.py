"""Average pools, alone or fused with what follows them."""

from __future__ import annotations

from typing import Any, Optional

from .. import _saltus
from .._values import Param2D, engine_value, param_2d, require_count, require_text
from .connectivity import Connectivity, InitValue


class AvgPool2D(Connectivity):
    """Averages over windows of the source, channel by channel: each neuron of a pool reaches the
    pool's target with weight 1 / (rows x columns of the pool), which training leaves alone.

    The source has shape (rows, columns, channels); the target gets (pools along rows, pools along
    columns, channels). Pools may overlap or leave neurons out.

    Args:
        pool_size: Rows and columns of a pool; one number for both.
        flatten: Whether the target's shape is flat.
        pool_strides: Distances between pools; pool_size when left out.
        delay: In timesteps: number, array with one for each channel, or initializer.
        pool_padding: "valid", "same" or "full"; padding counts as silent neurons.

    Raises:
        ModelError: For arguments out of their range; when it is connected, for shapes that do not
            fit.
        ArgumentTypeError: For pairs that are neither a whole number nor two.

    References:
        Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, Proceedings of the IEEE 86, 2278 (1998).

    Example:
        >>> with Network():
        ...     features = Population(LeakyIntegrateFire(), (8, 8, 4))
        ...     pooled = Population(LeakyIntegrateFire())
        ...     connection = Connection(features, pooled, AvgPool2D(2))
        >>> pooled.shape
        (4, 4, 4)
    """

    def __init__(
        self,
        pool_size: Param2D,
        flatten: bool = False,
        pool_strides: Optional[Param2D] = None,
        delay: InitValue = 0,
        pool_padding: str = "valid",
    ) -> None:
        self.pool_size = param_2d(pool_size, "AvgPool2D", "pool_size")
        self.flatten = bool(flatten)
        self.pool_strides = param_2d(pool_strides, "AvgPool2D", "pool_strides", self.pool_size)
        self.pool_padding = require_text(pool_padding, "AvgPool2D", "pool_padding")
        self.delay = delay
        self._engine()

    @property
    def weight(self) -> float:
        """What each neuron of a pool adds, 1 / (rows x columns of the pool)."""
        return 1.0 / (self.pool_size[0] * self.pool_size[1])

    def _make(self) -> Any:
        return _saltus.avg_pool_2d(
            self.pool_size,
            self.flatten,
            self.pool_strides,
            engine_value(self.delay),
            self.pool_padding,
        )


class AvgPoolConv2D(Connectivity):
    """An average pool and a convolution of the pools in one connection, with no neurons between
    them: AvgPool2D, then Conv2D.

    Args:
        weight: Number, array of shape (kernel rows, kernel columns, channels, filters), initializer
            or its name: one value for each element of the kernel. What arrives is divided by the
            area of a pool.
        filters: Number of output channels.
        pool_size: Rows and columns of a pool; one number for both.
        conv_size: Rows and columns of the kernel, in pools; one number for both.
        flatten: Whether the target's shape is flat.
        pool_strides: Distances between pools; pool_size when left out.
        conv_strides: Distances between windows, in pools; 1 when left out.
        conv_padding: "valid", "same" or "full".
        delay: In timesteps: number, array of the weights' shape, initializer or its name.

    Raises:
        ModelError: For arguments out of their range; when it is connected, for shapes that do not
            fit.
        ArgumentTypeError: For pairs that are neither a whole number nor two.

    Example:
        >>> with Network():
        ...     features = Population(LeakyIntegrateFire(), (8, 8, 4))
        ...     after = Population(LeakyIntegrateFire())
        ...     pool = AvgPoolConv2D(HeNormal(), filters=16, pool_size=2, conv_size=3)
        ...     connection = Connection(features, after, pool)
        >>> after.shape
        (2, 2, 16)
    """

    def __init__(
        self,
        weight: InitValue,
        filters: int,
        pool_size: Param2D,
        conv_size: Param2D,
        flatten: bool = False,
        pool_strides: Optional[Param2D] = None,
        conv_strides: Optional[Param2D] = None,
        conv_padding: str = "valid",
        delay: InitValue = 0,
    ) -> None:
        super().__init__(weight, delay)
        self.filters = require_count(filters, "AvgPoolConv2D", "filters")
        self.pool_size = param_2d(pool_size, "AvgPoolConv2D", "pool_size")
        self.conv_size = param_2d(conv_size, "AvgPoolConv2D", "conv_size")
        self.flatten = bool(flatten)
        self.pool_strides = param_2d(pool_strides, "AvgPoolConv2D", "pool_strides", self.pool_size)
        self.conv_strides = param_2d(conv_strides, "AvgPoolConv2D", "conv_strides", 1)
        self.conv_padding = require_text(conv_padding, "AvgPoolConv2D", "conv_padding")
        self._engine()

    def _make(self) -> Any:
        return _saltus.avg_pool_conv_2d(
            engine_value(self.weight),
            self.filters,
            self.pool_size,
            self.conv_size,
            self.flatten,
            self.pool_strides,
            self.conv_strides,
            self.conv_padding,
            engine_value(self.delay),
        )


class AvgPoolDense2D(Connectivity):
    """An average pool and a dense matrix behind it in one connection, with no neurons between them:
    AvgPool2D, then Dense.

    Args:
        weight: Number, array of shape (pools, target size) with pools numbered as (pool row, pool
            column, channel), initializer or its name. What arrives is divided by the area of a
            pool. An array gives a target without a shape its size.
        pool_size: Rows and columns of a pool; one number for both.
        pool_strides: Distances between pools; pool_size when left out.
        delay: In timesteps: number, array of the weights' shape, initializer or its name.

    Raises:
        ModelError: For arguments out of their range; when it is connected, for shapes that do not
            fit.
        ArgumentTypeError: For pairs that are neither a whole number nor two.

    Example:
        >>> with Network():
        ...     features = Population(LeakyIntegrateFire(), (8, 8, 4))
        ...     output = Population(LeakyIntegrate(), 10)
        ...     pool = AvgPoolDense2D(GlorotUniform(), pool_size=2)
        ...     connection = Connection(features, output, pool)
    """

    def __init__(
        self,
        weight: InitValue,
        pool_size: Param2D,
        pool_strides: Optional[Param2D] = None,
        delay: InitValue = 0,
    ) -> None:
        super().__init__(weight, delay)
        self.pool_size = param_2d(pool_size, "AvgPoolDense2D", "pool_size")
        self.pool_strides = param_2d(pool_strides, "AvgPoolDense2D", "pool_strides", self.pool_size)
        self._engine()

    def _make(self) -> Any:
        return _saltus.avg_pool_dense_2d(
            engine_value(self.weight),
            self.pool_size,
            self.pool_strides,
            engine_value(self.delay),
        )
