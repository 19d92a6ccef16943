"""Surrogates: what stands for the derivative of a spike, a function of x, how far the neuron is above
its threshold (in the unit of its voltage). For SurrogateCompiler."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import _saltus
from ._absent import absent
from ._described import Described, by_name, get_object
from ._values import require_number

__all__ = [
    "Arctan",
    "Boxcar",
    "FastSigmoid",
    "MultiGaussian",
    "Sigmoid",
    "SuperSpike",
    "Surrogate",
    "Triangle",
    "UserSurrogate",
]


class Surrogate(Described):
    """Base of all surrogates.

    Example:
        >>> SurrogateCompiler(20, "sparse_categorical_crossentropy", surrogate="arctan").surrogate
        Arctan(alpha=2.0)
    """

    @property
    def derivative(self) -> str:
        """What it is as an expression of x."""
        return str(self._engine().derivative())


class FastSigmoid(Surrogate):
    """The derivative of x / (1 + slope abs(x)): 1 / (1 + slope abs(x))^2.

    Args:
        slope: How fast it falls.

    Raises:
        ModelError: For a slope that is not positive.

    Example:
        >>> FastSigmoid(slope=25.0)
        FastSigmoid(slope=25.0)
    """

    def __init__(self, slope: float = 25.0) -> None:
        self.slope = require_number(slope, "FastSigmoid", "slope")
        self._engine()

    def _make(self) -> Any:
        return _saltus.fast_sigmoid(self.slope)


class SuperSpike(Surrogate):
    """The function 1 / (1 + beta abs(x))^2.

    Args:
        beta: How fast it falls.

    Raises:
        ModelError: For a beta that is not positive.

    References:
        F. Zenke, S. Ganguli, Neural Computation 30, 1514 (2018).

    Example:
        >>> SuperSpike(beta=10.0)
        SuperSpike(beta=10.0)
    """

    def __init__(self, beta: float = 10.0) -> None:
        self.beta = require_number(beta, "SuperSpike", "beta")
        self._engine()

    def _make(self) -> Any:
        return _saltus.super_spike(self.beta)


class Sigmoid(Surrogate):
    """The derivative of s = 1 / (1 + exp(-slope x)): slope s (1 - s).

    Args:
        slope: How steep the sigmoid is.

    Raises:
        ModelError: For a slope that is not positive.

    Example:
        >>> Sigmoid(slope=4.0)
        Sigmoid(slope=4.0)
    """

    def __init__(self, slope: float = 4.0) -> None:
        self.slope = require_number(slope, "Sigmoid", "slope")
        self._engine()

    def _make(self) -> Any:
        return _saltus.sigmoid(self.slope)


class Arctan(Surrogate):
    """The derivative of arctan(pi / 2 alpha x) / pi: alpha / 2 / (1 + (pi / 2 alpha x)^2).

    Args:
        alpha: How steep the arc tangent is.

    Raises:
        ModelError: For an alpha that is not positive.

    Example:
        >>> Arctan(alpha=2.0)
        Arctan(alpha=2.0)
    """

    def __init__(self, alpha: float = 2.0) -> None:
        self.alpha = require_number(alpha, "Arctan", "alpha")
        self._engine()

    def _make(self) -> Any:
        return _saltus.arctan(self.alpha)


class Boxcar(Surrogate):
    """A box: 1 / width where abs(x) < width / 2, elsewhere 0.

    Args:
        width: Width of the box.

    Raises:
        ModelError: For a width that is not positive.

    Example:
        >>> Boxcar(width=1.0)
        Boxcar(width=1.0)
    """

    def __init__(self, width: float = 1.0) -> None:
        self.width = require_number(width, "Boxcar", "width")
        self._engine()

    def _make(self) -> Any:
        return _saltus.boxcar(self.width)


class Triangle(Surrogate):
    """A triangle: height max(0, 1 - abs(x) / width).

    Args:
        height: Height of the triangle.
        width: Half of its base.

    Raises:
        ModelError: For values that are not positive.

    References:
        G. Bellec, D. Salaj, A. Subramoney, R. Legenstein, W. Maass, NeurIPS 31 (2018).

    Example:
        >>> Triangle(height=0.3, width=1.0)
        Triangle(height=0.3, width=1.0)
    """

    def __init__(self, height: float = 0.3, width: float = 1.0) -> None:
        self.height = require_number(height, "Triangle", "height")
        self.width = require_number(width, "Triangle", "width")
        self._engine()

    def _make(self) -> Any:
        return _saltus.triangle(self.height, self.width)


class MultiGaussian(Surrogate):
    """A bell with negative sides: (1 + h) N(x; 0, sigma) - h N(x; sigma, s sigma)
    - h N(x; -sigma, s sigma), with the densities N of normal distributions.

    Args:
        sigma: Standard deviation of the peak.
        h: Weight of the sides.
        s: How many times wider the sides are.

    Raises:
        ModelError: For values that are not positive.

    References:
        B. Yin, F. Corradi, S. M. Bohte, Nature Machine Intelligence 3, 905 (2021).

    Example:
        >>> MultiGaussian(sigma=0.5)
        MultiGaussian(sigma=0.5, h=0.15, s=6.0)
    """

    def __init__(self, sigma: float = 0.5, h: float = 0.15, s: float = 6.0) -> None:
        self.sigma = require_number(sigma, "MultiGaussian", "sigma")
        self.h = require_number(h, "MultiGaussian", "h")
        self.s = require_number(s, "MultiGaussian", "s")
        self._engine()

    def _make(self) -> Any:
        return _saltus.multi_gaussian(self.sigma, self.h, self.s)


class UserSurrogate(Surrogate):
    """A function of your own, as an expression of x.

    Args:
        expression: For example "exp(-abs(x))".

    Raises:
        ModelError: For an expression with mistakes, or with other names.

    Example:
        >>> UserSurrogate("where(abs(x) < 0.5, 1, 0)").derivative
        'where(abs(x) < 0.5, 1, 0)'
    """

    def __init__(self, expression: str) -> None:
        self.expression = expression
        self._engine()

    def _make(self) -> Any:
        return _saltus.Surrogate(self.expression)


_BY_NAME = by_name(Arctan, Boxcar, FastSigmoid, MultiGaussian, Sigmoid, SuperSpike, Triangle)


def get_surrogate(given: Any) -> Surrogate:
    """A surrogate from an object or a name."""
    return get_object(given, Surrogate, "Surrogate", _BY_NAME)


if not TYPE_CHECKING:
    __getattr__ = absent(__name__)
