"""Connectivity: which neurons of two populations are connected, with which weights and delays.

Weights and delays are numbers, NumPy arrays, initializers or names of initializers. Delays count
timesteps, on top of the one that every spike takes. Populations of shape (rows, columns, channels)
number their neurons in that order, the last fastest.
"""

from typing import TYPE_CHECKING

from .._absent import absent
from .connectivity import Connectivity, ConnectivitySnippet
from .convolution import Conv1D, Conv2D, Conv2DTranspose
from .dense import Dense
from .pooling import AvgPool2D, AvgPoolConv2D, AvgPoolDense2D
from .rows import RowConnectivity, RowRequest
from .sparse import (
    FixedNumberPost,
    FixedNumberPre,
    FixedNumberTotal,
    FixedProbability,
    OneToOne,
    Sparse,
    SparseBase,
)

__all__ = [
    "AvgPool2D",
    "AvgPoolConv2D",
    "AvgPoolDense2D",
    "Connectivity",
    "ConnectivitySnippet",
    "Conv1D",
    "Conv2D",
    "Conv2DTranspose",
    "Dense",
    "FixedNumberPost",
    "FixedNumberPre",
    "FixedNumberTotal",
    "FixedProbability",
    "OneToOne",
    "RowConnectivity",
    "RowRequest",
    "Sparse",
    "SparseBase",
]

if not TYPE_CHECKING:
    __getattr__ = absent(__name__)
