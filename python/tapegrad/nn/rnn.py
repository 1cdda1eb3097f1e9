"""Recurrent networks: Elman's, LSTM and GRU, whole sequences or one step (the cells).

A layer multiplies all steps of its input by weight_ih at once; what remains for each step is the
product with weight_hh and one fused loop. An LSTM runs all its steps in one call where it can.
Initial values are PyTorch's for the same seed.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence
from typing import Any

from .. import _core
from .._core import Tensor
from . import init
from .module import Module
from .parameter import Parameter
from .utils.rnn import PackedSequence

__all__ = ["GRU", "GRUCell", "LSTM", "LSTMCell", "RNN", "RNNBase", "RNNCell", "RNNCellBase"]

State = tuple[Tensor, ...]  # hidden state, and the cell state of an LSTM
Step = Callable[[Tensor, State], State]


def _step(mode: str, w_hh: Tensor, b_hh: Tensor | None, w_hr: Tensor | None) -> Step:
    """What makes a state of the input's gates and the state before."""
    linear = _core.linear
    if mode == "LSTM":

        def lstm(gates: Tensor, state: State) -> State:
            hidden, cell = _core._lstm_step(gates, linear(state[0], w_hh, b_hh), state[1])
            return (hidden if w_hr is None else linear(hidden, w_hr)), cell

        return lstm
    if mode == "GRU":
        return lambda gates, state: (_core._gru_step(gates, linear(state[0], w_hh, b_hh), state[0]),)
    act = _core.tanh if mode == "RNN_TANH" else _core.relu
    return lambda gates, state: (act(gates + linear(state[0], w_hh, b_hh)),)


def _run_lstm(
    data: Tensor, lengths: list[int], state: State, weights: dict[str, Tensor], reverse: bool
) -> tuple[Tensor, State]:
    """What _run() gives of an LSTM without projection on batches of one size, in one call; the
    outputs one after the other.
    """
    bias = weights["bias_ih"] + weights["bias_hh"] if "bias_ih" in weights else None
    gates = _core.linear(data, weights["weight_ih"], bias)
    gates = gates.reshape(len(lengths), lengths[0], gates.shape[1])
    hidden, cells = _core._lstm_layer(gates, state[0], state[1], weights["weight_hh"], reverse)
    end = 0 if reverse else -1
    return hidden.flatten(0, 1), (hidden[end], cells[end])


def _run(steps: Sequence[Tensor], state: State, step: Step, reverse: bool) -> tuple[list[Tensor], State]:
    """The outputs of all steps, in the order of time, and the last state. Steps may be shorter and
    shorter batches: sequences that have ended keep their state.
    """
    outputs: list[Tensor] = []
    if reverse:
        start, rows = state, steps[-1].shape[0]
        state = tuple(s[:rows] for s in start)
        for gates in reversed(steps):
            if gates.shape[0] > rows:
                more = tuple(s[rows : gates.shape[0]] for s in start)
                state = tuple(_core.cat([s, m]) for s, m in zip(state, more))
                rows = gates.shape[0]
            state = step(gates, state)
            outputs.append(state[0])
        outputs.reverse()
        return outputs, state
    ended: list[State] = []
    for gates in steps:
        rows = gates.shape[0]
        if state[0].shape[0] > rows:
            ended.append(tuple(s[rows:] for s in state))
            state = tuple(s[:rows] for s in state)
        state = step(gates, state)
        outputs.append(state[0])
    if ended:
        state = tuple(_core.cat(parts) for parts in zip(state, *reversed(ended)))
    return outputs, state


class RNNBase(Module):
    """What RNN, LSTM and GRU share: sizes, options, parameters and the walk over layers."""

    def __init__(
        self,
        mode: str,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: int = 0,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.mode = mode
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.bias = bias
        self.batch_first = batch_first
        self.dropout = float(dropout)
        self.bidirectional = bidirectional
        self.proj_size = proj_size
        if not 0 <= dropout <= 1:
            raise ValueError(
                "dropout should be a number in range [0, 1] representing the probability of an element being zeroed"
            )
        if dropout > 0 and num_layers == 1:
            warnings.warn(
                "dropout option adds dropout after all but last recurrent layer, so non-zero dropout expects "
                f"num_layers greater than 1, but got dropout={dropout} and num_layers={num_layers}",
                stacklevel=3,
            )
        for name, size in (("input_size", input_size), ("hidden_size", hidden_size)):
            if not isinstance(size, int):
                raise TypeError(f"{name} should be of type int, got: {type(size).__name__}")
        if hidden_size <= 0:
            raise ValueError("hidden_size must be greater than zero")
        if num_layers <= 0:
            raise ValueError("num_layers must be greater than zero")
        if proj_size < 0:
            raise ValueError("proj_size should be a positive integer or zero to disable projections")
        if proj_size >= hidden_size:
            raise ValueError("proj_size has to be smaller than hidden_size")
        gates = {"LSTM": 4, "GRU": 3}.get(mode, 1) * hidden_size
        state_size = proj_size or hidden_size
        self._names: list[list[str]] = []  # of the parameters, for each layer and direction
        for layer in range(num_layers):
            inputs = input_size if layer == 0 else state_size * (2 if bidirectional else 1)
            for suffix in ("", "_reverse") if bidirectional else ("",):
                shapes: dict[str, tuple[int, ...]] = {"weight_ih": (gates, inputs), "weight_hh": (gates, state_size)}
                if bias:
                    shapes.update(bias_ih=(gates,), bias_hh=(gates,))
                if proj_size:
                    shapes["weight_hr"] = (proj_size, hidden_size)
                self._names.append([f"{name}_l{layer}{suffix}" for name in shapes])
                for name, shape in zip(self._names[-1], shapes.values()):
                    setattr(self, name, Parameter(_core.empty(shape, device=device, dtype=dtype)))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draws new initial values, uniform in +-1/sqrt(hidden_size)."""
        bound = 1.0 / math.sqrt(self.hidden_size) if self.hidden_size > 0 else 0
        for parameter in self.parameters():
            init.uniform_(parameter, -bound, bound)

    def flatten_parameters(self) -> None:
        """Does nothing: there is no other layout."""

    @property
    def all_weights(self) -> list[list[Parameter]]:
        """The parameters of each layer and direction."""
        return [[getattr(self, name) for name in names] for names in self._names]

    def extra_repr(self) -> str:
        """Sizes and options, as repr() shows them."""
        text = f"{self.input_size}, {self.hidden_size}"
        if self.proj_size != 0:
            text += f", proj_size={self.proj_size}"
        if self.num_layers != 1:
            text += f", num_layers={self.num_layers}"
        if self.bias is not True:
            text += f", bias={self.bias}"
        if self.batch_first is not False:
            text += f", batch_first={self.batch_first}"
        if self.dropout != 0:
            text += f", dropout={self.dropout}"
        return text + (f", bidirectional={self.bidirectional}" if self.bidirectional is not False else "")

    # --- the walk
    def _layers(self, data: Tensor, lengths: list[int], states: list[State]) -> tuple[Tensor, list[State]]:
        """Outputs of the last layer, and the last states of all layers and directions. The rows of
        data are those of all steps, `lengths` of each.
        """
        directions = 2 if self.bidirectional else 1
        whole = self.mode == "LSTM" and not self.proj_size and lengths[0] == lengths[-1] and data.itemsize > 2
        ends: list[State] = []
        for layer in range(self.num_layers):
            if layer and self.dropout and self.training:
                data = _core.dropout(data, self.dropout, True)
            sides = []
            for direction in range(directions):
                at = layer * directions + direction
                weights = {name[: name.index("_l")]: getattr(self, name) for name in self._names[at]}
                if whole:
                    side, end = _run_lstm(data, lengths, states[at], weights, direction == 1)
                else:
                    gates = _core.linear(data, weights["weight_ih"], weights.get("bias_ih"))
                    step = _step(self.mode, weights["weight_hh"], weights.get("bias_hh"), weights.get("weight_hr"))
                    outputs, end = _run(gates.split(lengths), states[at], step, direction == 1)
                    side = outputs[0] if len(outputs) == 1 else _core.cat(outputs)
                sides.append(side)
                ends.append(end)
            data = sides[0] if directions == 1 else _core.cat(sides, 1)
        return data, ends

    def _sizes(self, batch: int) -> list[tuple[int, int, int]]:
        """Of the states: hidden, and cell."""
        count = self.num_layers * (2 if self.bidirectional else 1)
        sizes = [(count, batch, self.proj_size or self.hidden_size)]
        return [*sizes, (count, batch, self.hidden_size)] if self.mode == "LSTM" else sizes

    def _forward(self, input: Any, hx: Any) -> tuple[Any, State]:
        """Output and last states. hx: a tuple of states, or None."""
        if isinstance(input, PackedSequence):
            return self._forward_packed(input, hx)
        name = self.mode.partition("_")[0]
        if input.dim() not in (2, 3):
            raise ValueError(f"{name}: Expected input to be 2D or 3D, got {input.dim()}D instead")
        batched = input.dim() == 3
        if hx is not None and any(h.dim() != input.dim() for h in hx):
            kind, dims = ("batched 3-D", 3) if batched else ("unbatched 2-D", 2)
            if len(hx) == 2:
                raise RuntimeError(
                    f"For {kind} input, hx and cx should also be {dims}-D but got ({hx[0].dim()}-D, {hx[1].dim()}-D) "
                    "tensors"
                )
            raise RuntimeError(f"For {kind} input, hx should also be {dims}-D but got {hx[0].dim()}-D tensor")
        if not batched:
            input = input.unsqueeze(0 if self.batch_first else 1)
            hx = hx and tuple(h.unsqueeze(1) for h in hx)
        if self.batch_first:
            input = input.transpose(0, 1)
        if input.shape[-1] != self.input_size:
            raise RuntimeError(
                f"input.size(-1) must be equal to input_size. Expected {self.input_size}, got {input.shape[-1]}"
            )
        states = self._initial(hx, input.shape[1], input.dtype)
        if input.shape[0] == 0:
            raise RuntimeError("Expected sequence length to be larger than 0 in RNN")
        steps, batch = input.shape[:2]
        data, ends = self._layers(input.flatten(0, 1), [batch] * steps, states)
        output = data.reshape(steps, batch, data.shape[1])
        if self.batch_first:
            output = output.transpose(0, 1)
        last = tuple(_core.stack(parts) for parts in zip(*ends))
        if batched:
            return output, last
        return output.squeeze(0 if self.batch_first else 1), tuple(state.squeeze(1) for state in last)

    def _forward_packed(self, input: PackedSequence, hx: Any) -> tuple[PackedSequence, State]:
        data, batch_sizes, order, back = input
        lengths: list[int] = batch_sizes.tolist()
        if data.shape[-1] != self.input_size:
            raise RuntimeError(
                f"input.size(-1) must be equal to input_size. Expected {self.input_size}, got {data.shape[-1]}"
            )
        if hx is not None and order is not None:
            hx = tuple(h.index_select(1, order) for h in hx)
        states = self._initial(hx, lengths[0], data.dtype)
        data, ends = self._layers(data, lengths, states)
        last = tuple(_core.stack(parts) for parts in zip(*ends))
        if back is not None:
            last = tuple(state.index_select(1, back) for state in last)
        return PackedSequence(data, batch_sizes, order, back), last

    def _initial(self, hx: Any, batch: int, dtype: Any) -> list[State]:
        """The first state of each layer and direction."""
        sizes = self._sizes(batch)
        if hx is None:
            hx = tuple(_core.zeros(size, dtype=dtype) for size in sizes)
        for at, (state, size) in enumerate(zip(hx, sizes)):
            if tuple(state.shape) != size:
                name = f"hidden[{at}]" if self.mode == "LSTM" else "hidden"
                raise RuntimeError(f"Expected {name} size {size}, got {list(state.shape)}")
        return list(zip(*(state.unbind(0) for state in hx)))


def _mode_of(nonlinearity: str) -> str:
    modes = {"tanh": "RNN_TANH", "relu": "RNN_RELU"}
    if nonlinearity not in modes:
        raise ValueError(f"Unknown nonlinearity '{nonlinearity}'. Select from 'tanh' or 'relu'.")
    return modes[nonlinearity]


def _refuse_projection(options: dict[str, Any]) -> None:
    if "proj_size" in options:
        raise ValueError("proj_size argument is only supported for LSTM, not RNN or GRU")


class RNN(RNNBase):
    """h' = tanh(W_ih x + b_ih + W_hh h + b_hh) over a sequence, or relu (Elman 1990).

    input: (L, N, input_size), (N, L, input_size) where batch_first, (L, input_size) or packed;
    hx: (layers * directions, N, hidden_size), zeros by default. Returns the outputs
    (L, N, directions * hidden_size) and the last states.

    >>> import tapegrad as tg
    >>> output, hidden = tg.nn.RNN(3, 4, num_layers=2)(tg.ones(5, 2, 3))
    >>> output.shape, hidden.shape
    (torch.Size([5, 2, 4]), torch.Size([2, 2, 4]))
    """

    def __init__(self, input_size: int, hidden_size: int, num_layers: int = 1, nonlinearity: str = "tanh",
                 bias: bool = True, *args: Any, **kwargs: Any) -> None:  # fmt: skip
        _refuse_projection(kwargs)
        self.nonlinearity = nonlinearity
        super().__init__(_mode_of(nonlinearity), input_size, hidden_size, num_layers, bias, *args, **kwargs)

    def forward(self, input: Any, hx: Tensor | None = None) -> tuple[Any, Tensor]:
        """Outputs and last hidden states."""
        output, (hidden,) = self._forward(input, None if hx is None else (hx,))
        return output, hidden


class LSTM(RNNBase):
    """Long short-term memory (Hochreiter & Schmidhuber 1997) over a sequence, with a projection of
    the hidden state where proj_size > 0 (Sak et al. 2014).

    As RNN, but hx and the last states are pairs of hidden and cell states.

    >>> import tapegrad as tg
    >>> output, (hidden, cell) = tg.nn.LSTM(3, 4, bidirectional=True)(tg.ones(5, 2, 3))
    >>> output.shape, cell.shape
    (torch.Size([5, 2, 8]), torch.Size([2, 2, 4]))
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__("LSTM", *args, **kwargs)

    def forward(self, input: Any, hx: tuple[Tensor, Tensor] | None = None) -> tuple[Any, State]:
        """Outputs, and last hidden and cell states."""
        return self._forward(input, hx)


class GRU(RNNBase):
    """Gated recurrent units (Cho et al. 2014) over a sequence; otherwise as RNN.

    >>> import tapegrad as tg
    >>> tg.nn.GRU(3, 4, batch_first=True)(tg.ones(2, 5, 3))[0].shape
    torch.Size([2, 5, 4])
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        _refuse_projection(kwargs)
        super().__init__("GRU", *args, **kwargs)

    def forward(self, input: Any, hx: Tensor | None = None) -> tuple[Any, Tensor]:
        """Outputs and last hidden states."""
        output, (hidden,) = self._forward(input, None if hx is None else (hx,))
        return output, hidden


class RNNCellBase(Module):
    """What the cells share: sizes, parameters and checks."""

    weight_ih: Parameter
    weight_hh: Parameter
    bias_ih: Parameter | None
    bias_hh: Parameter | None

    def __init__(self, input_size: int, hidden_size: int, bias: bool, num_chunks: int, device: Any = None,
                 dtype: Any = None) -> None:  # fmt: skip
        super().__init__()
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.bias = bias
        gates = num_chunks * hidden_size
        self.weight_ih = Parameter(_core.empty((gates, input_size), device=device, dtype=dtype))
        self.weight_hh = Parameter(_core.empty((gates, hidden_size), device=device, dtype=dtype))
        if bias:
            self.bias_ih = Parameter(_core.empty(gates, device=device, dtype=dtype))
            self.bias_hh = Parameter(_core.empty(gates, device=device, dtype=dtype))
        else:
            self.register_parameter("bias_ih", None)
            self.register_parameter("bias_hh", None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draws new initial values, uniform in +-1/sqrt(hidden_size)."""
        bound = 1.0 / math.sqrt(self.hidden_size) if self.hidden_size > 0 else 0
        for parameter in self.parameters():
            init.uniform_(parameter, -bound, bound)

    def extra_repr(self) -> str:
        """Sizes and options, as repr() shows them."""
        text = f"{self.input_size}, {self.hidden_size}"
        if self.bias is not True:
            text += f", bias={self.bias}"
        nonlinearity = getattr(self, "nonlinearity", "tanh")
        return text + (f", nonlinearity={nonlinearity}" if nonlinearity != "tanh" else "")

    def _advance(self, mode: str, input: Tensor, hx: State | None) -> State:
        """The new state; batches of one have no batch dimension."""
        name = type(self).__name__
        if input.dim() not in (1, 2):
            raise ValueError(f"{name}: Expected input to be 1D or 2D, got {input.dim()}D instead")
        for at, state in enumerate(hx or ()):
            if state.dim() not in (1, 2):
                which = f"hx[{at}]" if mode == "LSTM" else "hidden"
                raise ValueError(f"{name}: Expected {which} to be 1D or 2D, got {state.dim()}D instead")
        batched = input.dim() == 2
        if not batched:
            input = input.unsqueeze(0)
        if hx is None:
            zeros = _core.zeros(input.shape[0], self.hidden_size, dtype=input.dtype)
            hx = (zeros, zeros) if mode == "LSTM" else (zeros,)
        elif not batched:
            hx = tuple(state.unsqueeze(0) for state in hx)
        if input.shape[1] != self.input_size:
            raise RuntimeError(f"input has inconsistent input_size: got {input.shape[1]} expected {self.input_size}")
        for at, state in enumerate(hx):
            if state.shape[0] != input.shape[0]:
                raise RuntimeError(
                    f"Input batch size {input.shape[0]} doesn't match hidden{at} batch size {state.shape[0]}"
                )
            if state.shape[1] != self.hidden_size:
                raise RuntimeError(
                    f"hidden{at} has inconsistent hidden_size: got {state.shape[1]}, expected {self.hidden_size}"
                )
        gates = _core.linear(input, self.weight_ih, self.bias_ih)
        new = _step(mode, self.weight_hh, self.bias_hh, None)(gates, hx)
        return new if batched else tuple(state.squeeze(0) for state in new)


class RNNCell(RNNCellBase):
    """One step of RNN: input (N, input_size) and hidden state (N, hidden_size) give the new one.

    >>> import tapegrad as tg
    >>> tg.nn.RNNCell(3, 4)(tg.ones(2, 3)).shape
    torch.Size([2, 4])
    """

    def __init__(self, input_size: int, hidden_size: int, bias: bool = True, nonlinearity: str = "tanh",
                 device: Any = None, dtype: Any = None) -> None:  # fmt: skip
        super().__init__(input_size, hidden_size, bias, 1, device, dtype)
        self.nonlinearity = nonlinearity

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        """The new hidden state."""
        if self.nonlinearity not in ("tanh", "relu"):
            raise RuntimeError(f"Unknown nonlinearity: {self.nonlinearity}")
        return self._advance(_mode_of(self.nonlinearity), input, None if hx is None else (hx,))[0]


class LSTMCell(RNNCellBase):
    """One step of LSTM: input and a pair of states give the new pair.

    >>> import tapegrad as tg
    >>> hidden, cell = tg.nn.LSTMCell(3, 4)(tg.ones(2, 3))
    >>> cell.shape
    torch.Size([2, 4])
    """

    def __init__(self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None,
                 dtype: Any = None) -> None:  # fmt: skip
        super().__init__(input_size, hidden_size, bias, 4, device, dtype)

    def forward(self, input: Tensor, hx: tuple[Tensor, Tensor] | None = None) -> State:
        """The new hidden and cell states."""
        return self._advance("LSTM", input, hx)


class GRUCell(RNNCellBase):
    """One step of GRU: input and hidden state give the new one.

    >>> import tapegrad as tg
    >>> tg.nn.GRUCell(3, 4)(tg.ones(2, 3)).shape
    torch.Size([2, 4])
    """

    def __init__(self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None,
                 dtype: Any = None) -> None:  # fmt: skip
        super().__init__(input_size, hidden_size, bias, 3, device, dtype)

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        """The new hidden state."""
        return self._advance("GRU", input, None if hx is None else (hx,))[0]
