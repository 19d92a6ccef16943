"""Varied copies of spikes, for training: shifts, mirrored examples, jitter, deleted and added
spikes, blends."""

from __future__ import annotations

from typing import Any, Callable, Dict, Optional, Sequence, Tuple, Union

import numpy as np

from .. import _saltus
from .._values import is_integer, require_count, require_number, to_shape
from ..errors import ArgumentTypeError, ModelError
from ._encoded import EncodedImages
from ._spikes import PreprocessedSpikes, SpikeTrains

__all__ = [
    "AddSpikes",
    "BlendExamples",
    "DeleteSpikes",
    "JitterTime",
    "MirrorNeurons",
    "ShiftNeurons",
    "ShiftTime",
    "SpikeAugmentation",
    "SpikeTransform",
]


class SpikeTransform:
    """One way to vary an example. The base of those below; not made itself.

    Raises:
        ArgumentTypeError: When it is made.

    Example:
        >>> isinstance(DeleteSpikes(0.1), SpikeTransform)
        True
    """

    _made: _saltus.SpikeTransform

    def __init__(self) -> None:
        raise ArgumentTypeError(
            "SpikeTransform", "it is a base class", "make one of its subclasses"
        )


class ShiftNeurons(SpikeTransform):
    """Moves all spikes of an example by the same random number of neurons along each axis.

    Args:
        shape: Shape of the population: (channels,), (rows, columns, polarities), ...
        max_shift: In neurons, one number for the first axis, or one for each of the first axes:
            each whole number from -max_shift to max_shift is as likely. Other axes are not shifted.
            Spikes that leave are deleted.

    Raises:
        ModelError: For more numbers than axes, or shifts as large as an axis.

    Example:
        >>> transform = ShiftNeurons((34, 34, 2), (2, 2))
    """

    def __init__(
        self, shape: Union[int, Sequence[int]], max_shift: Union[int, Sequence[int]]
    ) -> None:
        given: Any = (max_shift,) if is_integer(max_shift) else max_shift
        if not isinstance(given, (list, tuple, np.ndarray)):
            raise ArgumentTypeError(
                "ShiftNeurons", f"max_shift is {max_shift!r}", "give whole numbers"
            )
        shifts = [require_count(shift, "ShiftNeurons", "max_shift") for shift in given]
        self._made = _saltus.shift_neurons(_shape(shape, "ShiftNeurons"), shifts)


class MirrorNeurons(SpikeTransform):
    """Mirrors an example: along one axis, the first neurons change places with the last ones.

    Args:
        shape: Shape of the population: (rows, columns), (rows, columns, polarities), ...
        axis: Along which places change: 1 exchanges left and right of (rows, columns).
        probability: With which an example is mirrored; otherwise it stays as it is.

    Raises:
        ModelError: For an axis that the shape does not have, or a probability outside 0 to 1.

    Example:
        >>> transform = MirrorNeurons((28, 28), axis=1)
    """

    def __init__(
        self, shape: Union[int, Sequence[int]], axis: int = 1, probability: float = 0.5
    ) -> None:
        self._made = _saltus.mirror_neurons(
            _shape(shape, "MirrorNeurons"),
            require_count(axis, "MirrorNeurons", "axis"),
            require_number(probability, "MirrorNeurons", "probability"),
        )


class ShiftTime(SpikeTransform):
    """Moves all spikes of an example by the same random time.

    Args:
        max_shift: In ms: the shift is uniform from -max_shift to max_shift. Spikes whose time would
            be negative are deleted.

    Raises:
        ModelError: For a time that is negative or not finite.

    Example:
        >>> transform = ShiftTime(5.0)
    """

    def __init__(self, max_shift: float) -> None:
        self._made = _saltus.shift_time(require_number(max_shift, "ShiftTime", "max_shift"))


class JitterTime(SpikeTransform):
    """Moves each spike by a random time of its own.

    Args:
        sd: Standard deviation of the normal distribution of shifts, in ms. A time that would be
            negative is reflected at 0.

    Raises:
        ModelError: For a time that is negative or not finite.

    Example:
        >>> transform = JitterTime(1.0)
    """

    def __init__(self, sd: float) -> None:
        self._made = _saltus.jitter_time(require_number(sd, "JitterTime", "sd"))


class DeleteSpikes(SpikeTransform):
    """Deletes each spike with the same probability.

    Args:
        probability: From 0 to 1.

    Raises:
        ModelError: For other probabilities.

    Example:
        >>> transform = DeleteSpikes(0.1)
    """

    def __init__(self, probability: float) -> None:
        self._made = _saltus.delete_spikes(
            require_number(probability, "DeleteSpikes", "probability")
        )


class AddSpikes(SpikeTransform):
    """Adds spikes of random neurons at random times.

    Args:
        mean_spikes: Mean number of spikes that an example gets (Poisson).
        duration: In ms: times are uniform from 0 to it, neurons uniform among all.

    Raises:
        ModelError: For a mean that is negative or above 10 million, or a duration that is not
            positive and finite.

    Example:
        >>> transform = AddSpikes(20.0, duration=300.0)
    """

    def __init__(self, mean_spikes: float, duration: float) -> None:
        self._made = _saltus.add_spikes(
            require_number(mean_spikes, "AddSpikes", "mean_spikes"),
            require_number(duration, "AddSpikes", "duration"),
        )


class BlendExamples(SpikeTransform):
    """Replaces an example by a blend of it and another one of its class: both are shifted so that
    their centres of mass (mean time, mean place) meet halfway, then each spike of both is taken
    with probability one half. It takes the other example as the data set has it, and so stands
    first in a list.

    Args:
        shape: Shape of the population.
        num_aligned_axes: The first so many axes are those of places; None for 1 of a population
            with one axis, otherwise 2.
        probability: With which an example is blended; otherwise it stays as it is.

    Raises:
        ModelError: For more axes than the population has, or no such probability.

    References:
        T. Nowotny, J. P. Turner, J. C. Knight, Loss shaping enhances exact gradient learning with
        EventProp in spiking neural networks, Neuromorphic Computing and Engineering 5, 014001
        (2025).

    Example:
        >>> transform = BlendExamples((700,), probability=0.5)
    """

    def __init__(
        self,
        shape: Union[int, Sequence[int]],
        num_aligned_axes: Optional[int] = None,
        probability: float = 1.0,
    ) -> None:
        extents = _shape(shape, "BlendExamples")
        axes = min(len(extents), 2) if num_aligned_axes is None else num_aligned_axes
        self._made = _saltus.blend_examples(
            extents,
            require_count(axes, "BlendExamples", "num_aligned_axes"),
            require_number(probability, "BlendExamples", "probability"),
        )


class SpikeAugmentation:
    """A list of transforms, which makes a varied copy of a data set for each epoch. What the copy
    of an example is depends on the seed and the numbers of epoch and example alone.

    Args:
        transforms: Applied to each example in this order.
        seed: Of the random numbers.
        duration: Spikes that are at or after this time in ms at the end are deleted; None for none.
            Networks refuse spikes after their last timestep, at (timesteps - 1) * dt.
        threads: Threads that work at it; 0 for one a core. The result does not depend on it.

    Raises:
        ModelError: For a duration that is not positive, or a negative seed.

    Example:
        >>> augmentation = SpikeAugmentation([ShiftTime(2.0), DeleteSpikes(0.1)], duration=19.0)
        >>> spikes = to_spike_trains(x)
        >>> augmentation(spikes, y, epoch=0).num_examples
        24
        >>> metrics, _ = compiled.train(
        ...     {inputs: spikes}, {output: y}, 2,
        ...     augment=augmentation.each_epoch({inputs: spikes}, {output: y}),
        ... )
    """

    def __init__(
        self,
        transforms: Sequence[SpikeTransform],
        seed: int = 0,
        duration: Optional[float] = None,
        threads: int = 0,
    ) -> None:
        handles = []
        for transform in transforms:
            if not isinstance(transform, SpikeTransform):
                raise ArgumentTypeError(
                    "SpikeAugmentation",
                    f"a transform is {transform!r}",
                    "give objects such as DeleteSpikes(0.1)",
                )
            handles.append(transform._made)
        self._threads = require_count(threads, "SpikeAugmentation", "threads")
        self._duration = (
            float("inf")
            if duration is None
            else require_number(duration, "SpikeAugmentation", "duration")
        )
        self._made = _saltus.SpikeAugmentation(
            handles, require_count(seed, "SpikeAugmentation", "seed"), self._duration
        )

    def __call__(
        self,
        spikes: Union[SpikeTrains, Sequence[PreprocessedSpikes]],
        labels: Any = (),
        epoch: int = 0,
    ) -> Union[SpikeTrains, EncodedImages]:
        """A varied copy of all examples.

        Args:
            spikes: Spike trains, or one PreprocessedSpikes an example. Of EncodedImages that are
                only shifted and mirrored the pixels move, and EncodedImages are returned, which
                take a byte a pixel.
            labels: Class of each example; needed for BlendExamples alone.
            epoch: Number of the epoch.

        Raises:
            ModelError: When transforms, spikes and labels do not fit each other.

        Example:
            >>> copy = SpikeAugmentation([DeleteSpikes(0.1)])(x, y, epoch=3)
        """
        classes = np.asarray(labels, dtype=np.int64 if np.size(labels) == 0 else None)
        if classes.ndim != 1 or classes.dtype.kind not in "iu":
            raise ArgumentTypeError(
                "SpikeAugmentation",
                f"labels are an array of shape {classes.shape} of {classes.dtype}",
                "give the number of a class for each example",
            )
        if classes.size and not (0 <= classes.min() and classes.max() < 2**31):
            outside = classes.min() if classes.min() < 0 else classes.max()
            raise ModelError(
                "SpikeAugmentation", f"a label is {outside}", "give classes numbered from 0"
            )
        number = require_count(epoch, "SpikeAugmentation", "epoch")
        if isinstance(spikes, EncodedImages) and self._moves_pixels_of(spikes):
            return spikes._moved(self._made, number, self._threads)
        return self._made.apply(
            _trains(spikes), np.ascontiguousarray(classes, np.int32), number, self._threads
        )

    def _moves_pixels_of(self, images: EncodedImages) -> bool:
        """Whether it comes to the same to move pixels before they are spikes."""
        are_dark_silent = bool(np.isnan(images._times[0]))
        return self._made.only_moves and are_dark_silent and images.latest_time < self._duration

    def each_epoch(
        self, x: Dict[Any, Any], y: Dict[Any, Any]
    ) -> Callable[[int], Tuple[Dict[Any, Any], Dict[Any, Any]]]:
        """What `train(augment=...)` takes: a function that varies these data for an epoch.

        Args:
            x: Spikes by input population or layer.
            y: Labels by output population or layer; those of the first are the classes.

        Returns:
            A function of the number of the epoch that gives (x, y).

        Example:
            >>> augmentation = SpikeAugmentation([DeleteSpikes(0.1)])
            >>> augment = augmentation.each_epoch({inputs: x}, {output: y})
            >>> varied_x, varied_y = augment(3)
        """
        trains = {
            key: spikes if isinstance(spikes, EncodedImages) else _trains(spikes)
            for key, spikes in x.items()
        }
        for key, spikes in trains.items():
            if isinstance(spikes, EncodedImages) and not self._moves_pixels_of(spikes):
                trains[key] = _trains(spikes)
        labels = next(iter(y.values()), ())

        def augment(epoch: int) -> Tuple[Dict[Any, Any], Dict[Any, Any]]:
            varied = {key: self(spikes, labels, epoch) for key, spikes in trains.items()}
            return varied, y

        return augment


def _shape(shape: Any, where: str) -> Tuple[int, ...]:
    extents = to_shape(shape, where)
    if extents is None:
        raise ModelError(where, "its shape is None", "give the shape of the population")
    return extents


def _trains(spikes: Any) -> SpikeTrains:
    from .data import to_spike_trains

    return spikes if isinstance(spikes, SpikeTrains) else to_spike_trains(spikes)
