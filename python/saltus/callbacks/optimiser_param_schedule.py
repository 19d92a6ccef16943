"""Parameters of the optimiser that change between epochs."""

from __future__ import annotations

from typing import Any, Callable

from .._described import suggest
from .._values import require_number
from ..errors import ModelError
from .callback import Callback

_PARAMETERS = ("alpha", "beta1", "beta2", "epsilon")


class OptimiserParamSchedule(Callback):
    """Sets a parameter of the optimiser at the beginning of every epoch.

    Args:
        param_name: "alpha" (the learning rate), "beta1", "beta2" or "epsilon".
        func: Gives the new value from the number of the epoch and the present value.

    Raises:
        ModelError: For another name; when an epoch begins, for a network that is not trained or a
            value out of its range.

    Example:
        >>> halve = OptimiserParamSchedule("alpha", lambda epoch, alpha: 0.01 * 0.5**epoch)
        >>> compiled.train({inputs: x}, {output: y}, 10, callbacks=[halve])
    """

    def __init__(self, param_name: str, func: Callable[[int, float], float]) -> None:
        if param_name not in _PARAMETERS:
            raise ModelError(
                "OptimiserParamSchedule",
                f"Adam has no parameter {param_name!r}",
                suggest(str(param_name), _PARAMETERS),
            )
        self.param_name = param_name
        self.func = func
        self._network: Any = None

    def set_params(self, **params: Any) -> None:
        self._network = params["compiled_network"]

    def on_epoch_begin(self, epoch: int) -> None:
        made = self._network._made
        if not hasattr(made, "set_optimiser"):
            raise ModelError(
                "OptimiserParamSchedule", "the network has no optimiser", "use it with train()"
            )
        values = dict(zip(_PARAMETERS, made.optimiser()))
        value = self.func(epoch, values[self.param_name])
        values[self.param_name] = require_number(value, "OptimiserParamSchedule", self.param_name)
        made.set_optimiser(tuple(values[name] for name in _PARAMETERS))
