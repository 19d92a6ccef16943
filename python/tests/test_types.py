"""Types: the package's annotations, and the stub of the extension module."""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, List

import pytest

import saltus
from conftest import ROOT
from saltus import _saltus

SCRIPT = """
import numpy as np
from saltus import InputLayer, Layer, Network, SequentialNetwork
from saltus.compilers import EventPropCompiler
from saltus.connectivity import Dense
from saltus.initializers import Normal
from saltus.neurons import LeakyIntegrate, SpikeInput

network = SequentialNetwork()
with network:
    inputs = InputLayer(SpikeInput(), 12)
    output = Layer(Dense(Normal(0.1)), LeakyIntegrate(readout="avg_var"), 3)
compiled = EventPropCompiler(20, "sparse_categorical_crossentropy").compile(network)
mean: float = compiled.weights(output).mean()
{line}
"""


def mypy(*arguments: str) -> "subprocess.CompletedProcess[str]":
    pytest.importorskip("mypy")
    settings = ["--strict", "--config-file", str(ROOT / "pyproject.toml")]
    cache = ["--cache-dir", str(ROOT / "build" / "mypy")]
    # Elsewhere, so that the package is the one that is installed.
    command = [sys.executable, "-m", "mypy", *settings, *cache, *arguments]
    return subprocess.run(command, cwd=ROOT / "build", capture_output=True, text=True)


def test_the_package_is_typed() -> None:
    checked = mypy("-p", "saltus")
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("", ""),
        ('compiled.trian({"x": []}, {"y": []}, 3)', 'has no attribute "trian"'),
        ("network.populations[0].size.nothing", 'has no attribute "nothing"'),
        ("Layer(Dense(0.1), LeakyIntegrate(), shape=2.5)", 'incompatible type "float"'),
        ("from saltus.neurons import FewSpikeRelu", 'has no attribute "FewSpikeRelu"'),
        ("import saltus; saltus.plot.weights([1.0])", 'has incompatible type "list[float]"'),
        ("InputLayer(3)", 'incompatible type "int"'),
        ("Network(shape=3)", 'Unexpected keyword argument "shape"'),
    ],
)
def test_scripts_are_checked(line: str, complaint: str, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.format(line=line))
    checked = mypy(str(script))
    assert complaint in checked.stdout
    assert (checked.returncode != 0) == bool(complaint), checked.stdout


def parameters(function: ast.FunctionDef) -> List[str]:
    given = function.args
    return [argument.arg for argument in [*given.posonlyargs, *given.args, *given.kwonlyargs]]


def stub_of(nodes: List[ast.stmt]) -> Dict[str, Any]:
    """Functions by name with their parameters, and classes with theirs."""
    found: Dict[str, Any] = {}
    for node in nodes:
        if isinstance(node, ast.ClassDef):
            found[node.name] = stub_of(node.body)
        elif isinstance(node, ast.FunctionDef):
            # Of a property the getter comes first.
            found.setdefault(node.name, parameters(node))
    return found


def module_of(owner: Any) -> Dict[str, Any]:
    """The same of what is there."""
    found: Dict[str, Any] = {}
    for name, item in vars(owner).items():
        item = item.__func__ if isinstance(item, staticmethod) else item
        if inspect.isclass(item) and item.__module__ == _saltus.__name__:
            found[name] = module_of(item)
            continue
        item = item.fget if isinstance(item, property) else item
        signatures = getattr(item, "__nb_signature__", None)
        if signatures is None or (name.startswith("__") and name != "__init__"):
            continue
        # Defaults stand as numbers of a list.
        text = re.sub(r"\\\d+", "0", signatures[0][0].replace("def (", "def getter(")) + ": ..."
        function = ast.parse(text).body[0]
        assert isinstance(function, ast.FunctionDef)
        found[name] = parameters(function)
    return found


def test_the_stub_is_that_of_the_extension_module() -> None:
    stub = Path(saltus.__file__).with_name("_saltus.pyi")
    described = stub_of(ast.parse(stub.read_text()).body)
    there = module_of(_saltus)
    assert len(there) > 40 and len(there["CompiledTrainingNetwork"]) > 5
    assert described == there
