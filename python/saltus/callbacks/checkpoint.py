"""Weights, and all that training goes on from, saved while it runs."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Union

from .. import _saltus
from .._values import require_count
from ..errors import UnsupportedError
from ..serialisers import Serialiser, get_serialiser
from .callback import Callback

if TYPE_CHECKING:
    from ..metrics import MetricDict


class Checkpoint(Callback):
    """Saves the weights at the end of epochs 0, epoch_interval, ..., as save() does with the
    number of the epoch as key. TrainingCheckpoint saves all that training goes on from.

    Args:
        serialiser: Serialiser, or its name.
        epoch_interval: Epochs between two.

    Raises:
        ModelError: For an interval of 0.
        RuntimeFault: At the end of an epoch, when files cannot be written.

    Example:
        >>> folder = saltus.serialisers.Numpy("checkpoints")
        >>> metrics, _ = compiled.train({inputs: x}, {output: y}, 3, callbacks=[Checkpoint(folder)])
        >>> network.load((2,), folder)
    """

    def __init__(
        self, serialiser: Union[Serialiser, str] = "numpy", epoch_interval: int = 1
    ) -> None:
        self.serialiser = get_serialiser(serialiser)
        self.epoch_interval = require_count(epoch_interval, "Checkpoint", "epoch_interval", 1)

    def set_params(self, **params: Any) -> None:
        """Called before a run.

        Args:
            params: What the run is, as for Callback.
        """
        self._network = params["compiled_network"]

    def on_epoch_end(self, epoch: int, metrics: "MetricDict") -> None:
        """Saves the weights.

        Args:
            epoch: Its number.
            metrics: Not used.
        """
        if epoch % self.epoch_interval == 0:
            self._network.save((epoch,), self.serialiser)


class TrainingCheckpoint(Callback):
    """Saves all that training goes on from after every so many epochs and after the last, in one
    HDF5 file that load_checkpoint() reads: weights, optimiser, number of epochs and updates. The
    file is replaced at once: whatever happens, the last good one is there.

    Args:
        path: The file. "{epoch}" in its name stands for the number of epochs that are complete;
            then every one is kept.
        epoch_interval: Epochs between two.

    Raises:
        ModelError: For an interval of 0, or a network that is not trained.
        RuntimeFault: At the end of an epoch, when the file cannot be written.

    Example:
        >>> keep = TrainingCheckpoint("training.h5")
        >>> metrics, _ = compiled.train({inputs: x}, {output: y}, 3, callbacks=[keep])
        >>> compiled.load_checkpoint("training.h5")
        3
    """

    def __init__(self, path: Union[str, "os.PathLike[str]"], epoch_interval: int = 1) -> None:
        self.path = os.fspath(path)
        self.epoch_interval = require_count(epoch_interval, "TrainingCheckpoint", "epoch_interval")
        self.engine_callback = _saltus.Checkpoint(self.path, self.epoch_interval)

    def set_params(self, **params: Any) -> None:
        """Called before a run.

        Args:
            params: What the run is, as for Callback.

        Raises:
            UnsupportedError: For a network that is not trained.
        """
        if "num_epochs" not in params:
            raise UnsupportedError(
                "TrainingCheckpoint", "the network is not trained", "give it to train()"
            )
