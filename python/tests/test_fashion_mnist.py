"""The example that trains on real images."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from conftest import ROOT

FOLDER = Path("/usr/share/datasets/fashion-mnist")


@pytest.mark.skipif(not FOLDER.is_dir(), reason="the data is not installed")
def test_one_epoch() -> None:
    example = runpy.run_path(str(ROOT / "examples/fashion_mnist.py"))
    accuracy = example["main"](["--epochs", "1", "--data", str(FOLDER)])
    assert accuracy > 0.8
