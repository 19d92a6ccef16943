"""Helpers around networks: datasets, and filters of examples and neurons."""

from typing import TYPE_CHECKING

from . import data, filter
from .._absent import absent

__all__ = ["data", "filter"]

if not TYPE_CHECKING:
    __getattr__ = absent(__name__)
