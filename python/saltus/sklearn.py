"""A classifier in the manner of scikit-learn, which is loaded when this module is."""

from __future__ import annotations

import numbers
from typing import Any, Dict, Sequence

import numpy as np

try:
    from sklearn.base import BaseEstimator, ClassifierMixin
    from sklearn.utils import check_random_state
    from sklearn.utils.multiclass import check_classification_targets
    from sklearn.utils.validation import check_is_fitted, validate_data
except ImportError as error:  # pragma: no cover
    raise ImportError(
        "saltus.sklearn needs scikit-learn 1.6 or later: pip install scikit-learn"
    ) from error

from .compilers import EventPropCompiler
from .compilers.event_prop_compiler import default_params
from .connectivity import Dense
from .initializers import Normal
from .layers import InputLayer, Layer
from .losses import SparseCategoricalCrossentropy
from .neurons import LeakyIntegrate, LeakyIntegrateFire, SpikeInput
from .optimisers import Adam
from .sequential_network import SequentialNetwork
from .synapses import Exponential
from .utils.data import EncodedImages, linear_latency_encode_data

__all__ = ["SpikingClassifier"]

# Mean weight of a hidden neuron, times the spikes that arrive at it: strong enough for some spikes
# of each neuron from the start, in one layer and in several.
_DRIVE = 20.0


class SpikingClassifier(ClassifierMixin, BaseEstimator):
    """A feed-forward spiking network, trained with EventProp. Features become times of spikes: the
    greater, the earlier, and the smallest value of all never.

    Args:
        hidden: Sizes of the hidden layers.
        epochs: How often every example is seen.
        alpha: Learning rate, which falls along half a cosine.
        batch_size: Examples in a batch.
        timesteps: Steps of an example, of 1 ms; the last features spike two steps before the end.
        temperature: Of the softmax of the readouts.
        random_state: Seed; None for another one each time, or NumPy's RandomState that gives it.
        threads: Worker threads; 0 for one a core.

    Attributes:
        classes_: The classes.
        compiled_: The compiled network, once fitted.
        history_: Figures of every epoch.

    Example:
        >>> from sklearn.datasets import load_digits
        >>> x, y = load_digits(return_X_y=True)
        >>> classifier = SpikingClassifier(epochs=20).fit(x[:1500], y[:1500])
        >>> classifier.score(x[1500:], y[1500:]) > 0.85
        True
    """

    def __init__(
        self,
        hidden: Sequence[int] = (128,),
        epochs: int = 20,
        alpha: float = 0.01,
        batch_size: int = 32,
        timesteps: int = 20,
        temperature: float = 1.0 / 3.0,
        random_state: Any = 0,
        threads: int = 0,
    ) -> None:
        self.hidden = hidden
        self.epochs = epochs
        self.alpha = alpha
        self.batch_size = batch_size
        self.timesteps = timesteps
        self.temperature = temperature
        self.random_state = random_state
        self.threads = threads

    def fit(self, X: Any, y: Any) -> "SpikingClassifier":
        """Trains.

        Args:
            X: Features, shape (examples, features).
            y: Class of each example, shape (examples,).

        Returns:
            Itself.

        Raises:
            ValueError: For features that are no numbers, or labels that do not fit them.
        """
        X, y = validate_data(self, X, y)
        check_classification_targets(y)
        self.classes_, labels = np.unique(y, return_inverse=True)
        self._seed = (
            int(self.random_state)
            if isinstance(self.random_state, numbers.Integral)
            else int(check_random_state(self.random_state).randint(2**31))
        )
        self._low, self._high = float(X.min()), float(X.max())
        spikes = self._encode(X)
        self.compiled_ = self._compile(
            X.shape[1], float(np.mean([len(s.spike_times) for s in spikes]))
        )
        metrics, _ = self.compiled_.train(
            {"input": spikes},
            {"output": labels},
            self.epochs,
            callbacks=[],
            schedule="cosine",
        )
        self.history_ = metrics.history
        return self

    def decision_function(self, X: Any) -> np.ndarray:
        """The readouts: the greatest is that of the class found.

        Args:
            X: Features, shape (examples, features).

        Returns:
            Shape (examples, classes); of two classes that of the second minus that of the first,
            shape (examples,).
        """
        check_is_fitted(self)
        readouts = self._readouts(X)
        return readouts[:, 1] - readouts[:, 0] if len(self.classes_) == 2 else readouts

    def predict(self, X: Any) -> np.ndarray:
        """The class of each example.

        Args:
            X: Features, shape (examples, features).

        Returns:
            Classes as they were given to fit(), shape (examples,).
        """
        check_is_fitted(self)
        classes: np.ndarray = self.classes_[self._readouts(X).argmax(axis=1)]
        return classes

    def predict_proba(self, X: Any) -> np.ndarray:
        """The softmax of the readouts.

        Args:
            X: Features, shape (examples, features).

        Returns:
            Shape (examples, classes); each row adds up to 1.
        """
        check_is_fitted(self)
        readouts = self._readouts(X) / self.temperature
        odds: np.ndarray = np.exp(readouts - readouts.max(axis=1, keepdims=True))
        return np.asarray(odds / odds.sum(axis=1, keepdims=True))

    def _readouts(self, X: Any) -> np.ndarray:
        X = validate_data(self, X, reset=False)
        predictions, _ = self.compiled_.predict({"input": self._encode(X)}, "output", callbacks=[])
        readouts: np.ndarray = predictions["output"]
        return readouts

    def __getstate__(self) -> Dict[str, Any]:
        state = dict(super().__getstate__())
        compiled = state.pop("compiled_", None)
        if compiled is not None:
            state["_trained"] = compiled.training_state()
        return state

    def __setstate__(self, state: Dict[str, Any]) -> None:
        state = dict(state)
        trained = state.pop("_trained", None)
        super().__setstate__(state)
        if trained is not None:
            self.compiled_ = self._compile(self.n_features_in_, 1.0)
            self.compiled_.restore(trained)

    def _encode(self, X: np.ndarray) -> EncodedImages:
        span = max(self._high - self._low, 1e-300)
        levels = np.clip(np.rint(255 * ((X - self._low) / span)), 0, 255).astype(np.uint8)
        return linear_latency_encode_data(
            levels, self.timesteps - 2.0, min(2.0, self.timesteps - 2)
        )

    def _compile(self, features: int, spikes: float) -> Any:
        """The network for examples with so many spikes on average."""
        network = SequentialNetwork(default_params)
        with network:
            InputLayer(SpikeInput(), features, name="input")
            arriving = max(spikes, 1.0)
            for number, size in enumerate(self.hidden, 1):
                weight = Normal(_DRIVE / arriving, _DRIVE / arriving)
                Layer(
                    Dense(weight),
                    LeakyIntegrateFire(),
                    int(size),
                    Exponential(5.0),
                    name=f"hidden{number}",
                )
                # A hidden neuron spikes about twice.
                arriving = 2.0 * int(size)
            neuron = LeakyIntegrate(readout="avg_var")
            Layer(
                Dense(Normal(0.2, 0.37)),
                neuron,
                len(self.classes_),
                Exponential(5.0),
                name="output",
            )
        compiler = EventPropCompiler(
            self.timesteps,
            SparseCategoricalCrossentropy(self.temperature),
            Adam(self.alpha),
            batch_size=self.batch_size,
            rng_seed=self._seed,
            min_slope=0.05,
            threads=self.threads,
        )
        return compiler.compile(network)
