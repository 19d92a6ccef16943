"""The Yin-Yang dataset."""

from __future__ import annotations

from typing import List, Tuple

import numpy as np

from ._spikes import PreprocessedSpikes


def generate_yin_yang_dataset(
    size: int,
    scale: float,
    offset: float = 0.0,
    bias: bool = True,
    r_small: float = 0.1,
    r_big: float = 0.5,
) -> Tuple[List[PreprocessedSpikes], np.ndarray]:
    """Points of the Yin-Yang figure as spike times: classes 0 (yang), 1 (yin) and 2 (eye). Uses
    NumPy's global random numbers.

    Args:
        size: Number of examples.
        scale: ms that a coordinate of 1 takes.
        offset: ms before the first possible spike.
        bias: Whether there is a first neuron that always spikes at `offset`.
        r_small: Radius of the eyes.
        r_big: Radius of the figure.

    Returns:
        Spikes of the neurons [bias,] x, y, 1 - x and 1 - y, and the labels, shape (size,).

    References:
        L. Kriener, J. Goeltz, M. A. Petrovici, The Yin-Yang Dataset, NICE 2022.

    Example:
        >>> spikes, labels = generate_yin_yang_dataset(1000, scale=20.0, offset=2.0)
    """
    labels = np.random.randint(3, size=size)
    points = np.empty((size, 2))
    missing = np.arange(size)
    while len(missing):
        candidates = 2.0 * r_big * np.random.rand(len(missing), 2)
        fits = np.hypot(*(candidates - r_big).T) <= r_big
        fits &= _yin_yang_class(candidates, r_small, r_big) == labels[missing]
        points[missing[fits]] = candidates[fits]
        missing = missing[~fits]
    channels = [points[:, 0], points[:, 1], 1.0 - points[:, 0], 1.0 - points[:, 1]]
    if bias:
        channels.insert(0, np.zeros(size))
    times = offset + np.stack(channels, axis=1) * scale
    ends = np.arange(1, len(channels) + 1)
    return [PreprocessedSpikes(ends, row) for row in times], labels


def _yin_yang_class(points: np.ndarray, r_small: float, r_big: float) -> np.ndarray:
    x, y = points.T
    d_right = np.hypot(x - 1.5 * r_big, y - r_big)
    d_left = np.hypot(x - 0.5 * r_big, y - r_big)
    is_yin = (d_right <= r_small) | ((d_left > r_small) & (d_left <= 0.5 * r_big))
    is_yin |= (y > r_big) & (d_right > 0.5 * r_big)
    is_eye = (d_right < r_small) | (d_left < r_small)
    return np.where(is_eye, 2, np.where(is_yin, 1, 0))
