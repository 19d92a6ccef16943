"""Neurons: what a population is made of. Times are in ms."""

from typing import TYPE_CHECKING, Any

from .._absent import absent
from .._described import by_name, get_object
from .adaptive_exponential import AdaptiveExponential
from .adaptive_leaky_integrate_fire import AdaptiveLeakyIntegrateFire
from .inputs import BinarySpikeInput, IntegrateFireInput, LeakyIntegrateFireInput
from .inputs import PoissonInput, SpikeInput, ValueInput
from .integrate_fire import IntegrateFire
from .izhikevich import Izhikevich
from .leaky_integrate import LeakyIntegrate
from .leaky_integrate_fire import LeakyIntegrateFire
from .neuron import Input, Neuron
from .resonate_fire import ResonateFire
from .user_neuron import UserNeuron

__all__ = [
    "AdaptiveExponential",
    "AdaptiveLeakyIntegrateFire",
    "BinarySpikeInput",
    "Input",
    "IntegrateFire",
    "IntegrateFireInput",
    "Izhikevich",
    "LeakyIntegrate",
    "LeakyIntegrateFire",
    "LeakyIntegrateFireInput",
    "Neuron",
    "PoissonInput",
    "ResonateFire",
    "SpikeInput",
    "UserNeuron",
    "ValueInput",
]

_BY_NAME = by_name(
    AdaptiveExponential,
    Izhikevich,
    ResonateFire,
    AdaptiveLeakyIntegrateFire,
    BinarySpikeInput,
    IntegrateFire,
    IntegrateFireInput,
    LeakyIntegrate,
    LeakyIntegrateFire,
    LeakyIntegrateFireInput,
    PoissonInput,
    SpikeInput,
)


def get_neuron(given: Any) -> Neuron:
    """A neuron from an object or a name."""
    return get_object(given, Neuron, "Neuron", _BY_NAME)


if not TYPE_CHECKING:
    __getattr__ = absent(__name__)
