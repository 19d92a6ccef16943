"""Metrics: figures accumulated over the examples of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, List, Optional

import numpy as np

from ._absent import absent
from ._described import Described, by_name, get_object
from ._values import require_count
from .errors import ModelError

__all__ = [
    "ConfusionMatrix",
    "MeanSquareError",
    "Metric",
    "MetricDict",
    "SparseCategoricalAccuracy",
    "TopKAccuracy",
]


class Metric(Described):
    """Base of all metrics, and of those that you write.

    A subclass has ``update(y_true, y_pred)``, ``reset()`` and the attribute ``result``. Built-in
    metrics are computed by the engine; those that are written in Python can be used in evaluate().

    Attributes:
        result: The figure; None as long as no example was added.

    Example:
        >>> class TopTwo(Metric):
        ...     def reset(self):
        ...         self.hits, self.total = 0, 0
        ...     def update(self, y_true, y_pred):
        ...         best = numpy.argsort(y_pred, axis=1)[:, -2:]
        ...         self.hits += (best == y_true[:, None]).any(axis=1).sum()
        ...         self.total += len(y_true)
        ...     @property
        ...     def result(self):
        ...         return self.hits / self.total if self.total else None
    """

    #: The engine's name of the metric; None for those that are computed in Python.
    engine_name: Optional[str] = None
    result: Any

    def update(self, y_true: np.ndarray, y_pred: np.ndarray) -> None:
        """Adds examples.

        Args:
            y_true: Labels, shape (examples,).
            y_pred: Readouts, shape (examples,) + the population's shape.

        Raises:
            NotImplementedError: In classes that do not define it.
        """
        raise NotImplementedError(f"{type(self).__name__} does not define update()")

    def reset(self) -> None:
        """Forgets all examples.

        Raises:
            NotImplementedError: In classes that do not define it.
        """
        raise NotImplementedError(f"{type(self).__name__} does not define reset()")


def _require_same_number(metric: Metric, y_true: np.ndarray, y_pred: np.ndarray) -> None:
    if len(y_true) != len(y_pred):
        raise ModelError(
            type(metric).__name__,
            f"there are {len(y_true)} labels for {len(y_pred)} predictions",
            "give one label for each example",
        )


class _Mean(Metric):
    """A mean over examples, added up here or found by the engine."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self._sum = 0.0
        self._total = 0
        self._found: Optional[float] = None

    @property
    def result(self) -> Optional[float]:
        """The figure; None as long as no example was added."""
        if self._found is not None:
            return self._found
        return self._sum / self._total if self._total else None

    def _set(self, figure: Optional[float]) -> None:
        self._found = figure

    def __repr__(self) -> str:
        return f"{type(self).__name__}(result={self.result})"


class SparseCategoricalAccuracy(_Mean):
    """Fraction of examples whose largest readout is that of their label.

    Example:
        >>> metrics, _ = compiled.evaluate({inputs: x}, {output: y})
        >>> 0.0 <= metrics[output].result <= 1.0
        True
    """

    engine_name = "accuracy"

    def update(self, y_true: np.ndarray, y_pred: np.ndarray) -> None:
        """Adds examples.

        Args:
            y_true: Class of each example, shape (examples,).
            y_pred: Readouts, shape (examples, classes).

        Raises:
            ModelError: When the numbers of examples differ.
        """
        y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)
        _require_same_number(self, y_true, y_pred)
        best = y_pred.reshape(len(y_pred), -1).argmax(axis=1)
        self._sum += float(np.sum(best == y_true))
        self._total += len(y_true)


class TopKAccuracy(_Mean):
    """Fraction of examples with fewer than k readouts greater than that of their label.

    Args:
        k: How many classes count.

    Raises:
        ModelError: For k below 1.

    Example:
        >>> metrics, _ = compiled.evaluate({inputs: x}, {output: y}, metrics=TopKAccuracy(3))
        >>> metrics[output].result
        1.0
    """

    def __init__(self, k: int = 5) -> None:
        super().__init__()
        self.k = require_count(k, "TopKAccuracy", "k", 1)
        self.engine_name = f"top_{self.k}_accuracy"

    def update(self, y_true: np.ndarray, y_pred: np.ndarray) -> None:
        """Adds examples.

        Args:
            y_true: Class of each example, shape (examples,).
            y_pred: Readouts, shape (examples, classes).

        Raises:
            ModelError: When the numbers of examples differ.
        """
        y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)
        _require_same_number(self, y_true, y_pred)
        readouts = y_pred.reshape(len(y_pred), -1)
        own = readouts[np.arange(len(readouts)), y_true]
        self._sum += float(np.sum((readouts > own[:, None]).sum(axis=1) < self.k))
        self._total += len(y_true)


class MeanSquareError(_Mean):
    """Mean over all elements, of examples and populations, of (readout - target)^2, where targets
    are values of the readouts' shape. A label stands for 1 at its neuron and 0 at the others. With
    the loss MeanSquareError and targets for every timestep, the mean is over timesteps, too.

    Example:
        >>> metrics, _ = compiled.evaluate({inputs: x}, {output: y}, metrics="mean_square_error")
        >>> metrics[output].result > 0
        True
    """

    engine_name = "mean_square_error"

    def update(self, y_true: np.ndarray, y_pred: np.ndarray) -> None:
        """Adds examples.

        Args:
            y_true: Values of the readouts' shape, or the class of each example, whole numbers of
                shape (examples,).
            y_pred: Readouts, shape (examples,) + the population's shape.

        Raises:
            ModelError: When the numbers of examples or the shapes differ.
        """
        y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)
        _require_same_number(self, y_true, y_pred)
        if y_true.ndim == 1 and y_pred.ndim > 1 and y_true.dtype.kind in "iu":
            y_true = np.eye(y_pred.reshape(len(y_pred), -1).shape[1])[y_true].reshape(y_pred.shape)
        if y_true.shape != y_pred.shape:
            raise ModelError(
                "MeanSquareError",
                f"targets of shape {y_true.shape} are compared with predictions of {y_pred.shape}",
                "give targets of the predictions' shape",
            )
        self._sum += float(np.square(y_true - y_pred).reshape(len(y_pred), -1).mean(axis=1).sum())
        self._total += len(y_pred)


class ConfusionMatrix(Metric):
    """How often examples of each class were taken for each, for evaluate(). `saltus.plot.confusion`
    draws it.

    Attributes:
        result: Array of shape (classes, classes): the row is the label, the column the class with
            the largest readout (of equal ones the first). None as long as no example was added.

    Example:
        >>> metrics, _ = compiled.evaluate({inputs: x}, {output: y}, metrics="confusion_matrix")
        >>> int(metrics[output].result.sum()) == len(y)
        True
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forgets all examples."""
        self.result: Optional[np.ndarray] = None

    def update(self, y_true: np.ndarray, y_pred: np.ndarray) -> None:
        """Adds examples.

        Args:
            y_true: Class of each example, shape (examples,).
            y_pred: Readouts, shape (examples, classes).

        Raises:
            ModelError: When the numbers of examples differ, or a label is no class.
        """
        y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)
        _require_same_number(self, y_true, y_pred)
        if y_true.ndim != 1:
            raise ModelError(
                "ConfusionMatrix",
                f"it compares labels and was given values of shape {y_true.shape}",
                "use MeanSquareError, or give one class for each example",
            )
        readouts = y_pred.reshape(len(y_pred), -1)
        classes = readouts.shape[1]
        if len(y_true) and not (0 <= y_true.min() and y_true.max() < classes):
            wrong = y_true[(y_true < 0) | (y_true >= classes)][0]
            raise ModelError(
                "ConfusionMatrix",
                f"a label is {wrong}, but there are {classes} classes",
                f"give labels from 0 to {classes - 1}",
            )
        numbers = y_true.astype(np.int64) * classes + readouts.argmax(axis=1)
        counts = np.bincount(numbers, minlength=classes * classes).reshape(classes, classes)
        self.result = counts if self.result is None else self.result + counts

    def __repr__(self) -> str:
        total = 0 if self.result is None else int(self.result.sum())
        return f"ConfusionMatrix({total} examples)"


class MetricDict(Dict[Any, Metric]):
    """Metrics by output, under the keys that the labels were given with.

    Attributes:
        figures: What the engine found, by name: "accuracy", and of training "loss",
            "validation_loss", ...
        history: Of training, the figures of every epoch with "epoch" and "seconds".

    Args:
        metrics: Metrics by output.

    Example:
        >>> metrics, _ = compiled.train({inputs: x}, {output: y}, num_epochs=3)
        >>> sorted(metrics.history[0])
        ['accuracy', 'epoch', 'loss', 'seconds']
    """

    def __init__(self, metrics: Dict[Any, Metric]) -> None:
        super().__init__(metrics)
        self.figures: Dict[str, float] = {}
        self.history: List[Dict[str, float]] = []

    @property
    def loss(self) -> Optional[float]:
        """Mean loss of the examples, where one was computed."""
        return self.figures.get("loss")

    def _take(self, figures: Dict[str, float], names: Dict[Any, str], prefix: str = "") -> None:
        """Takes the engine's figures.

        With several outputs they stand as "population.figure".
        """
        self.figures = dict(figures)
        for key, metric in self.items():
            if not isinstance(metric, _Mean) or metric.engine_name is None:
                continue
            name = prefix + metric.engine_name
            metric._set(
                figures.get(f"{prefix}{names[key]}.{metric.engine_name}", figures.get(name))
            )


_BY_NAME = by_name(ConfusionMatrix, MeanSquareError, SparseCategoricalAccuracy, TopKAccuracy)


def _name_of(key: Any) -> str:
    """Of an output: its name, or what stands for it."""
    population = key.population() if hasattr(key, "population") else key
    return repr(getattr(population, "name", population))


def get_metrics(given: Any, keys: Any) -> MetricDict:
    """One metric for each key, from one object or name for all or a dictionary of them.

    Raises:
        ModelError: For a dictionary whose keys are others, or what is no metric.
    """
    keys = list(keys)
    if isinstance(given, dict):
        missing = [key for key in keys if key not in given]
        unknown = [key for key in given if key not in keys]
        if missing:
            raise ModelError(
                "metrics",
                f"there is none for the labels of {_name_of(missing[0])}",
                "give one metric for all outputs, or a dictionary with one for each key of the labels",
            )
        if unknown:
            raise ModelError(
                "metrics",
                f"there are no labels for {_name_of(unknown[0])}, which has a metric",
                "give labels for it, or leave its metric out",
            )
    else:
        given = {key: given for key in keys}
    made = {key: get_object(given[key], Metric, "Metric", _BY_NAME) for key in keys}
    for metric in made.values():
        metric.reset()
    return MetricDict(made)


if not TYPE_CHECKING:
    __getattr__ = absent(__name__)
