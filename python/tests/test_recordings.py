"""Readers of recordings: N-MNIST and the Heidelberg layout, as h5py writes it."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any, List, Tuple

import numpy as np
import pytest

import saltus
from conftest import compile_small, small_network
from saltus.errors import ArgumentTypeError, ModelError, RuntimeFault
from saltus.utils.data import read_heidelberg, read_nmnist, to_grid_spikes


def nmnist_bytes(columns: Any, rows: Any, polarities: Any, times: Any) -> bytes:
    """Events as N-MNIST has them; times in microseconds."""
    events = np.zeros((len(times), 5), np.uint8)
    events[:, 0], events[:, 1] = columns, rows
    events[:, 2] = np.asarray(polarities) << 7 | np.asarray(times) >> 16
    events[:, 3], events[:, 4] = np.asarray(times) >> 8 & 255, np.asarray(times) & 255
    return events.tobytes()


@pytest.fixture
def nmnist(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    lines = ["#sample #class"]
    for number in range(5):
        events = rng.integers(0, 34, 50), rng.integers(0, 34, 50), rng.integers(0, 2, 50)
        times = rng.integers(0, 300_000, 50)
        (tmp_path / f"{number}.bs2").write_bytes(nmnist_bytes(*events, times))
        np.save(tmp_path / f"{number}.npy", np.stack([*events, times]))
        lines.append(f"{number}\t{number % 3}")
    (tmp_path / "list.txt").write_text("\r\n".join(lines))
    return tmp_path


def test_events_are_spikes_sorted_by_time(nmnist: Path) -> None:
    data = read_nmnist(nmnist / "list.txt")
    assert data.shape == (34, 34, 2)
    assert data.labels.dtype == np.int32
    np.testing.assert_array_equal(data.labels, [0, 1, 2, 0, 1])
    for number in range(5):
        columns, rows, polarities, times = np.load(nmnist / f"{number}.npy")
        neurons = (rows * 34 + columns) * 2 + polarities
        order = np.lexsort((neurons, times))
        found_times, found_neurons = data.spikes.example(number)
        np.testing.assert_array_equal(found_times, times[order] / 1000.0)
        np.testing.assert_array_equal(found_neurons, neurons[order])


def test_a_window_pooling_and_some_examples(nmnist: Path) -> None:
    data = read_nmnist(
        nmnist / "list.txt",
        first_example=1,
        max_examples=2,
        start_time=100.0,
        end_time=200.0,
        pooling=4,
    )
    assert data.shape == (9, 9, 2)
    np.testing.assert_array_equal(data.labels, [1, 2])
    columns, rows, polarities, times = np.load(nmnist / "1.npy")
    inside = (times >= 100_000) & (times < 200_000)
    found_times, found_neurons = data.spikes.example(0)
    np.testing.assert_allclose(found_times, np.sort(times[inside]) / 1000.0 - 100.0)
    neurons = (rows // 4 * 9 + columns // 4) * 2 + polarities
    np.testing.assert_array_equal(np.sort(found_neurons), np.sort(neurons[inside]))
    assert to_grid_spikes(data.spikes, 1.0, 101).num_examples == 2


def test_mistakes_are_told(nmnist: Path) -> None:
    with pytest.raises(RuntimeFault, match="does not exist"):
        read_nmnist(nmnist / "nothing.txt")
    with pytest.raises(ModelError, match="pooling is 0"):
        read_nmnist(nmnist / "list.txt", pooling=0)
    with pytest.raises(ModelError, match="end_time is 1.0 ms|end_time is 1 ms"):
        read_nmnist(nmnist / "list.txt", start_time=2.0, end_time=1.0)
    with pytest.raises(ArgumentTypeError, match="max_examples is 'all'"):
        read_nmnist(nmnist / "list.txt", max_examples="all")  # type: ignore[arg-type]
    (nmnist / "0.bs2").write_bytes(b"\x01\x02\x03")
    with pytest.raises(ModelError, match="ends within an event: it has 3 bytes"):
        read_nmnist(nmnist / "list.txt")


Lists = List[np.ndarray]


def write_heidelberg(path: Path, times: Lists, units: Lists, labels: Any, **options: Any) -> None:
    h5py = pytest.importorskip("h5py")
    version = options.pop("libver", "earliest")
    with h5py.File(path, "w", libver=version) as file:
        spikes = file.create_group("spikes")
        for name, lists in (("times", times), ("units", units)):
            kind = h5py.vlen_dtype(lists[0].dtype)
            rows = spikes.create_dataset(name, (len(lists),), dtype=kind, **options)
            for number, values in enumerate(lists):
                rows[number] = values
        file.create_dataset("labels", data=np.asarray(labels, np.uint16), **options)
        file.create_dataset("extra/keys", data=["null", "eins"], dtype=h5py.string_dtype())


def heidelberg(kind: Any = np.float16) -> Tuple[Lists, Lists, np.ndarray]:
    rng = np.random.default_rng(1)
    counts = rng.integers(0, 800, 30)
    times = [rng.random(count).astype(kind) for count in counts]
    units = [rng.integers(0, 700, count).astype(np.uint16) for count in counts]
    return times, units, rng.integers(0, 20, 30)


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64, ">f4"])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"libver": "latest"},
        {"chunks": (7,)},
        {"compression": "gzip"},
        {"compression": "gzip", "shuffle": True, "chunks": (4,)},
    ],
)
def test_what_h5py_writes_is_read(tmp_path: Path, kind: Any, options: Any) -> None:
    times, units, labels = heidelberg(np.dtype(kind))
    write_heidelberg(tmp_path / "a.h5", times, units, labels, **options)
    data = read_heidelberg(tmp_path / "a.h5")
    assert data.shape == (700,)
    assert data.class_names == ["null", "eins"]
    np.testing.assert_array_equal(data.labels, labels)
    for number in range(len(labels)):
        exact = times[number].astype(np.float64) * 1000.0
        order = np.lexsort((units[number], exact))
        found_times, found_neurons = data.spikes.example(number)
        np.testing.assert_array_equal(found_times, exact[order])
        np.testing.assert_array_equal(found_neurons, units[number][order])


def test_a_compressed_file_and_some_examples(tmp_path: Path) -> None:
    times, units, labels = heidelberg()
    write_heidelberg(tmp_path / "a.h5", times, units, labels)
    packed = tmp_path / "a.h5.gz"
    packed.write_bytes(gzip.compress((tmp_path / "a.h5").read_bytes()))
    data = read_heidelberg(packed, first_example=28, end_time=500.0, pooling=7)
    assert data.shape == (100,)
    np.testing.assert_array_equal(data.labels, labels[28:])
    early = times[29].astype(np.float64) < 0.5
    _, neurons = data.spikes.example(1)
    np.testing.assert_array_equal(np.sort(neurons), np.sort(units[29][early] // 7))


def test_mistakes_in_heidelberg_files_are_told(tmp_path: Path) -> None:
    times, units, labels = heidelberg(np.float32)
    path = tmp_path / "a.h5"
    write_heidelberg(path, times, units, labels)
    with pytest.raises(ModelError, match="is of unit .*, but there are 10 channels"):
        read_heidelberg(path, 10)
    times[3][5] = np.nan
    write_heidelberg(path, times, units, labels)
    with pytest.raises(ModelError, match="recording 3: spike 5 is at nan ms, which is no time"):
        read_heidelberg(path)
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(ModelError, match="the file is damaged, or another one"):
        read_heidelberg(path)
    path.write_text("nothing of the kind")
    with pytest.raises(ModelError, match="is not an HDF5 file"):
        read_heidelberg(path)
    h5py = pytest.importorskip("h5py")
    with h5py.File(path, "w"):
        pass
    with pytest.raises(ModelError, match="has no 'spikes/times'"):
        read_heidelberg(path)


def test_a_model_says_which_recordings_test_it(nmnist: Path, tmp_path: Path) -> None:
    compiled = compile_small(small_network())
    data = {"format": "nmnist", "folder": nmnist, "test": "list.txt"}
    compiled.save_model(tmp_path / "m.h5", data=data)
    assert saltus.load_model(tmp_path / "m.h5").network is not None
