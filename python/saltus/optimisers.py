"""Optimisers: how weights follow from gradients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import _saltus
from ._absent import absent
from ._described import Described, by_name, get_object
from ._values import require_number

__all__ = ["Adam", "Optimiser"]


class Optimiser(Described):
    """Base of all optimisers. They are given to a compiler that trains, or named there.

    Example:
        >>> EventPropCompiler(20, "sparse_categorical_crossentropy", optimiser="adam").optimiser
        Adam(alpha=0.001, beta1=0.9, beta2=0.999, epsilon=1e-08)
    """


class Adam(Optimiser):
    """The Adam optimiser: m = beta1 m + (1 - beta1) g, v = beta2 v + (1 - beta2) g^2,
    w = w - alpha (m / (1 - beta1^n)) / (sqrt(v / (1 - beta2^n)) + epsilon) in update n from 1.

    Args:
        alpha: Learning rate.
        beta1: Decay of the mean gradient, from 0 to below 1.
        beta2: Decay of the mean squared gradient, from 0 to below 1.
        epsilon: Keeps the quotient finite.

    Raises:
        ModelError: For arguments out of their range.

    References:
        D. P. Kingma, J. Ba, Adam: A Method for Stochastic Optimization, ICLR 2015.

    Example:
        >>> compiler = EventPropCompiler(20, "sparse_categorical_crossentropy", Adam(alpha=0.01))
    """

    def __init__(
        self,
        alpha: float = 0.001,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
    ) -> None:
        self.alpha = require_number(alpha, "Adam", "alpha")
        self.beta1 = require_number(beta1, "Adam", "beta1")
        self.beta2 = require_number(beta2, "Adam", "beta2")
        self.epsilon = require_number(epsilon, "Adam", "epsilon")
        self._engine()

    def _make(self) -> Any:
        adam = _saltus.Adam(self.alpha, self.beta1, self.beta2, self.epsilon)
        adam.check()
        return adam


_BY_NAME = by_name(Adam)


def get_optimiser(given: Any) -> Optimiser:
    """An optimiser from an object or a name."""
    return get_object(given, Optimiser, "Optimiser", _BY_NAME)


if not TYPE_CHECKING:
    __getattr__ = absent(__name__)
