"""Parameters that training changes."""

from __future__ import annotations

from typing import Any, Optional

from . import _saltus
from ._described import Described
from ._values import ValueAttribute, engine_value, optional_number
from .errors import ModelError


class Trainable(Described):
    """Marks a parameter of a neuron or synapse as one that training changes, like the weights. Give
    it in place of the value.

    Args:
        value: Value at the start: a number, or an array or initializer with one value a neuron.
        lower: Updates stop here, in the parameter's unit. None for no bound; times in ms then never
            become shorter than a timestep, or a tenth of where they began if that is less.
        upper: The same upwards.
        per_neuron: Whether every neuron has a value of its own, rather than all of them one
            together. Always so when the values at the start are not one number.

    Raises:
        ModelError: For bounds that are no numbers, or a lower above the upper.

    References:
        N. Perez-Nieves, V. C. H. Leung, P. L. Dragotti, D. F. M. Goodman, "Neural heterogeneity
        promotes robust learning", Nature Communications 12, 5791 (2021).

    Example:
        >>> tau_mem = Trainable(20.0, lower=5.0, upper=50.0, per_neuron=True)
        >>> LeakyIntegrateFire(v_thresh=1.0, tau_mem=tau_mem).tau_mem
        Trainable(value=20.0, lower=5.0, upper=50.0, per_neuron=True)
    """

    value = ValueAttribute()

    def __init__(
        self,
        value: Any,
        lower: Optional[float] = None,
        upper: Optional[float] = None,
        per_neuron: bool = False,
    ) -> None:
        if isinstance(value, Trainable):
            raise ModelError("Trainable", "its value is one, too", "give the value alone")
        self.value = value
        self.lower = optional_number(lower, "Trainable", "lower")
        self.upper = optional_number(upper, "Trainable", "upper")
        self.per_neuron = bool(per_neuron)
        self._engine()

    def _make(self) -> Any:
        return _saltus.trainable(engine_value(self.value), self.lower, self.upper, self.per_neuron)
