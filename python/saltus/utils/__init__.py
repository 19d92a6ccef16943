"""Helpers around networks."""

from . import data

__all__ = ["data"]
