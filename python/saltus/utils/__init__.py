"""Helpers around networks: datasets, varied copies of them, and filters of examples and neurons."""

from typing import TYPE_CHECKING

from . import augmentation, data, filter
from .._absent import absent

__all__ = ["augmentation", "data", "filter"]

if not TYPE_CHECKING:
    __getattr__ = absent(__name__)
