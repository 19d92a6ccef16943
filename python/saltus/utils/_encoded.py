"""Images as spikes, without a list of all spikes."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any, Iterator, Tuple, Union, overload

import numpy as np

from .. import _saltus
from ._spikes import GridSpikes, PreprocessedSpikes

# Examples that are made at a time, so that they stay in the processor's caches.
_BLOCK = 256


class EncodedImages(Sequence[PreprocessedSpikes]):
    """Spikes of images, as the latency encoders give them: a sequence of PreprocessedSpikes, of
    which each is made when it is asked for. It takes one byte a pixel; networks read it as it is.

    Like a list it has a length, can be iterated over, sliced and added; like an array it can be
    indexed with arrays of numbers or a mask.

    Args:
        images: Pixels of type uint8, shape (examples, pixels); copied unless they are read-only.
        times: Time in ms of the spike of each value of a pixel, shape (256,); NaN for none. Values
            without a spike come before those with one.

    Example:
        >>> images = numpy.array([[0, 128, 255], [255, 0, 0]], numpy.uint8)
        >>> spikes = linear_latency_encode_data(images, max_time=18.0, min_time=2.0)
        >>> spikes
        <EncodedImages: 2 examples of 3 neurons>
        >>> spikes[1].spike_times, len(spikes[:1])
        (array([2.]), 1)
    """

    def __init__(self, images: np.ndarray, times: np.ndarray) -> None:
        if images.flags.writeable:
            images = images.copy()
        self._images = images
        self._times = times
        # Of the last grid: how it was asked for, and its spikes.
        self._grid: Any = (None, None)
        self._lock = threading.Lock()

    @property
    def num_neurons(self) -> int:
        """Pixels of an image."""
        return int(self._images.shape[1])

    @property
    def latest_time(self) -> float:
        """The time in ms of the last spike of all examples; 0 when there is none."""
        is_there = np.zeros(256, bool)
        for first in range(0, len(self), _BLOCK):
            is_there[self._images[first : first + _BLOCK]] = True
        return float(np.max(self._times[is_there], initial=0.0, where=self._spikes[is_there]))

    def on_grid(self, dt: float, num_timesteps: int, threads: int = 0) -> GridSpikes:
        """The spikes sorted into time steps. They are kept until another grid is asked for.

        Args:
            dt: Length of a step in ms.
            num_timesteps: Steps of an example.
            threads: Threads that sort; 0 for one a core.

        Raises:
            ModelError: For a spike after the last step.
        """
        with self._lock:
            asked = (float(dt), int(num_timesteps))
            if self._grid[0] != asked:
                made = _saltus.GridSpikes.from_latencies(self._images, self._times, *asked, threads)
                self._grid = (asked, made)
            grid: GridSpikes = self._grid[1]
            return grid

    def __len__(self) -> int:
        return len(self._images)

    @overload
    def __getitem__(self, index: int) -> PreprocessedSpikes: ...

    @overload
    def __getitem__(self, index: Union[slice, np.ndarray]) -> "EncodedImages": ...

    def __getitem__(self, index: Any) -> Any:
        if np.ndim(index) == 0 and not isinstance(index, slice):
            return next(iter(self._made(self._images[index][None])))
        chosen = self._images[index]
        # Nobody else has it, so that it needs not be copied again.
        chosen.flags.writeable = False
        return EncodedImages(chosen, self._times)

    def __iter__(self) -> Iterator[PreprocessedSpikes]:
        for first in range(0, len(self), _BLOCK):
            yield from self._made(self._images[first : first + _BLOCK])

    def __add__(self, other: Any) -> Any:
        same = isinstance(other, EncodedImages) and self.num_neurons == other.num_neurons
        if same and np.array_equal(self._times, other._times, equal_nan=True):
            both = np.concatenate([self._images, other._images])
            both.flags.writeable = False
            return EncodedImages(both, self._times)
        return list(self) + list(other)

    def __radd__(self, other: Any) -> Any:
        return list(other) + list(self)

    def __getstate__(self) -> Tuple[np.ndarray, np.ndarray]:
        return self._images, self._times

    def __setstate__(self, state: Tuple[np.ndarray, np.ndarray]) -> None:
        EncodedImages.__init__(self, *state)

    def __repr__(self) -> str:
        return f"<EncodedImages: {len(self)} examples of {self.num_neurons} neurons>"

    def _moved(self, augmentation: Any, epoch: int, threads: int) -> "EncodedImages":
        """Images whose pixels an augmentation of the engine has moved."""
        moved = np.empty_like(self._images)
        augmentation.move_pixels(self._images, moved, epoch, threads)
        moved.flags.writeable = False
        return EncodedImages(moved, self._times)

    @property
    def _spikes(self) -> np.ndarray:
        """Whether pixels of each value spike."""
        spikes: np.ndarray = ~np.isnan(self._times)
        return spikes

    def _made(self, images: np.ndarray) -> Iterator[PreprocessedSpikes]:
        spikes = self._spikes[images]
        times = self._times[images[spikes]]
        ends = np.cumsum(spikes, axis=1, dtype=np.int64)
        rows = np.split(times, np.cumsum(ends[:, -1])[:-1])
        return (PreprocessedSpikes(*example) for example in zip(ends, rows))
