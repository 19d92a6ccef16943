"""The README's Python runs as it stands there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Dict

import pytest

from conftest import ROOT

pytest.importorskip("sklearn")
pytest.importorskip("matplotlib")


def test_its_blocks_run(tmp_path: Path, monkeypatch: Any, capsys: Any) -> None:
    import matplotlib

    matplotlib.use("Agg")
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.S)
    assert len(blocks) == 2
    names: Dict[str, Any] = {}
    for block in blocks:
        exec(compile(block, "README.md", "exec"), names)  # noqa: S102
    accuracy = float(re.search(r"test accuracy (\S+)", capsys.readouterr().out).group(1))
    assert accuracy > 0.85
    assert names["metrics"].history[-1]["accuracy"] > 0.8
    assert (tmp_path / "raster.png").stat().st_size > 1000
