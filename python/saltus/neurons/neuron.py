"""The base of all neurons."""

from __future__ import annotations

from typing import Any, Optional

from .._described import Described
from ..readouts import Readout, get_readout


class Neuron(Described):
    """Base of all neurons.

    Attributes:
        readout: How the population is read if it is an output, or None. May be set to an object or
            a name.

    Example:
        >>> neuron = LeakyIntegrate(tau_mem=20.0)
        >>> neuron.readout = "avg_var"
        >>> neuron.readout
        AvgVar()
    """

    _readout: Optional[Readout] = None

    @property
    def readout(self) -> Optional[Readout]:
        """How the population is read if it is an output, or None."""
        return self._readout

    @readout.setter
    def readout(self, readout: Any) -> None:
        self._readout = get_readout(readout)

    def _readout_name(self) -> Optional[str]:
        return None if self._readout is None else self._readout._engine()


class Input(Neuron):
    """Base of neurons that take data.

    Example:
        >>> isinstance(SpikeInput(), Input)
        True
    """
