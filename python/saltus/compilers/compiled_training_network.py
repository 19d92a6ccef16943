"""Networks that are ready to be trained."""

from __future__ import annotations

import os
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple, Union, cast

import numpy as np

from .. import _saltus
from ..callbacks.rewiring_record import RewiringRecord
from ..callbacks.run import Run
from ..connection import population_of
from ..errors import ArgumentTypeError, ModelError, UnsupportedError
from ..metrics import get_metrics
from ..schedules import Schedule, get_schedule
from .._values import require_count, require_number
from ._binding import inputs_and_labels, num_examples
from ._results import CheckedGradient
from .compiled_network import CompiledNetwork

Data = Dict[str, Any]


class CompiledTrainingNetwork(CompiledNetwork):
    """A network that is ready to be trained. Made by EventPropCompiler.compile(). It does all that
    a CompiledNetwork does, too.

    Example:
        >>> compiler = EventPropCompiler(20, "sparse_categorical_crossentropy", batch_size=8)
        >>> compiled = compiler.compile(network)
        >>> metrics, _ = compiled.train({inputs: x}, {output: y}, num_epochs=2)
        >>> [epoch["epoch"] for epoch in metrics.history]
        [0, 1]
    """

    _made: _saltus.CompiledTrainingNetwork

    def train(
        self,
        x: Dict[Any, Any],
        y: Dict[Any, Any],
        num_epochs: int,
        start_epoch: int = 0,
        shuffle: bool = True,
        metrics: Any = "sparse_categorical_accuracy",
        callbacks: Sequence[Any] = ("batch_progress_bar",),
        validation_callbacks: Sequence[Any] = ("batch_progress_bar",),
        validation_split: float = 0.0,
        validation_x: Optional[Dict[Any, Any]] = None,
        validation_y: Optional[Dict[Any, Any]] = None,
        *,
        input_dropout: float = 0.0,
        schedule: Union[Schedule, str, Callable[[float], float], None] = None,
        augment: Optional[Callable[[int], Tuple[Dict[Any, Any], Dict[Any, Any]]]] = None,
    ) -> Tuple[Any, ...]:
        """Trains for some epochs. The last, smaller batch counts with what it holds.

        Args:
            x: Data by input population or layer, as for evaluate().
            y: Labels by output population or layer, as for evaluate().
            num_epochs: How often every example is seen.
            start_epoch: Number of the first epoch, when training goes on.
            shuffle: Whether examples come in a new order in each epoch.
            metrics: Metric, its name, or a dictionary with one for each key of y.
            callbacks: Callbacks or their names.
            validation_callbacks: The same for validations.
            validation_split: Fraction of the examples, the last ones, that are not trained with:
                after every epoch their loss and metrics tell how the network does on examples that
                it has not seen.
            validation_x: Or examples of their own for that.
            validation_y: Their labels.
            input_dropout: Each input spike is deleted with this probability at each presentation.
            schedule: How the learning rate changes: a schedule or its name ("cosine"), or a
                function that gives its factor from the fraction (0 to 1) of all batches of all
                epochs that is done.
            augment: A function that is asked before every epoch, by its number, for the (x, y) to
                train with in it: varied copies of as many examples, for instance, see
                saltus.utils.augmentation. Not together with validation_split.

        Returns:
            (metrics, callback data), with validation (metrics, validation metrics, callback data,
            validation callback data). Metrics are those of the last epoch under the keys of y, each
            with its `result`; `metrics.loss` is its mean loss, and `metrics.history` has the
            figures of every epoch.

        Raises:
            ModelError: When data do not fit the network or each other, or the loss or a gradient is
                not finite, naming the connection; the weights are then those before that batch.

        Example:
            >>> metrics, _ = compiled.train({inputs: x}, {output: y}, num_epochs=10)
            >>> print(f"loss {metrics.loss:.3f}, accuracy {metrics[output].result:.3f}")
            loss ..., accuracy ...
        """
        found = get_metrics(metrics, y)
        for metric in found.values():
            if metric.engine_name is None:
                raise UnsupportedError(
                    "train",
                    f"{type(metric).__name__} is computed in Python",
                    "use it in evaluate(), and a built-in metric here",
                )
        names = {key: population_of(key, self.network).name for key in y}
        data = self._data(x, y)
        kept = self._validation(validation_x, validation_y)
        fraction = require_number(validation_split, "train", "validation_split")
        total = num_examples(data[0])
        # As the engine counts; callbacks are told beforehand how many batches there will be.
        num_kept = num_examples(kept[0]) if kept else int(total * fraction + 0.5)
        num_trained = total if kept else total - num_kept
        validates = num_kept > 0
        run = Run(
            self,
            (*callbacks, *self._rewiring_records()),
            found,
            names,
            num_batches=self._batches_of(num_trained),
            training=True,
            num_epochs=num_epochs,
        )
        validated = get_metrics(metrics, y)
        validation_run = Run(
            self,
            validation_callbacks if validates else (),
            validated,
            names,
            num_batches=self._batches_of(num_kept),
        )
        with self._lock:
            epochs = self._made.train(
                *data,
                num_epochs=require_count(num_epochs, "train", "num_epochs"),
                start_epoch=require_count(start_epoch, "train", "start_epoch"),
                shuffle=bool(shuffle),
                metrics=sorted({str(metric.engine_name) for metric in found.values()}),
                input_dropout=require_number(input_dropout, "train", "input_dropout"),
                schedule=_schedule(schedule),
                augment=self._augment(augment),
                validation_split=fraction,
                validation_x=kept[0] if kept else {},
                validation_y=kept[1] if kept else {},
                validation_run=validation_run.engine() if validates else None,
                run=run.engine(),
            )
        for epoch, figures, seconds in epochs:
            found.history.append({"epoch": epoch, **figures, "seconds": seconds})
        if epochs:
            found._take(epochs[-1][1], names)
            validated._take(epochs[-1][1], names, "validation_")
        if not validates:
            return found, run.data()
        return found, validated, run.data(), validation_run.data()

    def gradients(self, x: Dict[Any, Any], y: Dict[Any, Any]) -> Dict[Any, np.ndarray]:
        """The gradient of the mean loss of these examples, taken as one batch, by the weights.

        Args:
            x: Data by input population or layer.
            y: Labels by output population or layer.

        Returns:
            By connection (or its layer or name) an array of the shape of weights(), and by name of
            trained parameters one of theirs. Weights stay as they are.

        Raises:
            ModelError: When data do not fit the network or each other.

        Example:
            >>> slope = compiled.gradients({inputs: x}, {output: y})[hidden]
        """
        data = self._data(x, y)
        with self._lock:
            return self._by_connection(self._made.gradients(*data))

    def check_gradients(
        self,
        x: Dict[Any, Any],
        y: Dict[Any, Any],
        per_connection: int = 8,
        step: float = 1e-4,
    ) -> List[CheckedGradient]:
        """Compares gradients with finite differences of the loss: those of the weights of each
        trained connection, of each trained parameter and of learned delays whose gradients are the
        greatest. Regularisation is left out, which is no part of that loss.

        Args:
            x: Data by input population or layer.
            y: Labels by output population or layer.
            per_connection: How many weights of each connection, at most.
            step: By how much weights are changed, relative to the greatest of the connection.

        Returns:
            The weights with the greatest errors first.

        Raises:
            UnsupportedError: For networks whose loss jumps or whose gradients are no derivatives:
                only EventPropCompiler with spike_times="exact" has neither.
            ModelError: When data do not fit the network or each other.

        Example:
            >>> exact = EventPropCompiler(20, "sparse_categorical_crossentropy", spike_times="exact")
            >>> checked = exact.compile(network).check_gradients({inputs: x[:2]}, {output: y[:2]})
            >>> checked[0].error < 1e-4
            True
        """
        count = require_count(per_connection, "check_gradients", "per_connection", 1)
        data = self._data(x, y)
        with self._lock:
            rows = self._made.check_gradients(
                *data, count, require_number(step, "check_gradients", "step")
            )
        return [CheckedGradient(*row) for row in rows]

    def delay_gradients(self, x: Dict[Any, Any], y: Dict[Any, Any]) -> Dict[Any, np.ndarray]:
        """The gradient of the mean loss of these examples by the delays, per timestep.

        Args:
            x: Data by input population or layer.
            y: Labels by output population or layer.

        Returns:
            By connection (or its layer or name) an array of shape (1,) when all synapses have the
            same delay, otherwise of the shape of weights().

        Raises:
            ModelError: When data do not fit the network or each other.

        Example:
            >>> slope = compiled.delay_gradients({inputs: x}, {output: y})[hidden]
        """
        data = self._data(x, y)
        with self._lock:
            return self._by_connection(self._made.delay_gradients(*data))

    def loss(self, x: Dict[Any, Any], y: Dict[Any, Any]) -> float:
        """The mean loss of these examples.

        Args:
            x: Data by input population or layer.
            y: Labels by output population or layer.

        Raises:
            ModelError: When data do not fit the network or each other.

        Example:
            >>> compiled.loss({inputs: x}, {output: y}) > 0
            True
        """
        data = self._data(x, y)
        with self._lock:
            return self._made.loss(*data)

    def training_state(self) -> Dict[str, Any]:
        """All that training goes on from: weights, the optimiser's moments and settings, and how
        many epochs and updates there were.

        Returns:
            A dictionary of arrays and numbers, which can be pickled.

        Example:
            >>> import pickle
            >>> with open("state.pkl", "wb") as file:
            ...     pickle.dump(compiled.training_state(), file)
        """
        with self._lock:
            return self._made.training_state()

    def restore(self, state: Dict[str, Any]) -> int:
        """Continues from a training_state(). Training then gives the same weights, to the last bit,
        as training that was never interrupted.

        Args:
            state: What training_state() gave, of a network with this description.

        Returns:
            The number of the next epoch, to be given to train() as start_epoch.

        Raises:
            ModelError: When the state is not of this network; it then stays as it was.

        Example:
            >>> state = compiled.training_state()
            >>> epoch = compiled.restore(state)
            >>> metrics, _ = compiled.train({inputs: x}, {output: y}, 5, start_epoch=epoch)
        """
        parts = {
            "next_epoch",
            "num_updates",
            "optimiser",
            "weights",
            "mean_gradients",
            "mean_squares",
            "history",
            "synapses",
        }
        # States of before there were schedules that look at it had no history, and those of before
        # there was rewiring no synapses.
        if not isinstance(state, dict) or set(state) | {"history", "synapses"} != parts:
            raise ModelError(
                "restore", "the state is not one of training_state()", "give what that returned"
            )
        given = {
            "history": {},
            "synapses": {},
            **state,
            "optimiser": _optimiser(state["optimiser"]),
        }
        with self._lock:
            self._made.restore(**given)
        return int(state["next_epoch"])

    def save_checkpoint(self, path: Union[str, "os.PathLike[str]"]) -> None:
        """Saves all that training goes on from as one HDF5 file, at once or not at all.
        TrainingCheckpoint does so while the network is trained.

        Args:
            path: The file; it is replaced.

        Raises:
            RuntimeFault: When the file cannot be written.

        Example:
            >>> compiled.save_checkpoint("training.h5")
        """
        with self._lock:
            _saltus.save_checkpoint(os.fspath(path), self._made)

    def load_checkpoint(self, path: Union[str, "os.PathLike[str]"]) -> int:
        """Continues from a checkpoint. Training then gives the same weights, to the last bit, as
        training that was never interrupted.

        Args:
            path: The file.

        Returns:
            The number of the next epoch, to be given to train() as start_epoch.

        Raises:
            RuntimeFault: When the file cannot be read or is damaged.
            ModelError: When it is something else, or of another network; the network then stays as
                it was.

        Example:
            >>> compiled.save_checkpoint("training.h5")
            >>> epoch = compiled.load_checkpoint("training.h5")
            >>> metrics, _ = compiled.train({inputs: x}, {output: y}, 5, start_epoch=epoch)
        """
        with self._lock:
            return int(_saltus.load_checkpoint(os.fspath(path), self._made))

    def _data(self, x: Any, y: Any) -> Tuple[Data, Data]:
        """Inputs and labels as the engine takes them, of one number of examples."""
        return inputs_and_labels(x, y, self.network, self._reader())

    def _rewiring_records(self) -> List[RewiringRecord]:
        """What the compiler was asked to record."""
        records = cast(Any, self.compiler).deep_r.record_rewirings
        return [RewiringRecord(conn, key) for conn, key in records.items()]

    def _augment(self, augment: Any) -> Optional[Callable[[int], Tuple[Data, Data]]]:
        if augment is None:
            return None
        if not callable(augment):
            raise ArgumentTypeError(
                "train", f"augment is {augment!r}", "give a function of the number of the epoch"
            )

        def data_of(epoch: int) -> Tuple[Data, Data]:
            made = augment(epoch)
            if not (isinstance(made, tuple) and len(made) == 2):
                raise ArgumentTypeError(
                    "train", f"augment has returned a {type(made).__name__}", "return (x, y)"
                )
            return self._data(*made)

        return data_of

    def _validation(self, x: Any, y: Any) -> Optional[Tuple[Data, Data]]:
        """Examples for validation of their own, where there are any."""
        if (x is None) != (y is None):
            raise ModelError(
                "train", "only one of validation_x and validation_y is given", "give both"
            )
        return None if x is None else self._data(x, y)


def _schedule(given: Any) -> Any:
    if isinstance(given, (Schedule, str)):
        return get_schedule(given)._engine()
    if given is None or callable(given):
        return given
    raise ModelError(
        "train", f"schedule is {given!r}", "give a schedule, its name, a function or None"
    )


def _optimiser(given: Any) -> Any:
    """The engine's optimiser from that of a state: its name and settings, or four numbers of Adam
    as states held them when it was the only one."""
    if isinstance(given, tuple) and len(given) == 4:
        given = ("adam", dict(zip(("alpha", "beta1", "beta2", "epsilon"), given)))
    if isinstance(given, tuple) and len(given) == 2 and isinstance(given[1], dict):
        return _saltus.Optimiser(*given)
    raise ModelError(
        "restore", f"its optimiser is {given!r}", "give what training_state() returned"
    )
