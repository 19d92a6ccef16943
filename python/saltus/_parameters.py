"""Trained parameters of neurons and synapses: by name, in descriptions, and their optimisers."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Dict, Iterator, List, Tuple

import numpy as np

from . import _saltus
from .connection import connection_of
from .errors import ArgumentTypeError
from .neurons import UserNeuron
from .optimisers import Optimiser, get_optimiser
from .synapses import UserSynapse
from .trainable import Trainable

if TYPE_CHECKING:
    from .compilers.compiled_network import CompiledNetwork
    from .network import Network

#: Names of parameters in files, where mlGeNN has others.
FILE_NAMES = {"bias": "Bias"}


def split_name(name: str) -> Tuple[str, str]:
    """Population or connection, and parameter, of "population.parameter"."""
    owner, _, parameter = name.rpartition(".")
    return owner, parameter


def values_of(described: Any) -> Dict[str, Any]:
    """The values of a neuron or synapse by name."""
    by_name = isinstance(described, (UserNeuron, UserSynapse))
    values: Dict[str, Any] = described.parameters if by_name else vars(described)
    return values


def trainable_of(described: Any) -> Iterator[str]:
    """Names of the parameters that are marked."""
    for name, value in values_of(described).items():
        if isinstance(value, Trainable):
            yield name


def set_value(described: Any, name: str, value: np.ndarray) -> None:
    """Replaces the value of a parameter. A mark stays."""
    given: Any = value.item() if value.size == 1 else value
    before = values_of(described)[name]
    if isinstance(before, Trainable):
        marked = copy.copy(before)
        marked.value = given
        given = marked
    if isinstance(described, (UserNeuron, UserSynapse)):
        described.parameters = {**described.parameters, name: given}
    else:
        setattr(described, name, given)


def learned_delays(compiled: "CompiledNetwork") -> List[str]:
    """Names of the connections whose delays are learned."""
    given = getattr(compiled.compiler, "delay_learn_conns", ())
    return [connection_of(each, compiled.network).name for each in given]


def owner_of(network: "Network", owner: str) -> Any:
    """The neuron of the population of that name, or the synapse of the connection."""
    for population in network.populations:
        if population.name == owner:
            return population.neuron
    return network.find_connection(owner).synapse


def get_parameter_optimisers(given: Any, where: str) -> Any:
    """One for all, or a copy of a dictionary by name, or None."""
    if given is None:
        return None
    if isinstance(given, dict):
        for name in given:
            if not isinstance(name, str):
                raise ArgumentTypeError(
                    where,
                    f"parameter_optimisers has the key {name!r}",
                    'give names such as "hidden.tau_mem"',
                )
        return {name: get_optimiser(each) for name, each in given.items()}
    return get_optimiser(given)


def engine_optimisers(given: Any) -> _saltus.ParameterOptimisers:
    """The same as the engine takes it."""
    named = {"*": given} if isinstance(given, Optimiser) else dict(given or {})
    others = named.pop("*", None)
    return _saltus.ParameterOptimisers(
        None if others is None else others._engine(),
        {name: each._engine() for name, each in named.items()},
    )
