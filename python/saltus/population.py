"""Populations: groups of neurons of one model."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any, List, Optional, Union

from . import _context
from ._described import take_defaults
from ._values import Shape, to_shape
from .neurons import Neuron, get_neuron

if TYPE_CHECKING:
    from .connection import Connection
    from .network import Network


class Population:
    """A group of neurons of one model, in the network whose `with` block it is created in.

    Args:
        neuron: Neuron, which is copied, or the name of one that has a default for every argument.
        shape: Number of neurons, or numbers along each axis: (rows, columns, channels). May be left
            out when a connection infers it.
        record_spikes: Whether scripts for mlGeNN find its spikes; recorders need it not.
        record_spike_events: Likewise.
        name: Unique in its network; "Pop0", "Pop1", ... when left out.

    Attributes:
        neuron: The copy of the neuron. Its attributes may change until the network is compiled.
        incoming_connections: Connections to it, as weak references: call them.
        outgoing_connections: Connections from it, likewise.

    Raises:
        ModelError: Outside of a network, for an unknown neuron, a name that is taken, or a shape
            without neurons.

    Example:
        >>> with Network():
        ...     hidden = Population(LeakyIntegrateFire(tau_mem=20.0), (8, 8, 2), name="hidden")
        >>> hidden.size
        128
    """

    def __init__(
        self,
        neuron: Union[Neuron, str],
        shape: Union[int, Shape, None] = None,
        record_spikes: bool = False,
        record_spike_events: bool = False,
        name: Optional[str] = None,
    ) -> None:
        network = _context.require_network("Population")
        self.neuron = get_neuron(neuron)
        take_defaults(self.neuron, _context.default_params_of(type(self.neuron), network))
        self._given_shape = to_shape(shape, "Population" if name is None else f"Population {name}")
        self.record_spikes = bool(record_spikes)
        self.record_spike_events = bool(record_spike_events)
        self._described = network._described.population(
            self.neuron._engine(), self._given_shape, name or ""
        )
        self.name: str = self._described.name
        self.incoming_connections: "List[weakref.ref[Connection]]" = []
        self.outgoing_connections: "List[weakref.ref[Connection]]" = []
        self._owner = network
        network.populations.append(self)

    @property
    def shape(self) -> Optional[Shape]:
        """Numbers of neurons along each axis; None as long as it is not known. May be set."""
        return self._described.shape

    @shape.setter
    def shape(self, shape: Any) -> None:
        before = self._given_shape
        self._given_shape = to_shape(shape, f"Population {self.name}")
        try:
            self._owner._describe_again()
        except Exception:
            self._given_shape = before
            raise

    @property
    def size(self) -> int:
        """Number of neurons.

        Raises:
            ModelError: When the shape is not known.
        """
        return self._described.size

    def _network(self) -> "Network":
        return self._owner

    def _keep_shape(self) -> None:
        """Keeps a shape that was set by a call of connect(), as if it had been given."""
        self._given_shape = self._described.shape

    def __reduce_ex__(self, protocol: Any) -> Any:
        """It is copied and pickled with its network; a copy by itself would belong to none."""
        from .network import part_of

        return part_of, (self._owner, "populations", self._owner.populations.index(self))

    def __repr__(self) -> str:
        readout = self.neuron.readout
        read = "" if readout is None else f", reads {type(readout).__name__}"
        return f"<Population {self.name}: {type(self.neuron).__name__}, shape {self.shape}{read}>"
