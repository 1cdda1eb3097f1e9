"""Base of the optimizers: parameter groups, state, their dictionaries, hooks. Subclasses write
step()."""

from __future__ import annotations

import warnings
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from copy import deepcopy
from itertools import chain
from typing import Any

from .. import _core
from .._core import Tensor
from ..utils.hooks import HookDict, RemovableHandle
from ..utils.naming import type_name

__all__ = ["Optimizer", "ParamsT", "required"]

ParamsT = Iterable[Tensor] | Iterable[dict[str, Any]] | Iterable[tuple[str, Tensor]]
StateDict = dict[str, Any]


class _Required:
    """Stands for an option without default."""

    def __repr__(self) -> str:
        return "<required parameter>"


required = _Required()


def check_not_negative(what: str, value: Any) -> None:
    """Raises PyTorch's ValueError for a negative (or nan) option."""
    if not value >= 0.0:
        raise ValueError(f"Invalid {what}: {value}")


def check_rate(lr: Any) -> None:
    """Raises ValueError where `lr` is negative, or a tensor of more than one element."""
    if isinstance(lr, Tensor) and lr.numel() != 1:
        raise ValueError("Tensor lr must be 1-element")
    check_not_negative("learning rate", lr)


def check_implementation(foreach: bool | None, differentiable: bool, fused: bool | None = None) -> None:
    """Accepts PyTorch's switches between its implementations, of which one suffices here."""
    if fused and differentiable:
        raise RuntimeError("`fused` does not support `differentiable`")
    if fused and foreach:
        raise RuntimeError("`fused` and `foreach` cannot be `True` together.")
    if differentiable:
        raise NotImplementedError(
            "tapegrad's optimizers do not record their steps: differentiable=True is not supported"
        )


class Optimizer:
    """Parameter groups with their options, and the state of each parameter.

    params: an iterable of tensors, of (name, tensor) pairs, or of dicts with "params" and options;
    defaults: the options of groups that do not name them. `param_groups` and `state` may be read
    and changed at any time.
    Raises TypeError for a single tensor, ValueError for no parameters or one that is not a leaf.

    >>> import tapegrad as tg
    >>> class Descent(tg.optim.Optimizer):
    ...     def step(self, closure=None):
    ...         with tg.no_grad():
    ...             for group in self.param_groups:
    ...                 for p in group["params"]:
    ...                     p -= group["lr"] * p.grad
    >>> w = tg.tensor([1.0], requires_grad=True)
    >>> w.grad = tg.tensor([2.0])
    >>> Descent([w], {"lr": 0.25}).step()
    >>> w.tolist()
    [0.5]
    """

    def __init__(self, params: ParamsT, defaults: dict[str, Any]) -> None:
        self.defaults = defaults
        self._make_registries()
        if isinstance(params, Tensor):
            raise TypeError(
                "params argument given to the optimizer should be an iterable of Tensors or "
                "dicts, but got " + type_name(params)
            )
        self.state: defaultdict[Any, dict[str, Any]] = defaultdict(dict)
        self.param_groups: list[dict[str, Any]] = []
        groups: list[Any] = list(params)
        if len(groups) == 0:
            raise ValueError("optimizer got an empty parameter list")
        if not isinstance(groups[0], dict):
            groups = [{"params": groups}]
        for group in groups:
            self.add_param_group(group)

    def _make_registries(self) -> None:
        self._step_pre_hooks = HookDict()
        self._step_post_hooks = HookDict()
        self._state_dict_pre_hooks = HookDict()
        self._state_dict_post_hooks = HookDict()
        self._load_state_dict_pre_hooks = HookDict()
        self._load_state_dict_post_hooks = HookDict()

    def __getstate__(self) -> dict[str, Any]:
        return {"defaults": self.defaults, "state": self.state, "param_groups": self.param_groups}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        if "_step_pre_hooks" not in self.__dict__:
            self._make_registries()
        for group in self.param_groups:
            for name, value in self.defaults.items():
                group.setdefault(name, value)

    def __repr__(self) -> str:
        lines = [type(self).__name__ + " ("]
        for i, group in enumerate(self.param_groups):
            lines.append(f"Parameter Group {i}")
            lines += [f"    {key}: {group[key]}" for key in sorted(group) if key != "params"]
        return "\n".join(lines) + "\n)"

    # --- parameters -------------------------------------------------------------------------------
    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Adds a group: a dict with "params" and the options in which it differs from the defaults.

        Raises TypeError for what is no dict or no tensor, ValueError for non-leaves, missing
        options and parameters that another group has.
        """
        if not isinstance(param_group, dict):
            raise TypeError(f"param_group must be a dict, but got {type(param_group)}")
        params = param_group["params"]
        if isinstance(params, Tensor):
            params = [params]
        elif isinstance(params, set):
            raise TypeError(
                "optimizer parameters need to be organized in ordered collections, but the "
                "ordering of tensors in sets "
                "will change between runs. Please use a list instead."
            )
        entries = list(params)
        names = [entry[0] for entry in entries if isinstance(entry, tuple)]
        params = param_group["params"] = [entry[1] if isinstance(entry, tuple) else entry for entry in entries]
        if names:
            if len(names) != len(params):
                raise ValueError("all optimizer params should be with/without names. Some param names are missing")
            param_group["param_names"] = names
        for param in params:
            if not isinstance(param, Tensor):
                raise TypeError("optimizer can only optimize Tensors, but one of the params is " + type_name(param))
            if not (param.is_leaf or param.retains_grad):
                raise ValueError("can't optimize a non-leaf Tensor")
        for name, default in self.defaults.items():
            if default is required and name not in param_group:
                raise ValueError(f"parameter group didn't specify a value of required optimization parameter {name}")
            param_group.setdefault(name, default)

        distinct = {id(param) for param in params}
        if len(distinct) != len(params):
            warnings.warn(
                "optimizer contains a parameter group with duplicate parameters; in future, this "
                "will cause an error; "
                "see github.com/pytorch/pytorch/issues/40967 for more information",
                stacklevel=3,
            )
        for group in self.param_groups:
            if ("param_names" in param_group) != ("param_names" in group):
                kind = "with names" if "param_names" in param_group else "without names"
                raise ValueError(
                    "all optimizer param groups should be with/without names. "
                    f"cannot add param group {kind} to the optimizer"
                )
            if not distinct.isdisjoint(id(param) for param in group["params"]):
                raise ValueError("some parameters appear in more than one parameter group")
        self.param_groups.append(param_group)

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Drops all gradients, or fills them with zeros where not `set_to_none`."""
        for group in self.param_groups:
            _core._zero_grad(group["params"], set_to_none)

    # --- steps ------------------------------------------------------------------------------------
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Changes the parameters once by their gradients; `closure`, if given, computes loss and
        gradients first."""
        raise NotImplementedError

    def _evaluate(self, closure: Callable[[], Any]) -> Any:
        with _core.enable_grad():
            return closure()

    def register_step_pre_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """hook(optimizer, args, kwargs) runs before each step; it may return new (args, kwargs)."""
        self.step = self._step_with_hooks  # type: ignore[method-assign]
        return self._step_pre_hooks.add(hook)

    def register_step_post_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """hook(optimizer, args, kwargs) runs after each step."""
        self.step = self._step_with_hooks  # type: ignore[method-assign]
        return self._step_post_hooks.add(hook)

    # Takes the place of step() on an optimizer that has hooks, so that the others do not pay for
    # them.
    def _step_with_hooks(self, *args: Any, **kwargs: Any) -> Any:
        for hook in list(self._step_pre_hooks.values()):
            changed = hook(self, (self, *args), kwargs)
            if changed is None:
                continue
            if not (isinstance(changed, tuple) and len(changed) == 2):
                raise RuntimeError(
                    f"{type(self).step} must return None or a tuple of (new_args, new_kwargs), but got {changed}."
                )
            args, kwargs = changed
            args = args[1:]
        result = type(self).step(self, *args, **kwargs)
        for hook in list(self._step_post_hooks.values()):
            hook(self, (self, *args), kwargs)
        return result

    # --- state ------------------------------------------------------------------------------------
    def state_dict(self) -> StateDict:
        """{"state": {number: {name: value}}, "param_groups": [options and "params": numbers]}, in
        PyTorch's format.

        Parameters are numbered through all groups. The tensors are the optimizer's own, not copies.
        """
        for hook in list(self._state_dict_pre_hooks.values()):
            hook(self)
        numbers: dict[int, int] = {}
        groups, start = [], 0
        for group in self.param_groups:
            for i, param in enumerate(group["params"], start):
                numbers.setdefault(id(param), i)
            packed = {key: value for key, value in group.items() if key != "params"}
            packed["params"] = [numbers[id(param)] for param in group["params"]]
            start += len(packed["params"])
            groups.append(packed)
        state = {numbers[id(key)] if isinstance(key, Tensor) else key: value for key, value in self.state.items()}
        result: StateDict = {"state": state, "param_groups": groups}
        for hook in list(self._state_dict_post_hooks.values()):
            changed = hook(self, result)
            if changed is not None:
                result = changed
        return result

    def load_state_dict(self, state_dict: StateDict) -> None:
        """Takes over options and state from what state_dict() returned; tensors are cast to the
        parameters' dtypes.

        Raises ValueError where the groups or the numbers of their parameters differ.
        """
        state_dict = state_dict.copy()
        for hook in list(self._load_state_dict_pre_hooks.values()):
            changed = hook(self, state_dict)
            if changed is not None:
                state_dict = changed
        groups = self.param_groups
        saved = deepcopy(state_dict["param_groups"])
        if len(groups) != len(saved):
            raise ValueError("loaded state dict has a different number of parameter groups")
        if any(len(group["params"]) != len(other["params"]) for group, other in zip(groups, saved)):
            raise ValueError(
                "loaded state dict contains a parameter group that doesn't match the size of optimizer's group"
            )
        numbers = chain.from_iterable(group["params"] for group in saved)
        params = dict(zip(numbers, chain.from_iterable(group["params"] for group in groups)))

        state: defaultdict[Any, dict[str, Any]] = defaultdict(dict)
        for key, value in state_dict["state"].items():
            if key in params:
                state[params[key]] = _cast_state(params[key], value)
            else:
                state[key] = value
        for group, other in zip(groups, saved):
            other["params"] = group["params"]
            if "param_names" in group:
                other.setdefault("param_names", group["param_names"])
        self.__setstate__({"state": state, "param_groups": saved})
        for hook in list(self._load_state_dict_post_hooks.values()):
            hook(self)

    def register_state_dict_pre_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """hook(optimizer) runs before state_dict()."""
        return self._state_dict_pre_hooks.add(hook, prepend)

    def register_state_dict_post_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """hook(optimizer, state_dict) may return another dictionary for state_dict() to return."""
        return self._state_dict_post_hooks.add(hook, prepend)

    def register_load_state_dict_pre_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """hook(optimizer, state_dict) may return another dictionary to be loaded."""
        return self._load_state_dict_pre_hooks.add(hook, prepend)

    def register_load_state_dict_post_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """hook(optimizer) runs after load_state_dict()."""
        return self._load_state_dict_post_hooks.add(hook, prepend)


def _cast_state(param: Tensor, value: Any, key: Hashable = None) -> Any:
    """A copy of loaded state; tensors take the dtype of the parameter, but for step counts."""
    if isinstance(value, Tensor):
        if key != "step" and param.is_floating_point():
            return value.to(dtype=param.dtype)
        return value
    if isinstance(value, dict):
        return {name: _cast_state(param, item, name) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_cast_state(param, item) for item in value)
    return value
