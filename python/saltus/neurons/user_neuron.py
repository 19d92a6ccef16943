"""Neurons that are written as equations."""

from __future__ import annotations

from typing import Any, Dict, Optional, Sequence, Tuple

from .. import _saltus
from .._values import engine_value, require_count, to_value
from .neuron import Neuron


class UserNeuron(Neuron):
    """A neuron as its equations, from which the forward step, the gradient and the kernels follow.

    In scope are the states, the parameters, the derived constants, the synaptic input current `i`
    and the timestep `dt` (ms). Within a step `i` is constant, and the differential equations are
    solved; then the threshold is tested and the reset applied.

    Args:
        equations: One for each state, for example "dv/dt = (i - v) / tau_mem".
        parameters: Values by name: numbers, or arrays or initializers with one a neuron; or pairs
            of a value and its unit. Those in "ms" must be positive.
        states: Initial values by name, likewise.
        threshold: A comparison, for example "v >= v_thresh"; "" when the neuron does not spike.
        reset: Assignments, for example ["v = v_reset"], evaluated on the state before the reset.
        output: The state that readouts sample; the first one when left out.
        derived: Constants computed from the parameters and dt, by name.
        tau_refrac: No spikes for this long (ms) after a spike; None for no such time.
        integrate_during_refrac: Whether the states go on evolving meanwhile.
        held: Those that are held meanwhile when not; all of them when left out.
        solver: "exact" for equations that are linear in the states and `i`; "exponential_euler"
            (each state exactly, for its equation linearised where the step begins), "euler", "rk4";
            "auto" is the first where it can be, otherwise the second.
        sub_steps: Into how many the solver divides a step, unless it is exact. After that which
            crosses the threshold the others are left out.
        readout: Readout, its name, or None.

    Attributes:
        units: Units of parameters and states by name, where they were given.

    Raises:
        ModelError: For a solver that there is not; when it is compiled, for an equation with a
            mistake, naming line and column.

    Example:
        >>> quadratic = UserNeuron(
        ...     equations=["dv/dt = (v * (v - v_c) + i) / tau"],
        ...     parameters={"tau": (10.0, "ms"), "v_c": 0.4},
        ...     states={"v": 0.0},
        ...     threshold="v >= 1",
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
        held: Sequence[str] = (),
        solver: str = "auto",
        sub_steps: int = 1,
        readout: Any = None,
    ) -> None:
        where = type(self).__name__
        self.equations = list(equations)
        self.units: Dict[str, str] = {}
        self.parameters = self._values(parameters)
        self.states = self._values(states)
        self.threshold = threshold
        self.reset = list(reset)
        self.output = next(iter(self.states), "") if output is None else output
        self.derived = dict(derived or {})
        self.tau_refrac = None if tau_refrac is None else to_value(tau_refrac, where, "tau_refrac")
        self.integrate_during_refrac = bool(integrate_during_refrac)
        self.held = list(held)
        self.solver = solver
        self.sub_steps = require_count(sub_steps, where, "sub_steps", 1)
        self.readout = readout
        self._engine()

    def _values(self, given: Dict[str, Any]) -> Dict[str, Any]:
        values = {}
        for key, value in given.items():
            if isinstance(value, tuple) and len(value) == 2 and isinstance(value[1], str):
                value, self.units[key] = value
            values[key] = to_value(value, type(self).__name__, key)
        return values

    def _make(self) -> Any:
        refractory: Optional[Tuple[Any, bool, Any]] = None
        if self.tau_refrac is not None:
            refractory = (engine_value(self.tau_refrac), self.integrate_during_refrac, self.held)
        unit = self.units.get
        return _saltus.user_neuron(
            parameters=[
                (key, engine_value(value), unit(key, ""), "")
                for key, value in self.parameters.items()
            ],
            derived=list(self.derived.items()),
            states=[
                (key, engine_value(value), unit(key, "")) for key, value in self.states.items()
            ],
            equations=self.equations,
            threshold=self.threshold,
            reset=self.reset,
            refractory=refractory,
            output=self.output,
            solver=self.solver,
            sub_steps=self.sub_steps,
            readout=self._readout_name(),
        )
