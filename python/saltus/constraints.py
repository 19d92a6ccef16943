"""What the weights of a connection keep to while they are trained."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, List, Optional

from . import _saltus
from ._described import Described
from ._values import optional_number, require_number
from .connection import connection_of
from .errors import ArgumentTypeError, ModelError

if TYPE_CHECKING:
    from .network import Network

__all__ = ["KeepSign", "MaxNorm", "WeightBounds", "WeightConstraint"]


class WeightConstraint(Described):
    """Base of what weights keep to: from the beginning, and after every update. Compilers that train
    take one, or a list of several kinds, for each connection (weight_constraints). Weights that are
    set later stay as they are until the next update.

    Example:
        >>> constraints = {hidden: [KeepSign(), WeightBounds(-2.0, 2.0)], output: MaxNorm(3.0)}
        >>> compiler = EventPropCompiler(
        ...     20, "sparse_categorical_crossentropy", weight_constraints=constraints
        ... )
        >>> compiled = compiler.compile(network)
    """

    def _arguments(self) -> Dict[str, Any]:
        """Those of the engine's constraint that it decides."""
        raise NotImplementedError

    def _make(self) -> Any:
        return engine_constraint([self])


class WeightBounds(WeightConstraint):
    """Weights lie between two bounds; those that begin beyond begin at the bound.

    Args:
        lower: Smallest weight; None for no bound.
        upper: Greatest weight; None for no bound.

    Raises:
        ModelError: For bounds that are no numbers, or a lower above the upper.

    Example:
        >>> WeightBounds(-1.0, 1.0)
        WeightBounds(lower=-1.0, upper=1.0)
    """

    def __init__(self, lower: Optional[float] = None, upper: Optional[float] = None) -> None:
        self.lower = optional_number(lower, "WeightBounds", "lower")
        self.upper = optional_number(upper, "WeightBounds", "upper")
        self._engine()

    def _arguments(self) -> Dict[str, Any]:
        return {"lower": self.lower, "upper": self.upper}


class KeepSign(WeightConstraint):
    """Weights keep the sign that they begin with (Dale's principle): one that would cross zero stops
    there. It keeps its sign as that of the zero; 0.0 to begin with counts as positive, -0.0 as
    negative.

    Example:
        >>> KeepSign()
        KeepSign()
    """

    def __init__(self) -> None:
        self._engine()

    def _arguments(self) -> Dict[str, Any]:
        return {"keeps_sign": True}


class MaxNorm(WeightConstraint):
    """The Euclidean norm of weights is bounded: they are scaled down to it. That takes a pass over
    the weights in every update, which bounds and signs do without.

    Args:
        max_norm: Greatest norm.
        of: "neuron": of the weights into each target neuron, or of the kernels of each output
            channel of a convolution; or "connection": of all weights.

    Raises:
        ModelError: For a norm that is not positive, or another `of`.

    References:
        N. Srivastava, G. Hinton, A. Krizhevsky, I. Sutskever, R. Salakhutdinov, "Dropout: a simple
        way to prevent neural networks from overfitting", Journal of Machine Learning Research 15,
        1929 (2014).

    Example:
        >>> MaxNorm(3.0)
        MaxNorm(max_norm=3.0, of='neuron')
    """

    def __init__(self, max_norm: float, of: str = "neuron") -> None:
        self.max_norm = require_number(max_norm, "MaxNorm", "max_norm")
        self.of = str(of)
        self._engine()

    def _arguments(self) -> Dict[str, Any]:
        return {"max_norm": self.max_norm, "norm_of": self.of}


def engine_constraint(parts: List[WeightConstraint]) -> Any:
    """The engine's constraint from several of different kinds; checked."""
    arguments: Dict[str, Any] = {
        "lower": None,
        "upper": None,
        "keeps_sign": False,
        "max_norm": None,
        "norm_of": "neuron",
    }
    where = " and ".join(type(part).__name__ for part in parts)
    for part in parts:
        arguments.update(part._arguments())
    return _saltus.WeightConstraint(where, **arguments)


def get_constraints(given: Any, where: str) -> Dict[Any, List[WeightConstraint]]:
    """Lists of constraints by connection, layer or name, from lists or single ones."""
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise ArgumentTypeError(
            where,
            f"weight_constraints is {given!r}",
            "give a dictionary of constraints by connection or layer",
        )
    found: Dict[Any, List[WeightConstraint]] = {}
    for key, constraints in given.items():
        parts = list(constraints) if isinstance(constraints, (list, tuple)) else [constraints]
        for part in parts:
            if not isinstance(part, WeightConstraint) or type(part) is WeightConstraint:
                raise ArgumentTypeError(
                    where,
                    f"weight_constraints has {part!r} for {_name(key)}",
                    "give WeightBounds, KeepSign or MaxNorm, or a list of them",
                )
        kinds = [type(part) for part in parts]
        for kind in kinds:
            if kinds.count(kind) > 1:
                raise ModelError(
                    where,
                    f"weight_constraints has {kind.__name__} for {_name(key)} more than once",
                    "give one of each kind",
                    {"parameter": "weight_constraints"},
                )
        if parts:
            engine_constraint(parts)
        found[key] = parts
    return found


def _name(key: Any) -> str:
    return repr(key if isinstance(key, str) else getattr(key, "name", key))


def named_constraints(
    given: Dict[Any, List[WeightConstraint]], network: "Network"
) -> Dict[str, List[WeightConstraint]]:
    """The same by the names of a network's connections."""
    return {connection_of(key, network).name: parts for key, parts in given.items() if parts}


def engine_constraints(
    given: Dict[Any, List[WeightConstraint]], network: "Network"
) -> Dict[str, Any]:
    """The engine's, by the names of a network's connections."""
    named = named_constraints(given, network)
    return {name: engine_constraint(parts) for name, parts in named.items()}
