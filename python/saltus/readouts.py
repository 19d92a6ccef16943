"""Readouts: how the values of an output population are read over an example."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Optional

from ._absent import absent
from ._described import Described, by_name, get_object, snake_case

__all__ = [
    "AvgVar",
    "AvgVarExpWeight",
    "FirstSpikeTime",
    "MaxVar",
    "Readout",
    "SpikeCount",
    "SumVar",
    "Var",
]


class Readout(Described):
    """Base of all readouts. They are given to a neuron, or named there.

    Example:
        >>> saltus.neurons.LeakyIntegrate(tau_mem=20.0, readout="avg_var")
        LeakyIntegrate(v=0.0, bias=0.0, tau_mem=20.0, scale_i=False, readout=AvgVar())
    """

    def _make(self) -> Any:
        return snake_case(type(self).__name__)


class Var(Readout):
    """The output variable at the end of the example, after the reset.

    Example:
        >>> LeakyIntegrate(readout=Var())
        LeakyIntegrate(v=0.0, bias=0.0, tau_mem=20.0, scale_i=False, readout=Var())
    """


class SumVar(Readout):
    """The sum of the output variable over the steps of the example, before the reset.

    Example:
        >>> LeakyIntegrate(readout=SumVar())
        LeakyIntegrate(v=0.0, bias=0.0, tau_mem=20.0, scale_i=False, readout=SumVar())
    """


class AvgVar(Readout):
    """The mean of the output variable over the steps of the example, before the reset.

    Example:
        >>> LeakyIntegrate(readout=AvgVar())
        LeakyIntegrate(v=0.0, bias=0.0, tau_mem=20.0, scale_i=False, readout=AvgVar())
    """


class AvgVarExpWeight(Readout):
    """The mean of the output variable over the steps of the example, of which early ones count
    more: step s of N with the weight exp(-s / N) / N.

    Example:
        >>> LeakyIntegrate(readout=AvgVarExpWeight())
        LeakyIntegrate(v=0.0, bias=0.0, tau_mem=20.0, scale_i=False, readout=AvgVarExpWeight())
    """


class MaxVar(Readout):
    """The greatest value of the output variable in the example, before the reset, at least 0.

    Example:
        >>> LeakyIntegrate(readout=MaxVar())
        LeakyIntegrate(v=0.0, bias=0.0, tau_mem=20.0, scale_i=False, readout=MaxVar())
    """


class FirstSpikeTime(Readout):
    """Minus the time (ms) of each neuron's first spike, so that the earliest is the greatest; about
    -3.4e38 for a neuron without a spike.

    Example:
        >>> neuron = LeakyIntegrateFire(readout=FirstSpikeTime())
    """


class SpikeCount(Readout):
    """The number of spikes of each neuron during the example.

    Example:
        >>> neuron = LeakyIntegrateFire(readout=SpikeCount())
    """


_BY_NAME = by_name(AvgVar, AvgVarExpWeight, FirstSpikeTime, MaxVar, SpikeCount, SumVar, Var)


def get_readout(given: Any) -> Optional[Readout]:
    """A readout from an object, a name or None."""
    return None if given is None else get_object(given, Readout, "Readout", _BY_NAME)


if not TYPE_CHECKING:
    __getattr__ = absent(__name__)
