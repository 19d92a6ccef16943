"""Plots of what networks do and learn, with Matplotlib, which is loaded when this module is.

Every function draws into the axes given, or into new ones, and returns them.
"""

from __future__ import annotations

from typing import Any, Dict, Optional, Sequence

import numpy as np

from .errors import ModelError

try:
    import matplotlib.pyplot as plt
except ImportError as error:  # pragma: no cover
    raise ImportError("saltus.plot needs Matplotlib: pip install matplotlib") from error

__all__ = ["confusion", "learning_curve", "raster", "weights"]


def _axes(axes: Any) -> Any:
    return plt.subplots()[1] if axes is None else axes


def raster(
    trace: Any, populations: Optional[Sequence[Any]] = None, dt: float = 1.0, ax: Any = None
) -> Any:
    """Spikes of one example: a dot for each, populations above each other.

    Args:
        trace: What compiled.trace() returns.
        populations: Populations or layers to show; all that spiked when left out.
        dt: Length of a timestep in ms.
        ax: Axes to draw into.

    Returns:
        The axes.

    Raises:
        KeyError: For a population that the trace does not have.

    Example:
        >>> saltus.plot.raster(compiled.trace({inputs: x}, 0))
    """
    axes = _axes(ax)
    shown = list(trace.spikes) if populations is None else list(populations)
    offset = 0
    for number, key in enumerate(shown):
        steps, neurons = trace.spikes[key]
        if populations is None and not len(steps):
            continue
        population = key.population() if hasattr(key, "population") else key
        color = f"C{number % 10}"
        axes.plot(steps * dt, neurons + offset, ".", markersize=2, color=color)
        name = getattr(population, "name", str(population))
        axes.annotate(
            name, (1.01, offset), xycoords=("axes fraction", "data"), color=color, va="bottom"
        )
        offset += getattr(population, "size", int(neurons.max(initial=0)) + 1)
    axes.set_xlabel("time (ms)")
    axes.set_ylabel("neuron")
    return axes


def learning_curve(
    history: Sequence[Dict[str, float]], figures: Optional[Sequence[str]] = None, ax: Any = None
) -> Any:
    """Figures of training against the epoch.

    Args:
        history: `metrics.history` of train().
        figures: Names to show; all but the seconds when left out.
        ax: Axes to draw into.

    Returns:
        The axes.

    Raises:
        ModelError: When the history has no epoch, or no such figure.

    Example:
        >>> metrics, _ = compiled.train({inputs: x}, {output: y}, 10)
        >>> saltus.plot.learning_curve(metrics.history)
    """
    if not history:
        raise ModelError("learning_curve", "the history has no epoch", "train for at least one")
    known = [name for name in history[0] if name not in ("epoch", "seconds")]
    axes = _axes(ax)
    for name in known if figures is None else figures:
        if name not in known:
            raise ModelError("learning_curve", f"there is no '{name}'", f"known are {known}")
        axes.plot([e["epoch"] for e in history], [e[name] for e in history], ".-", label=name)
    axes.set_xlabel("epoch")
    axes.legend()
    return axes


def confusion(
    y_true: Any, y_pred: Any, labels: Optional[Sequence[str]] = None, ax: Any = None
) -> Any:
    """How often examples of a class (rows) were taken for another (columns).

    Args:
        y_true: Class of each example, shape (examples,).
        y_pred: Classes found, shape (examples,), or readouts, shape (examples, classes).
        labels: Names of the classes.
        ax: Axes to draw into.

    Returns:
        The axes.

    Raises:
        ModelError: When the numbers of examples differ.

    Example:
        >>> predictions, _ = compiled.predict({inputs: x}, output)
        >>> saltus.plot.confusion(y, predictions[output])
    """
    true, found = np.asarray(y_true), np.asarray(y_pred)
    found = found.argmax(axis=1) if found.ndim == 2 else found
    if true.shape != found.shape:
        raise ModelError(
            "confusion",
            f"there are {len(true)} labels for {len(found)} predictions",
            "give as many",
        )
    size = int(max(true.max(initial=0), found.max(initial=0))) + 1
    counts = np.bincount(true.astype(np.int64) * size + found, minlength=size * size)
    matrix = counts.reshape(size, size)
    axes = _axes(ax)
    axes.imshow(matrix, cmap="Blues")
    for (row, column), count in np.ndenumerate(matrix):
        color = "white" if count > matrix.max() / 2 else "black"
        axes.text(column, row, str(count), ha="center", va="center", color=color, fontsize=7)
    names = list(range(size)) if labels is None else labels
    axes.set_xticks(range(size), names)
    axes.set_yticks(range(size), names)
    axes.set_xlabel("found")
    axes.set_ylabel("true")
    return axes


def weights(values: np.ndarray, ax: Any = None) -> Any:
    """A histogram of weights.

    Args:
        values: Weights of any shape, as compiled.weights() returns them.
        ax: Axes to draw into.

    Returns:
        The axes.

    Example:
        >>> saltus.plot.weights(compiled.weights(hidden))
    """
    axes = _axes(ax)
    axes.hist(np.asarray(values).ravel(), bins=60)
    axes.set_xlabel("weight")
    axes.set_ylabel("number")
    return axes
