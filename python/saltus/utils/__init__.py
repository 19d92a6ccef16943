"""Helpers around networks: datasets, and filters of examples and neurons."""

from . import data, filter
from .._absent import absent

__all__ = ["data", "filter"]

__getattr__ = absent(__name__)
