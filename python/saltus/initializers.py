"""Initializers: rules that give every weight, delay or parameter its first value.

A value is a function of the compiler's seed and of the element's number alone, so that it does not
depend on the order of evaluation, on the number of threads or on how synapses are laid out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Optional

import numpy as np

from . import _saltus
from ._absent import absent
from ._described import Described, by_name, snake_case, suggest
from ._values import require_count, require_number, to_value
from .errors import ModelError

__all__ = [
    "Binomial",
    "Constant",
    "Exponential",
    "Gamma",
    "GlorotNormal",
    "GlorotUniform",
    "HeNormal",
    "HeUniform",
    "Identity",
    "Initializer",
    "Kernel",
    "Normal",
    "NormalClipped",
    "Orthogonal",
    "RandomStream",
    "Sparse",
    "Uniform",
]

#: Random numbers that are functions of the numbers of an element and of a draw:
#: ``uniform(element, draw=0)`` in (0, 1] and ``normal(element, draw=0)``.
RandomStream = _saltus.RandomStream


class Initializer(Described):
    """Base of all initializers, and of those that you write.

    A subclass has ``value(stream, element)``, which is called once for each element when the
    network is compiled, on any thread, and must depend on its arguments alone.

    Example:
        >>> class Alternating(Initializer):
        ...     def value(self, stream, element):
        ...         return abs(stream.normal(element)) * (1 if element % 2 else -1)
        >>> Dense(Alternating())
        Dense(weight=Alternating(), delay=0.0)
    """

    def value(self, stream: RandomStream, element: int) -> float:
        """The value of one element.

        Args:
            stream: Random numbers of the connection or parameter.
            element: Number of the element: position in the array of weights, row-major.

        Raises:
            NotImplementedError: In classes that do not define it.
        """
        raise NotImplementedError(f"{type(self).__name__} does not define value()")

    def _make(self) -> Any:
        name = snake_case(type(self).__name__)
        return _saltus.python_initializer(self, name, repr(self))

    def _engine(self) -> Any:
        # The engine's object refers to one that is written in Python, so that keeping it here
        # would make a circle.
        return super()._engine() if type(self)._make is not Initializer._make else self._make()


def _numbers(initializer: Initializer, **arguments: Any) -> None:
    """Sets attributes that are plain numbers, and lets the engine check them."""
    for name, value in arguments.items():
        setattr(initializer, name, require_number(value, type(initializer).__name__, name))
    initializer._engine()


class Constant(Initializer):
    """The same value everywhere.

    Args:
        value: The value.

    Raises:
        ModelError: For a NaN or an infinity.

    Example:
        >>> Dense(Constant(0.1))
        Dense(weight=Constant(0.1), delay=0.0)
    """

    def __init__(self, value: float) -> None:
        self.constant = require_number(value, "Constant", "value")
        self._engine()

    def __repr__(self) -> str:
        return f"Constant({self.constant!r})"

    def _make(self) -> Any:
        return _saltus.constant(self.constant)


class Normal(Initializer):
    """Normally distributed values.

    Args:
        mean: Mean.
        sd: Standard deviation, not negative.

    Raises:
        ModelError: For arguments out of their range.

    Example:
        >>> Dense(Normal(mean=0.1, sd=0.05))
        Dense(weight=Normal(mean=0.1, sd=0.05), delay=0.0)
    """

    mean: float
    sd: float

    def __init__(self, mean: float = 0.0, sd: float = 1.0) -> None:
        _numbers(self, mean=mean, sd=sd)

    def _make(self) -> Any:
        return _saltus.normal(self.mean, self.sd)


class Uniform(Initializer):
    """Values distributed uniformly between two bounds.

    Args:
        min: Lower bound.
        max: Upper bound.

    Raises:
        ModelError: When the lower bound is the greater.

    Example:
        >>> Dense(Uniform(-0.1, 0.1))
        Dense(weight=Uniform(min=-0.1, max=0.1), delay=0.0)
    """

    min: float
    max: float

    def __init__(self, min: float = 0.0, max: float = 1.0) -> None:
        _numbers(self, min=min, max=max)

    def _make(self) -> Any:
        return _saltus.uniform(self.min, self.max)


class NormalClipped(Initializer):
    """Normally distributed values within bounds: those outside are drawn again.

    Args:
        mean: Mean before values are drawn again.
        sd: Standard deviation likewise.
        min: Lower bound.
        max: Upper bound.

    Raises:
        ModelError: When less than one value in ten thousand would lie within the bounds.

    Example:
        >>> Dense(NormalClipped(0.0, 1.0, min=0.0, max=2.0))
        Dense(weight=NormalClipped(mean=0.0, sd=1.0, min=0.0, max=2.0), delay=0.0)
    """

    mean: float
    sd: float
    min: float
    max: float

    def __init__(self, mean: float, sd: float, min: float, max: float) -> None:
        _numbers(self, mean=mean, sd=sd, min=min, max=max)

    def _make(self) -> Any:
        return _saltus.normal_clipped(self.mean, self.sd, self.min, self.max)


class Exponential(Initializer):
    """Exponentially distributed values.

    Args:
        scale: Mean of the values (not their rate); its sign is theirs.

    Raises:
        ModelError: For a NaN or an infinity.

    Example:
        >>> Dense(Exponential(0.1))
        Dense(weight=Exponential(scale=0.1), delay=0.0)
    """

    scale: float

    def __init__(self, scale: float = 1.0) -> None:
        _numbers(self, scale=scale)

    def _make(self) -> Any:
        return _saltus.exponential_values(self.scale)


class Gamma(Initializer):
    """Gamma distributed values with mean a b and variance a b^2.

    Args:
        a: Shape, positive.
        b: Scale.

    Raises:
        ModelError: For a shape that is not positive.

    References:
        Marsaglia and Tsang, A simple method for generating gamma variables, ACM TOMS 26 (2000).

    Example:
        >>> Dense(Gamma(2.0, 0.05))
        Dense(weight=Gamma(a=2.0, b=0.05), delay=0.0)
    """

    a: float
    b: float

    def __init__(self, a: float, b: float) -> None:
        _numbers(self, a=a, b=b)

    def _make(self) -> Any:
        return _saltus.gamma(self.a, self.b)


class Binomial(Initializer):
    """Numbers of successes in independent trials.

    Args:
        n: Number of trials, up to 2^31 - 1.
        p: Probability of a success.

    Raises:
        ModelError: For arguments out of their range.

    Example:
        >>> Dense(0.1, delay=Binomial(n=10, p=0.5))
        Dense(weight=0.1, delay=Binomial(n=10, p=0.5))
    """

    def __init__(self, n: int, p: float) -> None:
        self.n = require_count(n, "Binomial", "n")
        self.p = require_number(p, "Binomial", "p")
        self._engine()

    def _make(self) -> Any:
        return _saltus.binomial(self.n, self.p)


class Identity(Initializer):
    """A matrix with `gain` on its diagonal and zeros elsewhere.

    Args:
        gain: Value on the diagonal.

    Raises:
        ModelError: When it is compiled, for weights that are no matrix.

    Example:
        >>> Dense(Identity())
        Dense(weight=Identity(gain=1.0), delay=0.0)
    """

    gain: float

    def __init__(self, gain: float = 1.0) -> None:
        _numbers(self, gain=gain)

    def _make(self) -> Any:
        return _saltus.identity(self.gain)


class Orthogonal(Initializer):
    """A random orthogonal matrix: rows, or columns where there are fewer, are orthogonal to each
    other and of length `gain`. Kernels are flattened to (all other axes, output channels).

    Args:
        gain: Length of rows or columns.

    Raises:
        ModelError: When it is compiled, for weights of less than two axes.

    References:
        Saxe, McClelland and Ganguli, ICLR 2014.

    Example:
        >>> Dense(Orthogonal(0.5))
        Dense(weight=Orthogonal(gain=0.5), delay=0.0)
    """

    gain: float

    def __init__(self, gain: float = 1.0) -> None:
        _numbers(self, gain=gain)

    def _make(self) -> Any:
        return _saltus.orthogonal(self.gain)


class GlorotNormal(Initializer):
    """Normal with variance 2 / (fan in + fan out). Glorot and Bengio, AISTATS 2010.

    Example:
        >>> Dense(GlorotNormal())
        Dense(weight=GlorotNormal(), delay=0.0)
    """

    def _make(self) -> Any:
        return _saltus.glorot_normal()


class GlorotUniform(Initializer):
    """Uniform between -r and r with r^2 = 6 / (fan in + fan out). Glorot and Bengio, AISTATS 2010.

    Example:
        >>> Dense(GlorotUniform())
        Dense(weight=GlorotUniform(), delay=0.0)
    """

    def _make(self) -> Any:
        return _saltus.glorot_uniform()


class HeNormal(Initializer):
    """Normal with variance 2 / fan in. He, Zhang, Ren and Sun, ICCV 2015.

    Example:
        >>> convolution = Conv2D(HeNormal(), filters=16, conv_size=3)
    """

    def _make(self) -> Any:
        return _saltus.he_normal()


class HeUniform(Initializer):
    """Uniform between -r and r with r^2 = 6 / fan in. He, Zhang, Ren and Sun, ICCV 2015.

    Example:
        >>> convolution = Conv2D(HeUniform(), filters=16, conv_size=3)
    """

    def _make(self) -> Any:
        return _saltus.he_uniform()


class Sparse(Initializer):
    """Zero, except with some probability, when the value is that of another initializer.

    Args:
        p: Probability of a value.
        values: The initializer that gives it; a standard normal when left out.

    Raises:
        ModelError: For a probability that is none, or values that are no initializer.

    Example:
        >>> Dense(Sparse(0.1, Normal(sd=0.5)))
        Dense(weight=Sparse(p=0.1, values=Normal(mean=0.0, sd=0.5)), delay=0.0)
    """

    def __init__(self, p: float, values: Optional[Initializer] = None) -> None:
        self.p = require_number(p, "Sparse", "p")
        self.values = to_value(Normal() if values is None else values, "Sparse", "values")
        if not isinstance(self.values, Initializer):
            raise ModelError("Sparse", f"values is {values!r}", "give an initializer")
        self._engine()

    def _make(self) -> Any:
        return _saltus.sparse_values(self.p, self.values._engine())


class Kernel(Initializer):
    """Values of an array, which element k finds at position k, row-major.

    Args:
        values: The array.

    Raises:
        ModelError: For a NaN or an infinity; when it is compiled, for too few values.

    Example:
        >>> Dense(Kernel(numpy.eye(10)))
        Dense(weight=Kernel(values=<array (10, 10), mean 0.1, sd 0.3>), delay=0.0)
    """

    def __init__(self, values: np.ndarray) -> None:
        self.values = np.ascontiguousarray(values, dtype=np.float64)
        self._engine()

    def _make(self) -> Any:
        return _saltus.kernel(self.values)


_BY_NAME = by_name(
    Exponential,
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    HeUniform,
    Identity,
    Normal,
    Orthogonal,
    Uniform,
)


def default_initializer(name: str, where: str) -> Initializer:
    """The initializer of that name with default arguments.

    Raises:
        ModelError: For a name that is not known.
    """
    if name not in _BY_NAME:
        raise ModelError(where, f"there is no initializer '{name}'", suggest(name, _BY_NAME))
    made: Initializer = _BY_NAME[name]()
    return made


if not TYPE_CHECKING:
    __getattr__ = absent(__name__)
