"""Optimisers: how weights follow from gradients."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from . import _saltus
from ._absent import absent
from ._described import Described, by_name, get_object
from ._values import require_number

__all__ = ["Adam", "AdamW", "Optimiser", "SGD"]


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
        return _made("adam", self)


class AdamW(Optimiser):
    """Adam with decoupled weight decay: m and v are those of Adam, and every weight shrinks in
    proportion to itself, w = w - alpha weight_decay w - alpha (m / (1 - beta1^n)) / (sqrt(v /
    (1 - beta2^n)) + epsilon) in update n from 1, so that large gradients do not weaken the decay. A
    schedule of the learning rate scales both.

    Args:
        alpha: Learning rate.
        beta1: Decay of the mean gradient, from 0 to below 1.
        beta2: Decay of the mean squared gradient, from 0 to below 1.
        epsilon: Keeps the quotient finite.
        weight_decay: Strength of the decay; its product with alpha is below 1.

    Raises:
        ModelError: For arguments out of their range.

    References:
        I. Loshchilov, F. Hutter, Decoupled Weight Decay Regularization, ICLR 2019.

    Example:
        >>> compiler = EventPropCompiler(20, "sparse_categorical_crossentropy", AdamW(0.01))
    """

    def __init__(
        self,
        alpha: float = 0.001,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
        weight_decay: float = 0.01,
    ) -> None:
        self.alpha = require_number(alpha, "AdamW", "alpha")
        self.beta1 = require_number(beta1, "AdamW", "beta1")
        self.beta2 = require_number(beta2, "AdamW", "beta2")
        self.epsilon = require_number(epsilon, "AdamW", "epsilon")
        self.weight_decay = require_number(weight_decay, "AdamW", "weight_decay")
        self._engine()

    def _make(self) -> Any:
        return _made("adam_w", self)


class SGD(Optimiser):
    """Stochastic gradient descent: d = g + weight_decay w, m = momentum m + d, w = w - alpha m, or
    with Nesterov's momentum w = w - alpha (d + momentum m).

    Args:
        alpha: Learning rate.
        momentum: Decay of the sum of gradients m, from 0 to below 1.
        nesterov: Whether the step looks ahead along m; needs a momentum.
        weight_decay: Strength of an L2 penalty, weight_decay w^2 / 2 in the loss.

    Raises:
        ModelError: For arguments out of their range.

    References:
        B. T. Polyak, USSR Computational Mathematics and Mathematical Physics 4, 1 (1964);
        I. Sutskever et al., On the importance of initialization and momentum in deep learning,
        ICML 2013.

    Example:
        >>> optimiser = SGD(0.1, momentum=0.9, nesterov=True)
        >>> compiler = EventPropCompiler(20, "sparse_categorical_crossentropy", optimiser)
    """

    def __init__(
        self,
        alpha: float = 0.01,
        momentum: float = 0.0,
        nesterov: bool = False,
        weight_decay: float = 0.0,
    ) -> None:
        self.alpha = require_number(alpha, "SGD", "alpha")
        self.momentum = require_number(momentum, "SGD", "momentum")
        self.nesterov = bool(nesterov)
        self.weight_decay = require_number(weight_decay, "SGD", "weight_decay")
        self._engine()

    def _make(self) -> Any:
        return _made("sgd", self)


def _made(name: str, optimiser: Optimiser) -> Any:
    """The engine's optimiser of a name, whose settings are an optimiser's arguments."""
    settings = inspect.signature(type(optimiser)).parameters
    return _saltus.Optimiser(name, {each: float(getattr(optimiser, each)) for each in settings})


_BY_NAME = {**by_name(Adam, AdamW), "sgd": SGD}


def get_optimiser(given: Any) -> Optimiser:
    """An optimiser from an object or a name."""
    return get_object(given, Optimiser, "Optimiser", _BY_NAME)


if not TYPE_CHECKING:
    __getattr__ = absent(__name__)
