"""The base of all neurons, and neurons that are written as equations."""

from __future__ import annotations

from typing import Any, Dict, Optional, Sequence

from .. import _saltus
from .._described import Described
from .._values import engine_value, to_value
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


class DeclaredNeuron(Neuron):
    """A neuron as its equations, from which the forward step, the gradient and the kernels follow.

    In scope are the states, the parameters, the derived constants, the synaptic input current `i`
    and the timestep `dt` (ms). Within a step `i` is constant, and differential equations that are
    linear in the states are solved exactly; then the threshold is tested and the reset applied.

    Args:
        equations: One for each state, for example "dv/dt = (i - v) / tau_mem".
        parameters: Values by name: numbers, or arrays or initializers with one a neuron.
        states: Initial values by name, likewise.
        threshold: A comparison, for example "v >= v_thresh"; "" when the neuron does not spike.
        reset: Assignments, for example ["v = v_reset"], evaluated on the state before the reset.
        output: The state that readouts sample; the first one when left out.
        derived: Constants computed from the parameters and dt, by name.
        tau_refrac: No spikes for this long (ms) after a spike; None for no such time.
        integrate_during_refrac: Whether the states go on evolving meanwhile.
        held: Those that are held meanwhile when not; all of them when left out.
        name: Name in messages.
        readout: Readout, its name, or None.

    Raises:
        ModelError: When it is compiled, for an equation with a mistake, naming line and column.

    Example:
        >>> quadratic = DeclaredNeuron(
        ...     equations=["dv/dt = (r * i - v) / tau"],
        ...     parameters={"tau": 10.0, "r": 1.0, "v_thresh": 1.0},
        ...     states={"v": 0.0},
        ...     threshold="v >= v_thresh",
        ...     reset=["v = 0"],
        ... )
    """

    def __init__(
        self,
        equations: Sequence[str],
        parameters: Dict[str, Any],
        states: Dict[str, Any],
        threshold: str = "",
        reset: Sequence[str] = (),
        output: Optional[str] = None,
        derived: Optional[Dict[str, str]] = None,
        tau_refrac: Any = None,
        integrate_during_refrac: bool = True,
        name: str = "declared_neuron",
        readout: Any = None,
        held: Sequence[str] = (),
    ) -> None:
        self.equations = list(equations)
        self.parameters = {key: to_value(value, name, key) for key, value in parameters.items()}
        self.states = {key: to_value(value, name, key) for key, value in states.items()}
        self.threshold = threshold
        self.reset = list(reset)
        self.output = next(iter(self.states), "") if output is None else output
        self.derived = dict(derived or {})
        self.tau_refrac = None if tau_refrac is None else to_value(tau_refrac, name, "tau_refrac")
        self.integrate_during_refrac = bool(integrate_during_refrac)
        self.held = list(held)
        self.name = name
        self.readout = readout
        self._engine()

    def _make(self) -> Any:
        refractory = None
        if self.tau_refrac is not None:
            refractory = (engine_value(self.tau_refrac), self.integrate_during_refrac, self.held)
        return _saltus.declared_neuron(
            name=self.name,
            parameters=[(key, engine_value(v), "", "") for key, v in self.parameters.items()],
            derived=list(self.derived.items()),
            states=[(key, engine_value(v), "") for key, v in self.states.items()],
            equations=self.equations,
            threshold=self.threshold,
            reset=self.reset,
            refractory=refractory,
            output=self.output,
            readout=self._readout_name(),
        )
