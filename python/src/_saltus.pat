# What nanobind cannot know of the types of the extension module.

_saltus.__prefix__:
    import numpy as np
    from numpy.typing import NDArray
    from typing import Any, Callable, Sequence

    __version__: str

    _Floats = NDArray[np.float64]
    _Indices = NDArray[np.uint32]
    _Spikes = tuple[NDArray[Any], NDArray[Any]]
    _Data = dict[str, Any]
    _Pairs = tuple[_Indices, _Indices]
    _Labels = dict[str, NDArray[Any]]

_saltus\.ConnectivitySnippet\.synapses$:
    def synapses(self, arg0: int, arg1: int, /) -> tuple[_Indices, _Indices, _Indices]: ...

_saltus\.adaptive_exponential$:
    def adaptive_exponential(arguments: dict[str, Any], solver: str, sub_steps: int, readout: str | None) -> Neuron: ...

_saltus\.izhikevich$:
    def izhikevich(arguments: dict[str, Any], solver: str, sub_steps: int, readout: str | None) -> Neuron: ...

_saltus\.resonate_fire$:
    def resonate_fire(arguments: dict[str, Any], readout: str | None) -> Neuron: ...

_saltus\.user_neuron$:
    def user_neuron(parameters: list[tuple[str, Any, str, str]], derived: list[tuple[str, str]], states: list[tuple[str, Any, str]], equations: Sequence[str], threshold: str, reset: Sequence[str], refractory: tuple[Any, bool, list[str]] | None, output: str, solver: str, sub_steps: int, readout: str | None) -> Neuron: ...

_saltus\.user_synapse$:
    def user_synapse(parameters: list[tuple[str, Any, str]], derived: list[tuple[str, str]], equations: Sequence[str], arrival: str, current: str, gain: str, scale_i: bool) -> Synapse: ...

_saltus\.Population\.shape$:
    @property
    def shape(self) -> tuple[int, ...] | None:
        """Numbers of neurons along each axis; None as long as it is not known."""

    @shape.setter
    def shape(self, arg: Sequence[int], /) -> None: ...

_saltus\.(SpikeTrains|GridSpikes)\.example$:
    def example(self, arg: int, /) -> _Spikes:
        ...

_saltus\.SpikeTrains\.from_rows$:
    @staticmethod
    def from_rows(arg0: int, arg1: list[_Spikes], /) -> SpikeTrains: ...

_saltus\.GridSpikes\.from_rows$:
    @staticmethod
    def from_rows(arg0: int, arg1: list[_Spikes], arg2: float, arg3: int, arg4: int, /) -> GridSpikes: ...

_saltus\.SpikeRecorder\.spikes$:
    def spikes(self) -> list[tuple[int, int, NDArray[Any], NDArray[Any]]]: ...

_saltus\.SpikeRecorder\.counts$:
    def counts(self) -> list[tuple[int, int, NDArray[Any]]]: ...

_saltus\.VarRecorder\.values$:
    def values(self) -> list[tuple[int, int, NDArray[Any]]]: ...

_saltus\.ConnVarRecorder\.values$:
    def values(self) -> list[tuple[int, int, NDArray[Any]]]: ...

_saltus\.RewiringRecord\.counts$:
    def counts(self) -> list[tuple[int, int]]: ...

_saltus\.Stream\.step$:
    def step(self, arg: _Data, /) -> None: ...

_saltus\.Stream\.spikes$:
    def spikes(self, arg0: str, arg1: int, /) -> _Indices: ...

_saltus\.Stream\.state$:
    def state(self, arg0: str, arg1: str, /) -> _Floats: ...

_saltus\.Stream\.readout$:
    def readout(self, arg: str, /) -> _Floats: ...

_saltus\.CompiledNetwork\.evaluate$:
    def evaluate(self, x: _Data, y: _Labels, metrics: Sequence[str], run: object | None, visit: object | None) -> dict[str, float]: ...

_saltus\.CompiledNetwork\.evaluate_parts$:
    def evaluate_parts(self, next: object, metrics: Sequence[str], run: object | None, visit: object | None) -> dict[str, float]: ...

_saltus\.CompiledNetwork\.profile$:
    def profile(self) -> tuple[list[tuple[str, str, float, int, int, str]], float, float, int, str]: ...

_saltus\.compile_inference$:
    def compile_inference(network: Network, timesteps: int, dt: float, batch_size: int, seed: int, fold_readouts: bool, prefer_in_memory_connect: bool, resets: dict[str, bool], spike_times: str, matrix_types: Sequence[str], backend: BackendOptions) -> CompiledNetwork: ...

_saltus\.CompiledNetwork\.predict$:
    def predict(self, x: _Data, run: object | None) -> dict[str, _Floats]: ...

_saltus\.CompiledNetwork\.trace$:
    def trace(self, arg0: _Data, arg1: int, /) -> tuple[dict[str, _Spikes], dict[str, _Floats], dict[str, _Floats]]: ...

_saltus\.CompiledNetwork\.weights$:
    def weights(self, arg: str, /) -> _Floats: ...

_saltus\.CompiledNetwork\.parameter$:
    def parameter(self, arg: str, /) -> _Floats: ...

_saltus\.CompiledNetwork\.delays$:
    def delays(self, arg: str, /) -> _Floats: ...

_saltus\.CompiledNetwork\.synapses$:
    def synapses(self, arg: str, /) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]: ...

_saltus\.CompiledNetwork\.described$:
    def described(self) -> tuple[list[tuple[str, str, int]], list[tuple[str, str, str, str, str, int, bool]]]: ...

_saltus\.CompiledTrainingNetwork\.train$:
    def train(self, x: _Data, y: _Labels, num_epochs: int, start_epoch: int, shuffle: bool, metrics: Sequence[str], input_dropout: float, schedule: Callable[[float], float] | Schedule | None, augment: Callable[[int], tuple[_Data, _Labels]] | None, validation_split: float, validation_x: _Data, validation_y: _Labels, validation_run: object | None, run: object | None) -> list[tuple[int, dict[str, float], float]]: ...

_saltus\.CompiledTrainingNetwork\.check_gradients$:
    def check_gradients(self, x: _Data, y: _Labels, per_connection: int, step: float) -> list[tuple[str, int, float, float, float, float]]: ...

_saltus\.CompiledTrainingNetwork\.(gradients|delay_gradients)$:
    def \1(self, arg0: _Data, arg1: _Labels, /) -> dict[str, _Floats]: ...

_saltus\.CompiledTrainingNetwork\.training_state$:
    def training_state(self) -> dict[str, Any]: ...

_saltus\.CompiledTrainingNetwork\.restore$:
    def restore(self, next_epoch: int, num_updates: int, optimiser: Optimiser, weights: dict[str, _Floats], mean_gradients: dict[str, _Floats], mean_squares: dict[str, _Floats], history: dict[int, dict[str, float]], synapses: dict[str, _Pairs]) -> None: ...

_saltus\.CompiledTrainingNetwork\.loss$:
    def loss(self, arg0: _Data, arg1: _Labels, /) -> float: ...

_saltus\.save_model$:
    def save_model(arg0: str, arg1: str, arg2: str, arg3: dict[str, _Floats], arg4: dict[str, float], arg5: dict[str, _Pairs], /) -> None: ...

_saltus\.load_model$:
    def load_model(arg: str, /) -> tuple[str, str, dict[str, _Floats], dict[str, float], dict[str, _Pairs]]: ...

_saltus\.read_idx$:
    def read_idx(arg: str, /) -> tuple[NDArray[np.uint8], Sequence[int]]: ...

_saltus\.mixed_examples$:
    def mixed_examples(arg0: Sequence[int], arg1: Sequence[float], arg2: int, arg3: int, arg4: int, /) -> list[_Indices]: ...

_saltus\.read_nmnist$:
    def read_nmnist(arg0: str, arg1: int, arg2: int, arg3: float, arg4: float, arg5: int, /) -> tuple[SpikeTrains, NDArray[np.int32], list[int], list[str]]: ...

_saltus\.read_heidelberg$:
    def read_heidelberg(arg0: str, arg1: int, arg2: int, arg3: int, arg4: float, arg5: float, arg6: int, /) -> tuple[SpikeTrains, NDArray[np.int32], list[int], list[str]]: ...

_saltus\.GridSpikes\.from_latencies$:
    @staticmethod
    def from_latencies(arg0: NDArray[np.uint8], arg1: _Floats, arg2: float, arg3: int, arg4: int, /) -> GridSpikes: ...

_saltus\.SpikeAugmentation\.apply$:
    def apply(self, arg0: SpikeTrains, arg1: NDArray[np.int32], arg2: int, arg3: int, /) -> SpikeTrains: ...
