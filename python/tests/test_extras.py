"""Plots and the classifier."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from saltus.errors import ModelError


def test_plots(small: Any, trainable: Any) -> None:
    pytest.importorskip("matplotlib").use("Agg")
    from saltus import plot

    metrics, *_ = trainable.train(*small.data, 3, validation_split=0.25)
    axes = plot.learning_curve(metrics.history)
    assert [line.get_label() for line in axes.lines] == list(metrics.history[0])[1:-1]
    trace = trainable.trace({small.inputs: small.x}, 0)
    axes = plot.raster(trace, [small.inputs, small.hidden])
    assert len(axes.lines) == 2 and len(axes.lines[0].get_xdata()) == len(small.x[0].spike_times)
    assert plot.raster(trace).lines
    predictions, _ = trainable.predict({small.inputs: small.x}, small.output)
    axes = plot.confusion(small.y, predictions[small.output])
    assert sum(int(text.get_text()) for text in axes.texts) == len(small.y)
    assert plot.weights(trainable.weights(small.hidden)).patches
    with pytest.raises(ModelError, match="the history has no epoch"):
        plot.learning_curve([])


def test_classifier() -> None:
    pytest.importorskip("sklearn")
    from sklearn.base import clone
    from sklearn.datasets import load_digits
    from sklearn.exceptions import NotFittedError

    from saltus.sklearn import SpikingClassifier

    x, y = load_digits(return_X_y=True)
    names = np.array(list("abcdefghij"))[y]
    classifier = clone(SpikingClassifier(hidden=(64,), epochs=10))
    with pytest.raises(NotFittedError):
        classifier.predict(x)
    classifier.fit(x[:1400], names[:1400])
    assert classifier.score(x[1400:], names[1400:]) > 0.85
    assert classifier.predict(x[:3]).dtype == names.dtype and len(classifier.history_) == 10
    np.testing.assert_allclose(classifier.predict_proba(x[:5]).sum(axis=1), 1.0)
