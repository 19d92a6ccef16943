"""What runs of a compiled network give."""

from __future__ import annotations

from typing import Any, Dict, NamedTuple, Tuple

import numpy as np

from ..metrics import MetricDict


class CheckedGradient(NamedTuple):
    """The derivative of the loss by one weight, computed in two ways.

    Attributes:
        connection: Name of the weight's connection.
        weight: Number of the weight in the flattened array of weights().
        value: The weight.
        gradient: What training uses, without regularisation.
        difference: The central difference of the loss, of the fourth order.
        error: How far the two are apart, relative to the greatest gradient of the connection.

    Example:
        >>> CheckedGradient("hidden", 0, 0.5, 0.25, 0.25, 0.0).error
        0.0
    """

    connection: str
    weight: int
    value: float
    gradient: float
    difference: float
    error: float


class Synapses(NamedTuple):
    """The synapses of a connection one by one, arrays of shape (synapses,).

    Attributes:
        pre: Source neuron of each.
        post: Target neuron.
        weight: What a spike adds at the target.
        delay: Timesteps on top of the one that every spike takes.

    Example:
        >>> synapses = compiled.synapses(hidden)
        >>> len(synapses.weight)
        96
    """

    pre: np.ndarray
    post: np.ndarray
    weight: np.ndarray
    delay: np.ndarray


class Trace(NamedTuple):
    """What one example did in a network.

    Attributes:
        spikes: By population, (steps, neurons) of its spikes, arrays of shape (spikes,).
        states: By "population.state", values after every step, shape (steps, neurons).
        readouts: By population, shape (neurons,).

    Example:
        >>> trace = compiled.trace({inputs: x}, 0)
        >>> trace.states["hidden.v"].shape, trace.readouts[output].shape
        ((20, 8), (3,))
    """

    spikes: Dict[Any, Tuple[np.ndarray, np.ndarray]]
    states: Dict[str, np.ndarray]
    readouts: Dict[Any, np.ndarray]


class MetricUpdates:
    """Metrics of a run: those that the engine computes, and those in Python, which are updated with
    the readouts of every batch.

    Args:
        metrics: The metrics by key.
        names: Names of their populations by key.
        shaped: Gives readouts (examples, neurons) of a population its shape.
    """

    def __init__(self, metrics: MetricDict, names: Dict[Any, str], shaped: Any) -> None:
        self.engine_names = sorted({str(m.engine_name) for m in metrics.values() if m.engine_name})
        self._own = [(m, names[key]) for key, m in metrics.items() if not m.engine_name]
        self._shaped = shaped
        self._targets: Dict[str, np.ndarray] = {}
        self._done = 0
        #: What the engine calls; None when it computes all there is.
        self.visitor = self._visit if self._own else None

    def begin(self, targets: Dict[str, np.ndarray]) -> None:
        """Takes the targets of the next batches."""
        self._targets = targets
        self._done = 0

    def _visit(self, readouts: Dict[str, np.ndarray]) -> None:
        for metric, name in self._own:
            count = len(readouts[name])
            shaped = self._shaped(readouts[name], name)
            targets = self._targets[name][self._done : self._done + count]
            if targets.ndim > 1:
                targets = targets.reshape((*targets.shape[:-1], *shaped.shape[1:]))
            metric.update(targets, shaped)
        self._done += max((len(values) for values in readouts.values()), default=0)
