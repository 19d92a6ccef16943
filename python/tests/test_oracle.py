"""Connectivity as another implementation has it: the cases of tests/oracle, run through Python."""

from __future__ import annotations

from typing import Any, Dict

import numpy as np
import pytest

from conftest import ROOT
from saltus import Connection, Network, Population, connectivity
from saltus.compilers import InferenceCompiler
from saltus.errors import ModelError
from saltus.neurons import BinarySpikeInput, IntegrateFire

h5py = pytest.importorskip("h5py")

PAIRS = ("conv_size", "conv_strides", "pool_size", "pool_strides")
# What that implementation gets wrong, see tests/oracle/README.md, and what it cannot do.
DEFECTS = ("094", "098", "100", "104", "110", "148")
WORKS_HERE = ("008", "036", "105", "108", "150", "184", "188", "200", "202")


def read_cases() -> Dict[str, Any]:
    """The cases as attributes and arrays by name."""
    cases = {}
    with h5py.File(ROOT / "tests/oracle/connectivity.h5") as file:
        for name, group in file["cases"].items():
            case = {key: value for key, value in group.attrs.items()}
            case.update({key: item[()] for key, item in group.items()})
            cases[name] = {k: v.decode() if isinstance(v, bytes) else v for k, v in case.items()}
    return cases


CASES = read_cases()
OK = [name for name, case in CASES.items() if case["status"] == "ok" and name not in DEFECTS]
RAISES = [name for name, case in CASES.items() if case["status"] != "ok"]


def connectivity_of(case: Dict[str, Any]) -> connectivity.Connectivity:
    arguments = {name: tuple(case[name].tolist()) for name in PAIRS if name in case}
    for name in ("filters", "conv_padding", "flatten"):
        if name in case:
            arguments[name] = case[name]
    if case["class"] != "AvgPool2D":
        arguments["weight"] = case["weight"] if "weight" in case else case["kernel"]
    return getattr(connectivity, case["class"])(**arguments)


def describe(case: Dict[str, Any]) -> Any:
    shape = tuple(case["target_shape"].tolist()) if "target_shape" in case else None
    with Network() as network:
        source = Population(BinarySpikeInput(), tuple(case["in_shape"].tolist()))
        target = Population(IntegrateFire(v_thresh=1e9, readout="var"), shape)
        Connection(source, target, connectivity_of(case))
    return network, source, target


@pytest.mark.parametrize("backend", ["cpu", "reference"])
@pytest.mark.parametrize("name", OK)
def test_effective_matrix(name: str, backend: str) -> None:
    case = CASES[name]
    network, source, target = describe(case)
    assert target.shape == tuple(case["out_shape"].tolist())
    compiler = InferenceCompiler(
        2, batch_size=16, prefer_in_memory_connect=bool(case["in_memory"]), backend=backend
    )
    # Each example is one spike of one source neuron in every step; only the first arrives.
    spikes = np.eye(source.size, dtype=np.float32).reshape((-1,) + source.shape)
    readouts, _ = compiler.compile(network).predict({source: spikes}, target)
    matrix = readouts[target].reshape(source.size, -1)
    np.testing.assert_allclose(matrix, case["W"], atol=1e-6)


def test_number_of_cases() -> None:
    assert len(OK) >= 80 and len(RAISES) == 14


@pytest.mark.parametrize("name", [name for name in RAISES if name not in WORKS_HERE])
def test_what_is_refused_is_refused_here(name: str) -> None:
    case = CASES[name]
    builtin = getattr(__import__("builtins"), case["error"].split(":")[0])
    with pytest.raises(ModelError) as caught:
        network, _, _ = describe(case)
        InferenceCompiler(2).compile(network)
    assert isinstance(caught.value, builtin)
    assert str(caught.value).startswith("[")
