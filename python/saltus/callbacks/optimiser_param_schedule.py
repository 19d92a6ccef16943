"""Parameters of the optimiser that change between epochs."""

from __future__ import annotations

from typing import Callable

from .. import _saltus
from .callback import Callback


class OptimiserParamSchedule(Callback):
    """Sets a parameter of the optimiser at the beginning of every epoch.

    Args:
        param_name: "alpha" (the learning rate), "beta1", "beta2", "epsilon", "momentum" or
            "weight_decay".
        func: Gives the new value from the number of the epoch and the present value.

    Raises:
        ModelError: For another name; when an epoch begins, for a network that is not trained, an
            optimiser without that parameter or a value out of its range.

    Example:
        >>> halve = OptimiserParamSchedule("alpha", lambda epoch, alpha: 0.01 * 0.5**epoch)
        >>> metrics, _ = compiled.train({inputs: x}, {output: y}, 10, callbacks=[halve])
    """

    def __init__(self, param_name: str, func: Callable[[int, float], float]) -> None:
        self.param_name = param_name
        self.func = func
        self.engine_callback = _saltus.OptimiserParamSchedule(str(param_name), func)
