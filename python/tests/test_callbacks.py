"""Callbacks."""

from __future__ import annotations

import os
import signal
import threading
from typing import Any, List, Tuple

import numpy as np
import pytest

from conftest import compile_small
from saltus.callbacks import (
    BatchProgressBar,
    Callback,
    CsvLog,
    EarlyStopping,
    FunctionCallback,
    OptimiserParamSchedule,
    RestoreBest,
)
from saltus.errors import ModelError


class Log(Callback):
    """Writes down everything that it is told."""

    def __init__(self) -> None:
        self.events: List[Tuple] = []

    def set_params(self, **params: Any) -> None:
        self.params = params

    def set_first(self) -> None:
        self.events.append(("first",))

    def on_train_begin(self) -> None:
        self.events.append(("train begin",))

    def on_train_end(self, metrics: Any) -> None:
        self.events.append(("train end",))

    def on_test_begin(self) -> None:
        self.events.append(("test begin",))

    def on_test_end(self, metrics: Any) -> None:
        self.events.append(("test end",))

    def on_epoch_begin(self, epoch: int) -> None:
        self.events.append(("epoch begin", epoch))

    def on_epoch_end(self, epoch: int, metrics: Any) -> None:
        self.events.append(("epoch end", epoch))

    def on_batch_begin(self, batch: int) -> None:
        self.events.append(("batch begin", batch))

    def on_batch_end(self, batch: int, metrics: Any) -> None:
        self.events.append(("batch end", batch))

    def get_data(self) -> Tuple[str, int]:
        return "log", len(self.events)


BATCHES = [(f"batch {what}", batch) for batch in range(3) for what in ("begin", "end")]


def test_events_of_training(small: Any, trainable: Any) -> None:
    log = Log()
    _, data = trainable.train(*small.data, 2, start_epoch=5, callbacks=[log])
    expected: List[Tuple] = [("first",), ("train begin",)]
    for epoch in (5, 6):
        expected += [("epoch begin", epoch), *BATCHES, ("epoch end", epoch)]
    assert log.events == [*expected, ("train end",)]
    assert data == {"log": len(log.events)}
    assert log.params["compiled_network"] is trainable and log.params["data"] == {}
    assert (log.params["num_batches"], log.params["num_epochs"]) == (3, 2)


def test_events_of_evaluation_and_prediction(small: Any, trainable: Any) -> None:
    for run in (
        lambda log: trainable.evaluate(*small.data, callbacks=[log]),
        lambda log: trainable.predict(small.data[0], callbacks=[log]),
    ):
        log = Log()
        run(log)
        assert log.events == [("first",), ("test begin",), *BATCHES, ("test end",)]


def test_events_of_validation(small: Any, trainable: Any) -> None:
    log = Log()
    *_, data = trainable.train(*small.data, 1, validation_split=0.5, validation_callbacks=[log])
    assert ("batch end", 1) in log.events and ("batch end", 2) not in log.events
    assert "log" in data


def test_metrics_are_there_at_each_event(small: Any, trainable: Any) -> None:
    seen = []

    class Look(Callback):
        def on_batch_end(self, batch: int, metrics: Any) -> None:
            seen.append((metrics[small.output].result, metrics.loss))

        def on_epoch_end(self, epoch: int, metrics: Any) -> None:
            seen.append((metrics[small.output].result, metrics.figures["validation_loss"]))

    trainable.train(*small.data, 1, callbacks=[Look()], validation_split=0.25)
    assert len(seen) == 4 and all(0 <= result <= 1 and loss > 0 for result, loss in seen)


def test_errors_end_the_run_and_come_through(small: Any, trainable: Any) -> None:
    class Broken(Callback):
        def on_batch_end(self, batch: int, metrics: Any) -> None:
            if batch == 1:
                raise LookupError("enough")

    before = trainable.weights(small.hidden)
    with pytest.raises(LookupError, match="enough") as caught:
        trainable.train(*small.data, 10, shuffle=False, callbacks=[Broken()])
    assert caught.traceback[-1].name == "on_batch_end"
    two_batches = compile_small(small)
    two_batches.train({small.inputs: small.x[:16]}, {small.output: small.y[:16]}, 1, shuffle=False)
    after = trainable.weights(small.hidden)
    np.testing.assert_array_equal(after, two_batches.weights(small.hidden))
    assert not np.array_equal(after, before)
    assert trainable.evaluate(*small.data)[0][small.output].result is not None


def test_errors_of_the_schedule_come_through(small: Any, trainable: Any) -> None:
    with pytest.raises(ZeroDivisionError):
        trainable.train(*small.data, 1, schedule=lambda done: 1 / 0)
    with pytest.raises(ModelError, match="there is no schedule 'cosinus'; did you mean 'cosine'"):
        trainable.train(*small.data, 1, schedule="cosinus")


def test_a_callback_may_use_the_network(small: Any, trainable: Any) -> None:
    losses = []

    class Evaluate(Callback):
        def on_epoch_end(self, epoch: int, metrics: Any) -> None:
            losses.append(trainable.loss(*small.data))

    trainable.train(*small.data, 3, callbacks=[Evaluate()])
    assert len(losses) == 3 and losses[2] != losses[0]


def test_a_callback_may_end_the_run(small: Any, trainable: Any) -> None:
    class Stop(Callback):
        def on_batch_end(self, batch: int, metrics: Any) -> None:
            self.batch = batch

        def wants_to_stop(self) -> bool:
            return self.batch == 1

    stop = Stop()
    metrics, _ = trainable.train(*small.data, 5, callbacks=[stop])
    assert stop.batch == 1 and metrics.history == []


def test_early_stopping(small: Any, trainable: Any) -> None:
    stopping = EarlyStopping("accuracy", patience=2, min_delta=1.0)
    metrics, _ = trainable.train(*small.data, 50, callbacks=[stopping])
    assert len(metrics.history) == 3 and stopping.best_epoch == 0
    assert stopping.best == metrics.history[0]["accuracy"]
    with pytest.raises(ModelError, match="there is no figure 'validation_loss' .*loss"):
        trainable.train(*small.data, 1, callbacks=["early_stopping"])
    with pytest.raises(ModelError, match="patience is 0"):
        EarlyStopping(patience=0)


@pytest.mark.parametrize("stops", [False, True])
def test_going_back_to_the_best_epoch(small: Any, trainable: Any, stops: bool) -> None:
    best: Any = RestoreBest("loss")
    if stops:
        best = EarlyStopping("loss", patience=100, restore_best=True)
    after = {}

    def keep(epoch: int, metrics: Any) -> None:
        after[epoch] = trainable.training_state()

    # Rates at which training gets worse in the end.
    rates = OptimiserParamSchedule("alpha", lambda epoch, alpha: 0.01 if epoch < 4 else 30.0)
    metrics, _ = trainable.train(
        *small.data, 8, callbacks=[rates, best, FunctionCallback(on_epoch_end=keep)]
    )
    losses = [figures["loss"] for figures in metrics.history]
    assert best.best_epoch == int(np.argmin(losses)) < 7 and best.best == min(losses)
    state = trainable.training_state()
    expected = after[best.best_epoch]
    assert state["next_epoch"] == best.best_epoch + 1
    for part in ("weights", "mean_gradients", "mean_squares"):
        for name, values in expected[part].items():
            assert np.array_equal(state[part][name], values)


def test_the_best_state_is_there_when_a_run_fails(small: Any, trainable: Any) -> None:
    def fail(epoch: int, metrics: Any) -> None:
        if epoch == 2:
            raise KeyError("enough")

    best = RestoreBest("accuracy")
    assert best.best_state is None and best.best is None and best.best_epoch is None
    with pytest.raises(KeyError):
        trainable.train(*small.data, 5, callbacks=[best, FunctionCallback(on_epoch_end=fail)])
    assert best.best_state is not None
    trainable.restore(best.best_state)
    assert trainable.training_state()["next_epoch"] == best.best_epoch + 1
    with pytest.raises(ModelError, match="min_delta is -1"):
        RestoreBest(min_delta=-1.0)
    with pytest.raises(ModelError, match=r"\[RestoreBest\] there is no figure 'accurracy' .*loss"):
        trainable.train(*small.data, 1, callbacks=[RestoreBest("accurracy")])


def test_callbacks_by_name_and_what_is_none(small: Any, trainable: Any) -> None:
    trainable.train(*small.data, 1, callbacks=["batch_progress_bar"])
    with pytest.raises(RuntimeError, match="there is no callback 'progress'"):
        trainable.train(*small.data, 1, callbacks=["progress"])
    with pytest.raises(KeyError, match="two callbacks give data under the key 'log'"):
        trainable.train(*small.data, 1, callbacks=[Log(), Log()])


def test_progress_bar(small: Any, trainable: Any, capfd: Any) -> None:
    trainable.train(*small.data, 1, callbacks=[BatchProgressBar(disable=False)])
    shown = capfd.readouterr().err
    assert "epoch 0: 100%" in shown and "SparseCategoricalAccuracy=" in shown and "loss=" in shown
    trainable.train(*small.data, 1)
    assert capfd.readouterr().err == ""


def test_interruption(small: Any, trainable: Any) -> None:
    """Ctrl-C ends the run after the batch, and the network is as good as before."""
    started = threading.Event()

    class Started(Callback):
        def on_epoch_begin(self, epoch: int) -> None:
            started.set()

    def interrupt() -> None:
        started.wait()
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    before = trainable.weights(small.hidden)
    # Shells start programs in the background with the signal ignored.
    previous = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            trainable.train(*small.data, 10**7, callbacks=[Started()])
    finally:
        signal.signal(signal.SIGINT, previous)
    thread.join()
    after = trainable.weights(small.hidden)
    assert np.all(np.isfinite(after)) and not np.array_equal(after, before)
    assert trainable.loss(*small.data) > 0


def test_functions_as_callbacks(small: Any, trainable: Any) -> None:
    events: List[Tuple] = []
    functions = FunctionCallback(
        on_train_begin=lambda: events.append(("train begin",)),
        on_epoch_begin=lambda epoch: events.append(("epoch begin", epoch)),
        on_batch_begin=lambda batch: events.append(("batch begin", batch)),
        on_batch_end=lambda batch, metrics: events.append(("batch end", batch)),
        on_epoch_end=lambda epoch, metrics: events.append(("epoch end", epoch)),
        on_train_end=lambda metrics: events.append(("train end",)),
    )
    log = Log()
    trainable.train(*small.data, 2, callbacks=[log, functions])
    assert events == log.events[1:]
    events.clear()
    tests = FunctionCallback(on_test_end=lambda metrics: events.append((metrics.loss,)))
    trainable.evaluate(*small.data, callbacks=[tests])
    assert len(events) == 1
    with pytest.raises(ModelError, match="no event 'on_epoch'; did you mean 'on_epoch_"):
        FunctionCallback(on_epoch=print)
    with pytest.raises(TypeError, match="on_epoch_end is 3, which cannot be called"):
        FunctionCallback(on_epoch_end=3)


def test_csv_log(small: Any, trainable: Any, tmp_path: Any) -> None:
    path = tmp_path / "log.csv"
    metrics, _ = trainable.train(*small.data, 2, callbacks=[CsvLog(path)])
    trainable.train(*small.data, 1, start_epoch=2, callbacks=[CsvLog(path)])
    lines = [line.split(",") for line in path.read_text().splitlines()]
    assert lines[0] == ["epoch", "seconds", "accuracy", "loss"]
    assert [line[0] for line in lines[1:]] == ["1", "2", "3"]
    assert float(lines[2][3]) == metrics.loss
    with pytest.raises(RuntimeError, match="the log cannot be written: No such file or directory"):
        trainable.train(*small.data, 1, callbacks=[CsvLog(tmp_path / "nowhere" / "log.csv")])
