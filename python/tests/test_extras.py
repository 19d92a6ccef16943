"""The classifier in scikit-learn's manner."""

from __future__ import annotations

import copy
import pickle
from typing import Any, Callable

import numpy as np
import pytest

pytest.importorskip("sklearn", minversion="1.6")

from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from saltus.sklearn import SpikingClassifier

# Checks that do not apply, with reasons. All apply: those that scikit-learn skips by itself ask for
# pandas, or for arrays of other libraries.
EXCLUDED: dict = {}


@parametrize_with_checks(
    # More epochs than usual: sets of 300 examples with two features give few updates.
    [SpikingClassifier(epochs=60, threads=1)],
    expected_failed_checks=lambda estimator: EXCLUDED,
)
def test_scikit_learn_accepts_the_classifier(estimator: Any, check: Callable) -> None:
    check(estimator)


def test_classifier() -> None:
    x, y = load_digits(return_X_y=True)
    names = np.array(list("abcdefghij"))[y]
    classifier = clone(SpikingClassifier(hidden=(64,), epochs=10))
    with pytest.raises(NotFittedError):
        classifier.predict(x)
    classifier.fit(x[:1400], names[:1400])
    assert classifier.score(x[1400:], names[1400:]) > 0.85
    assert classifier.predict(x[:3]).dtype == names.dtype and len(classifier.history_) == 10
    np.testing.assert_allclose(classifier.predict_proba(x[:5]).sum(axis=1), 1.0)
    assert classifier.decision_function(x[:5]).shape == (5, 10)


def test_classifiers_survive_pickling_and_copying() -> None:
    x, y = load_digits(n_class=3, return_X_y=True)
    classifier = SpikingClassifier(hidden=(16,), epochs=2).fit(x, y)
    expected = classifier.decision_function(x)
    for again in (pickle.loads(pickle.dumps(classifier)), copy.deepcopy(classifier)):
        np.testing.assert_array_equal(again.decision_function(x), expected)
        assert again.compiled_ is not classifier.compiled_


def test_seeds() -> None:
    x, y = load_digits(n_class=3, return_X_y=True)

    def weights(random_state: Any) -> np.ndarray:
        classifier = SpikingClassifier((8,), epochs=1, random_state=random_state).fit(x, y)
        return classifier.compiled_.weights("Conn_hidden1_output")

    np.testing.assert_array_equal(weights(3), weights(np.int64(3)))
    np.testing.assert_array_equal(
        weights(np.random.RandomState(1)), weights(np.random.RandomState(1))
    )
    assert not np.array_equal(weights(None), weights(None))


def test_classifiers_are_parts_of_pipelines_and_searches() -> None:
    x, y = load_digits(n_class=3, return_X_y=True)
    pipeline = make_pipeline(MinMaxScaler(), SpikingClassifier(hidden=(16,), epochs=15))
    search = GridSearchCV(pipeline, {"spikingclassifier__alpha": [1e-6, 0.02]}, cv=2)
    search.fit(x, y)
    assert search.best_params_ == {"spikingclassifier__alpha": 0.02}
    assert search.best_score_ > 0.8
