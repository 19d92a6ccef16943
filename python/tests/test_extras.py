"""The classifier."""

from __future__ import annotations

import numpy as np
import pytest


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
