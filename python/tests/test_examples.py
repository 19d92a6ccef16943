"""The examples run as they are."""

from __future__ import annotations

import re
import subprocess
import sys

from conftest import ROOT


def test_yin_yang() -> None:
    script = ROOT / "examples" / "yin_yang.py"
    run = subprocess.run(
        [sys.executable, str(script), "--epochs", "2", "--samples", "900"],
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    found = re.search(r"([0-9.]+) % of 10,000 fresh points", run.stdout)
    assert found and float(found[1]) > 50.0
