"""Plots of what networks are, do and learn, with Matplotlib, which is loaded when this module is.

Every function draws into the axes given, or into new ones, and returns them; without a screen, too.
"""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Optional, Sequence, Tuple

import numpy as np

from ._layout import COLUMN, arranged, connection_label, population_label
from .errors import ModelError

try:
    import matplotlib.pyplot as plt
except ImportError as error:  # pragma: no cover
    raise ImportError("saltus.plot needs Matplotlib: pip install matplotlib") from error

__all__ = ["confusion", "learning_curve", "network", "raster", "traces", "weights"]


def _axes(axes: Any, **settings: Any) -> Any:
    return plt.subplots(layout="constrained", **settings)[1] if axes is None else axes


def _without_frame(axes: Any) -> None:
    axes.spines[["top", "right"]].set_visible(False)


def _spikes_of(
    trace: Any, populations: Optional[Sequence[Any]], dt: float
) -> Iterator[Tuple[str, np.ndarray, np.ndarray, Optional[int]]]:
    """Name, times in ms, neurons, and the number of all neurons where it is known."""
    is_trace = hasattr(trace, "spikes")
    spikes = trace.spikes if is_trace else trace
    for key in _in_order(spikes) if populations is None else populations:
        times, neurons = (np.asarray(part) for part in spikes[key])
        if populations is None and not len(times):
            continue
        population = key.population() if hasattr(key, "population") else key
        name = getattr(population, "name", str(population))
        yield name, times * dt if is_trace else times, neurons, getattr(population, "size", None)


def _in_order(spikes: Any) -> List[Any]:
    """Populations in the order of their network, everything else as it comes."""
    keys = list(spikes)
    if not all(hasattr(key, "_network") for key in keys):
        return keys
    return sorted(keys, key=lambda population: population._network().populations.index(population))


def raster(
    trace: Any, populations: Optional[Sequence[Any]] = None, dt: float = 1.0, ax: Any = None
) -> Any:
    """Spikes of one example: a dot for each, populations above each other.

    Args:
        trace: What compiled.trace() returns; or a dictionary with (times in ms, neurons) by
            population or name, as a SpikeRecorder gives them for one example, arrays of shape
            (spikes,).
        populations: Populations or layers to show, from the bottom up; all that spiked when left
            out.
        dt: Length of a timestep in ms, for a trace.
        ax: Axes to draw into.

    Returns:
        The axes: time in ms, and neurons, of which those of a population follow on each other.

    Raises:
        KeyError: For a population that the trace does not have.

    Example:
        >>> axes = saltus.plot.raster(compiled.trace({inputs: x}, 0))
        >>> axes.get_xlabel()
        'time (ms)'
    """
    axes = _axes(ax)
    offset, middles, names = 0, [], []
    for number, (name, times, neurons, size) in enumerate(_spikes_of(trace, populations, dt)):
        size = int(neurons.max(initial=0)) + 1 if size is None else int(size)
        color = f"C{number % 10}"
        marker = float(np.clip(600.0 / max(size, 1), 2.0, 5.0))
        axes.plot(times, neurons + offset, ".", markersize=marker, color=color, markeredgewidth=0)
        if offset:
            axes.axhline(offset - 0.5, color="0.8", linewidth=0.8, zorder=0)
        middles.append(offset + (size - 1) / 2)
        names.append((f"{name}\n{size}", color))
        offset += size
    axes.set_xlabel("time (ms)")
    axes.set_ylabel("neuron")
    axes.set_ylim(-0.5, max(offset, 1) - 0.5)
    _without_frame(axes)
    # Names at the right, so that the numbers of neurons keep the left.
    beside = axes.secondary_yaxis("right")
    beside.set_yticks(middles, [name for name, _ in names])
    beside.tick_params(length=0)
    beside.spines["right"].set_visible(False)
    for label, (_, color) in zip(beside.get_yticklabels(), names):
        label.set_color(color)
    return axes


def traces(
    trace: Any,
    population: Any = None,
    state: str = "v",
    neurons: Optional[Sequence[int]] = None,
    dt: float = 1.0,
    threshold: Optional[float] = None,
    ax: Any = None,
) -> Any:
    """A state of some neurons against time, with their spikes as dots above.

    Args:
        trace: What compiled.trace() returns; or values of shape (steps, neurons), as a VarRecorder
            gives them for one example.
        population: Population, layer or name, for a trace.
        state: Name of the state.
        neurons: Numbers of the neurons to show; the first ten when left out.
        dt: Length of a timestep in ms.
        threshold: Where to draw a dashed line.
        ax: Axes to draw into.

    Returns:
        The axes: time in ms, and the state, whose unit is that of the neuron's equations.

    Raises:
        ModelError: For a state, population or neuron that the trace does not have.

    Example:
        >>> axes = saltus.plot.traces(compiled.trace({inputs: x}, 0), output)
        >>> axes.get_ylabel()
        'v of output'
    """
    values, name, spikes = _states_of(trace, population, state)
    shown = list(range(min(values.shape[1], 10))) if neurons is None else list(neurons)
    for neuron in shown:
        if not 0 <= neuron < values.shape[1]:
            raise ModelError(
                "traces",
                f"there is no neuron {neuron} among {values.shape[1]}",
                "give numbers from 0 on",
            )
    axes = _axes(ax)
    times = dt * np.arange(len(values))
    for number, neuron in enumerate(shown):
        color = f"C{number % 10}"
        axes.plot(times, values[:, neuron], color=color, linewidth=1.2, label=str(neuron))
        steps = np.empty(0) if spikes is None else spikes[0][spikes[1] == neuron]
        if len(steps):
            axes.plot(
                steps * dt,
                np.full(len(steps), 1.02 + 0.025 * (number % 10)),
                "|",
                color=color,
                transform=axes.get_xaxis_transform(),
                clip_on=False,
            )
    if threshold is not None:
        axes.axhline(threshold, color="0.5", linestyle="--", linewidth=0.8)
    axes.set_xlabel("time (ms)")
    axes.set_ylabel(f"{state} of {name}" if name else state)
    axes.margins(x=0.01)
    _without_frame(axes)
    if 1 < len(shown) <= 10:
        axes.legend(title="neuron", loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False)
    return axes


def _states_of(trace: Any, population: Any, state: str) -> Tuple[np.ndarray, str, Any]:
    """Values (steps, neurons), the population's name and its spikes, where they are known."""
    if not hasattr(trace, "states"):
        values = np.asarray(trace)
        if values.ndim != 2:
            raise ModelError(
                "traces", f"the values have shape {values.shape}", "give (steps, neurons)"
            )
        return values, "", None
    if hasattr(population, "population"):
        population = population.population()
    name = getattr(population, "name", str(population))
    key = f"{name}.{state}"
    if key not in trace.states:
        known = ", ".join(sorted(trace.states)) or "none"
        raise ModelError("traces", f"there is no state '{key}'", f"known are {known}")
    try:
        spikes = trace.spikes[population]
    except KeyError:
        spikes = None
    return trace.states[key], name, spikes


def learning_curve(
    history: Sequence[Dict[str, float]], figures: Optional[Sequence[str]] = None, ax: Any = None
) -> Any:
    """Figures of training against the epoch: losses and errors from the left axis, fractions such
    as the accuracy from the right one. Those of a validation are dashed.

    Args:
        history: `metrics.history` of train().
        figures: Names to show; all but the seconds when left out.
        ax: Axes to draw into.

    Returns:
        The axes of the losses, or the only ones there are.

    Raises:
        ModelError: When the history has no epoch, or no such figure.

    Example:
        >>> metrics, _ = compiled.train({inputs: x}, {output: y}, 2)
        >>> axes = saltus.plot.learning_curve(metrics.history)
        >>> axes.get_xlabel(), axes.get_ylabel()
        ('epoch', 'loss')
    """
    if not history:
        raise ModelError("learning_curve", "the history has no epoch", "train for at least one")
    known = [name for name in history[0] if name not in ("epoch", "seconds")]
    shown = known if figures is None else list(figures)
    for name in shown:
        if name not in known:
            raise ModelError("learning_curve", f"there is no '{name}'", f"known are {known}")
    fractions = [name for name in shown if name.endswith("accuracy")]
    others = [name for name in shown if name not in fractions]
    axes = _axes(ax)
    second = axes.twinx() if fractions and others else axes
    colors = {name: f"C{n % 10}" for n, name in enumerate(dict.fromkeys(map(_trained, shown)))}
    lines: List[Any] = []
    for name in shown:
        target = second if name in fractions else axes
        lines += target.plot(
            [epoch["epoch"] for epoch in history],
            [epoch[name] for epoch in history],
            "--" if name.startswith("validation_") else "-",
            marker="o" if len(history) < 30 else None,
            markersize=3,
            color=colors[_trained(name)],
            label=name.replace("_", " "),
        )
    axes.set_xlabel("epoch")
    axes.set_ylabel("loss" if others else "fraction of examples")
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.spines["top"].set_visible(False)
    if second is not axes:
        second.set_ylabel("fraction of examples")
        second.spines["top"].set_visible(False)
    else:
        axes.spines["right"].set_visible(False)
    # Above the curves, which may be anywhere.
    axes.legend(
        handles=lines, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2, frameon=False
    )
    return axes


def _trained(name: str) -> str:
    return name[len("validation_") :] if name.startswith("validation_") else name


def _counted(given: Any) -> np.ndarray:
    """A matrix of counts that was given."""
    matrix: np.ndarray = np.asarray(given)
    if matrix.ndim == 2 and matrix.shape[0] == matrix.shape[1] and matrix.dtype.kind in "iu":
        return matrix
    raise ModelError(
        "confusion",
        f"there are no predictions, and the first argument is no matrix of counts "
        f"({matrix.dtype}, shape {matrix.shape})",
        "give labels and predictions, or a ConfusionMatrix after evaluate()",
    )


def _count(y_true: Any, y_pred: Any) -> np.ndarray:
    """How often examples of each class were taken for each, from classes or readouts."""
    true, found = np.asarray(y_true), np.asarray(y_pred)
    size = found.shape[1] if found.ndim == 2 else 0
    found = found.argmax(axis=1) if found.ndim == 2 else found
    if true.shape != found.shape:
        raise ModelError(
            "confusion",
            f"there are {len(true)} labels for {len(found)} predictions",
            "give as many",
        )
    size = max(size, int(max(true.max(initial=0), found.max(initial=0))) + 1)
    counts = np.bincount(true.astype(np.int64) * size + found, minlength=size * size)
    return counts.reshape(size, size)


def confusion(
    y_true: Any, y_pred: Any = None, labels: Optional[Sequence[str]] = None, ax: Any = None
) -> Any:
    """How often examples of a class (rows) were taken for another (columns). Colours are fractions
    of the row, so that rare classes show as well.

    Args:
        y_true: Class of each example, shape (examples,). Or, alone, a ConfusionMatrix that has seen
            examples, or such a matrix, shape (classes, classes).
        y_pred: Classes found, shape (examples,), or readouts, shape (examples, classes).
        labels: Names of the classes.
        ax: Axes to draw into.

    Returns:
        The axes.

    Raises:
        ModelError: When the numbers of examples differ, there are fewer names than classes, or the
            first argument alone is no matrix.

    Example:
        >>> predictions, _ = compiled.predict({inputs: x}, output)
        >>> axes = saltus.plot.confusion(y, predictions[output])
        >>> axes.get_xlabel(), axes.get_ylabel()
        ('class found', 'true class')
    """
    matrix = (
        _counted(getattr(y_true, "result", y_true)) if y_pred is None else _count(y_true, y_pred)
    )
    size = len(matrix)
    if labels is not None and len(labels) < size:
        raise ModelError(
            "confusion", f"there are {len(labels)} names for {size} classes", "give one for each"
        )
    shares = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    axes = _axes(ax)
    image = axes.imshow(shares, cmap="Blues", vmin=0.0, vmax=1.0)
    # Numbers that would overlap say nothing.
    for (row, column), count in np.ndenumerate(matrix if size <= 20 else np.empty((0, 0))):
        if count:
            color = "white" if shares[row, column] > 0.5 else "black"
            axes.text(column, row, str(count), ha="center", va="center", color=color, fontsize=8)
    names = [str(name) for name in (range(size) if labels is None else labels)]
    rotation = 45 if max(map(len, names)) > 3 else 0
    axes.set_xticks(
        range(size), names[:size], rotation=rotation, ha="right" if rotation else "center"
    )
    axes.set_yticks(range(size), names[:size])
    axes.set_xlabel("class found")
    axes.set_ylabel("true class")
    axes.figure.colorbar(image, ax=axes, label="fraction of the true class", shrink=0.8)
    return axes


def weights(values: np.ndarray, kind: str = "histogram", ax: Any = None) -> Any:
    """Weights of a connection: how they are distributed, or as a picture.

    Args:
        values: Weights of any shape, as compiled.weights() returns them; for "matrix" of at least
            two axes, of which all but the last are flattened.
        kind: "histogram" or "matrix".
        ax: Axes to draw into.

    Returns:
        The axes.

    Raises:
        ModelError: For another kind, no weights, or a matrix of less than two axes.

    Example:
        >>> axes = saltus.plot.weights(compiled.weights(hidden))
        >>> axes.get_xlabel()
        'weight'
    """
    array = np.asarray(values, dtype=np.float64)
    if kind not in ("histogram", "matrix"):
        raise ModelError("weights", f"kind is {kind!r}", "give 'histogram' or 'matrix'")
    if array.size == 0:
        raise ModelError("weights", "there are no weights", "give at least one")
    if kind == "matrix":
        return _weight_matrix(array, ax)
    axes = _axes(ax)
    axes.hist(array.ravel(), bins=int(np.clip(np.sqrt(array.size), 10, 80)), color="C0")
    mean, sd = array.mean(), array.std()
    axes.axvline(0.0, color="0.6", linewidth=0.8)
    axes.axvline(mean, color="C1", linestyle="--", linewidth=1.2)
    axes.set_title(f"{array.size:,} weights, mean {mean:.3g}, sd {sd:.3g}", fontsize="medium")
    axes.set_xlabel("weight")
    axes.set_ylabel("number of weights")
    _without_frame(axes)
    return axes


def _weight_matrix(array: np.ndarray, ax: Any) -> Any:
    if array.ndim < 2:
        raise ModelError(
            "weights", f"the weights have shape {array.shape}", "give a matrix, or a histogram"
        )
    matrix = array.reshape(-1, array.shape[-1])
    axes = _axes(ax)
    # Symmetric, so that white is zero.
    bound = float(np.abs(matrix).max()) or 1.0
    image = axes.imshow(
        matrix, cmap="RdBu_r", vmin=-bound, vmax=bound, aspect="auto", interpolation="nearest"
    )
    axes.set_xlabel("target neuron" if array.ndim == 2 else "filter")
    axes.set_ylabel("source neuron" if array.ndim == 2 else "element of the kernel")
    axes.figure.colorbar(image, ax=axes, label="weight")
    return axes


def network(net: Any, ax: Any = None) -> Any:
    """Populations as boxes, with the connections between them as arrows, from the inputs at the
    left to the outputs at the right.

    Args:
        net: Network, or a compiled network.
        ax: Axes to draw into.

    Returns:
        The axes, without ticks.

    Raises:
        ModelError: For a network without populations.

    Example:
        >>> axes = saltus.plot.network(compiled)
        >>> [text.get_text().splitlines()[0] for text in axes.texts[:2]]
        ['input', 'hidden']
    """
    described = getattr(net, "network", net)
    if not described.populations:
        raise ModelError("network", "it has no population", "describe some first")
    places = arranged(described)
    across = [x for x, _ in places.values()]
    heights = [y for _, y in places.values()]
    loops = [places[c.source()][1] for c in described.connections if c.source() is c.target()]
    low, high = min(heights) - 0.6, max(max(heights) + 0.6, max(loops, default=-1.0) + 1.2)
    axes = _axes(ax, figsize=(max(across) + 2.2, high - low))
    # One unit is as long either way, so that the middle of an arc can be told.
    axes.set_aspect("equal")
    axes.set_xlim(-1.1, max(across) + 1.1)
    axes.set_ylim(low, high)
    axes.set_axis_off()
    colors = {"input": "#dbe9f6", "hidden": "#eeeeee", "output": "#fde5cf"}
    drawn = {}
    for population, (x, y) in places.items():
        text, kind = population_label(population)
        drawn[population] = axes.text(
            x,
            y,
            text,
            ha="center",
            va="center",
            fontsize=9,
            zorder=3,
            bbox={"boxstyle": "round,pad=0.5", "facecolor": colors[kind], "edgecolor": "0.4"},
        )
    for connection in described.connections:
        _arrow(axes, places, drawn, connection)
    return axes


def _arrow(axes: Any, places: Any, drawn: Any, connection: Any) -> None:
    source, target = connection.source(), connection.target()
    (x1, y1), (x2, y2) = places[source], places[target]
    if source is target:
        # A loop above the box.
        x1, x2, y1, y2, bend = x1 - 0.35, x1 + 0.05, y1 + 0.3, y2 + 0.3, -1.6
    else:
        bend = 0.0 if 0 < x2 - x1 < 1.5 * COLUMN else 0.25
    axes.annotate(
        "",
        (x2, y2),
        (x1, y1),
        arrowprops={
            "arrowstyle": "-|>",
            "color": "0.3",
            "mutation_scale": 12,
            "shrinkA": 0,
            "shrinkB": 0,
            "connectionstyle": f"arc3,rad={bend}",
            "patchA": None if source is target else drawn[source].get_bbox_patch(),
            "patchB": None if source is target else drawn[target].get_bbox_patch(),
        },
        zorder=2,
    )
    # The middle of the arc lies off the straight line, to the right of its direction.
    axes.text(
        (x1 + x2) / 2 + bend * (y2 - y1) / 2,
        (y1 + y2) / 2 - bend * (x2 - x1) / 2 + (0.04 if source is target else 0.0),
        connection_label(connection),
        ha="center",
        va="bottom" if source is target else "center",
        fontsize=7,
        color="0.3",
        zorder=2.5,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.0, "alpha": 0.9},
    )
