"""Connectivity and neurons as another implementation has them: the cases of tests/oracle, run through
Python."""

from __future__ import annotations

from typing import Any, Dict

import numpy as np
import pytest

from conftest import ROOT
from saltus.compilers import InferenceCompiler
from saltus.errors import ModelError
from saltus import Connection, Network, Population, connectivity, neurons, synapses
from saltus.neurons import BinarySpikeInput, IntegrateFire, SpikeInput
from saltus.utils.data import preprocess_spikes

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


def read_neurons() -> Dict[str, Any]:
    """The same for neurons, with the arrays that all cases share under ""."""
    with h5py.File(ROOT / "tests/oracle/neurons.h5") as file:
        cases: Dict[str, Any] = {"": {n: file[n][()] for n in ("in_spike_t", "in_spike_id", "w")}}
        for name, group in file["cases"].items():
            case = {key: value for key, value in group.attrs.items()}
            case.update({key: item[()] for key, item in group.items()})
            cases[name] = {k: v.decode() if isinstance(v, bytes) else v for k, v in case.items()}
    return cases


NEURONS = read_neurons()
SYNAPSES = {
    "delta": synapses.Delta(),
    "exp2": synapses.Exponential(2.0),
    "exp5": synapses.Exponential(5.0),
    "exp5_scaled": synapses.Exponential(5.0, scale_i=True),
}
FLAGS = ("relative_reset", "integrate_during_refrac", "scale_i")
NUMBERS = ("v_thresh", "v_reset", "beta", "tau_mem", "tau_refrac", "tau_adapt", "bias")


@pytest.mark.parametrize("backend", ["cpu", "reference"])
@pytest.mark.parametrize("name", [name for name in NEURONS if name])
def test_neurons(name: str, backend: str) -> None:
    case, shared = NEURONS[name], NEURONS[""]
    arguments = {key: float(case[key]) for key in NUMBERS if key in case}
    arguments.update({key: bool(case[key]) for key in FLAGS if key in case})
    with Network() as network:
        source = Population(SpikeInput(), 10)
        target = Population(getattr(neurons, case["neuron"])(readout="var", **arguments), 6)
        Connection(source, target, connectivity.Dense(shared["w"]), SYNAPSES[case["synapse"]])
    dt = float(case["dt"])
    compiled = InferenceCompiler(round(100 / dt), dt=dt, backend=backend).compile(network)
    spikes = preprocess_spikes(shared["in_spike_t"], shared["in_spike_id"].astype(int), 10)
    trace = compiled.trace({source: [spikes]}, 0)
    np.testing.assert_allclose(trace.states[f"{target.name}.v"], case["V"], atol=2e-4)
    if "A" in case:
        np.testing.assert_allclose(trace.states[f"{target.name}.a"], case["A"], atol=2e-4)
    if "spike_t" in case:
        expected = sorted(zip(np.round(case["spike_t"] / dt), case["spike_id"]))
        assert sorted(zip(*trace.spikes[target])) == expected


def test_number_of_neurons() -> None:
    assert len(NEURONS) == 58
