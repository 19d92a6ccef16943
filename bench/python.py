"""What Python adds: to training, to one evaluation, to memory, and to the start of a program.

usage: python bench/python.py [path of the program = build/release/saltus] [rounds = 5]

The main job (examples/fashion_mnist.toml, all of Fashion-MNIST, one thread) is trained by the program and
through the package by turns, with the progress bar that both have by default.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any, Callable, List

import numpy as np

import saltus
from saltus.compilers import InferenceCompiler
from saltus.utils.data import linear_latency_encode_data, read_idx

ROOT = Path(__file__).resolve().parents[1]
DATA = Path("/usr/share/datasets/fashion-mnist")
FILE = ROOT / "examples" / "fashion_mnist.toml"


def seconds_of(call: Callable[[], Any]) -> float:
    begin = time.perf_counter()
    call()
    return time.perf_counter() - begin


def resident_mebibytes() -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024.0
    raise OSError("there is no VmRSS in /proc/self/status")


def through_the_program(program: str, model: str) -> float:
    """Seconds of an epoch, the mean of two. It saves the model, which Python then reads."""
    command = [program, "train", str(FILE), "--epochs", "2", "--threads", "1", "--save", model]
    found = subprocess.run([*command, "--json", "--quiet"], capture_output=True, check=True)
    return float(json.loads(found.stdout.splitlines()[-1])["seconds_per_epoch"])


def training(program: str, rounds: int, spikes: Any, labels: np.ndarray) -> None:
    with tempfile.TemporaryDirectory() as folder:
        model = f"{folder}/model.h5"
        theirs: List[float] = [through_the_program(program, model)]
        loaded = saltus.load_model(model)
        loaded.compiler.threads = 1
        compiled = loaded.compiler.compile(loaded.network)
        x, y = {"input": spikes}, {"output": labels}
        # Both delete spikes, as the file says.
        arguments = {"input_dropout": 0.03, "schedule": "cosine"}
        ours: List[float] = []
        for _ in range(rounds):
            ours.append(seconds_of(lambda: compiled.train(x, y, 2, **arguments)) / 2)
            theirs.append(through_the_program(program, model))
    theirs = theirs[1:]
    ratio = median(ours) / median(theirs)
    print(
        f"an epoch of {len(labels)} images, one thread: the program {median(theirs):.3f} s, "
        f"through Python {median(ours):.3f} s (medians of {rounds}): ratio {ratio:.3f}, asked 1.05"
    )


def one_evaluation(spikes: Any, labels: np.ndarray, network: saltus.Network) -> None:
    """One example, given as a user gives it, and the engine's own time with data that are ready."""
    compiled = InferenceCompiler(20, threads=1).compile(network)
    x, y = {"input": spikes[:1]}, {"output": labels[:1]}
    ready = compiled._inputs(x), {"output": labels[:1].astype(np.int32)}

    def engine() -> None:
        compiled._made.evaluate(*ready, ["accuracy"], None, None)

    calls = 300
    whole = [seconds_of(lambda: compiled.evaluate(x, y)) for _ in range(calls)]
    alone = [seconds_of(engine) for _ in range(calls)]
    added = 1e3 * (median(whole) - median(alone))
    print(
        f"evaluate() of one example: {1e3 * median(whole):.3f} ms, of these the engine "
        f"{1e3 * median(alone):.3f} ms: {added:.3f} ms more, asked 0.2"
    )


def memory(images: np.ndarray, spikes: Any, network: saltus.Network) -> None:
    """Growth of the process while data are used, which are as large as said."""
    compiled = InferenceCompiler(20, batch_size=32, threads=1).compile(network)
    compiled.predict({"input": spikes.slice(0, 32)}, callbacks=())
    before = resident_mebibytes()
    compiled.predict({"input": spikes}, callbacks=())
    kept = before - resident_mebibytes()
    print(f"spikes on the grid, {len(images)} images: the process grew by {-kept:.1f} MiB")
    with saltus.Network() as poisson:
        pixels = saltus.Population(saltus.neurons.PoissonInput(), images.shape[1:], name="input")
        neuron = saltus.neurons.IntegrateFire(readout="spike_count")
        output = saltus.Population(neuron, 10, name="output")
        saltus.Connection(pixels, output, saltus.connectivity.Dense(0.01))
    compiled = InferenceCompiler(2, batch_size=32, threads=1).compile(poisson)
    for dtype in (np.uint8, np.float32, np.float64):
        values = images.astype(dtype)
        compiled.predict({"input": values[:32]}, callbacks=())
        before = resident_mebibytes()
        compiled.predict({"input": values}, callbacks=())
        grown = resident_mebibytes() - before
        print(
            f"values of {np.dtype(dtype).name}, {values.nbytes / 2**20:.0f} MiB: the process grew "
            f"by {grown:.1f} MiB"
        )


def imports(rounds: int) -> None:
    def start(code: str) -> float:
        return median(
            seconds_of(lambda: subprocess.run([sys.executable, "-c", code], check=True))
            for _ in range(rounds)
        )

    numpy, ours = start("import numpy"), start("import numpy, saltus")
    print(f"import saltus: {ours - numpy:.3f} s after NumPy ({numpy:.3f} s with Python itself)")


def main() -> None:
    program = sys.argv[1] if len(sys.argv) > 1 else str(ROOT / "build/release/saltus")
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    images = read_idx(DATA / "train-images-idx3-ubyte.gz")
    labels = read_idx(DATA / "train-labels-idx1-ubyte.gz")
    spikes = linear_latency_encode_data(images, max_time=18.0, min_time=2.0)
    ready = saltus.utils.data.to_grid_spikes(spikes, 1.0, 20)
    with tempfile.TemporaryDirectory() as folder:
        through_the_program(program, f"{folder}/model.h5")
        network = saltus.load_model(f"{folder}/model.h5").network
    imports(rounds)
    one_evaluation(spikes, labels, network)
    memory(images, ready, network)
    training(program, rounds, ready, labels)


if __name__ == "__main__":
    main()
