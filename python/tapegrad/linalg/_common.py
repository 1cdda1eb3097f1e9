"""What the functions of tapegrad.linalg share: the error, checks of arguments, results, the way to NumPy."""

from __future__ import annotations

from typing import Any, TypeVar

from .. import _core
from .._core import Tensor
from ..autograd.function import Function
from ..return_types import _make

Result = TypeVar("Result", Tensor, tuple[Any, ...])


class LinAlgError(RuntimeError):
    """A matrix has no such factorisation, inverse or solution, or an algorithm did not converge."""

    __module__ = "tapegrad.linalg"


class LinalgFunction(Function):
    """A Function whose nodes are named as PyTorch's: the class's name with Backward0 behind it."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls._ctx_type.__name__ = cls._ctx_type.__qualname__ = cls.__name__ + "Backward0"


_SCALARS = {
    "bool": "Bool",
    "uint8": "Byte",
    "int8": "Char",
    "int16": "Short",
    "int32": "Int",
    "int64": "Long",
    "float16": "Half",
    "bfloat16": "BFloat16",
    "float32": "Float",
    "float64": "Double",
}
_C_NAMES = {"Half": "c10::Half", "BFloat16": "c10::BFloat16", "Bool": "bool", "Byte": "unsigned char"}
_C_NAMES |= {"Char": "signed char", "Short": "short", "Int": "int", "Long": "long", "Float": "float"}


def scalar_name(tensor: Tensor) -> str:
    """The dtype as PyTorch's texts have it: Float, Long, ..."""
    return _SCALARS[str(tensor.dtype).rpartition(".")[2]]


def check_tensor(function: str, value: Any, name: str = "A", position: int = 1) -> None:
    """Raises TypeError unless value is a tensor."""
    if not isinstance(value, Tensor):
        raise TypeError(
            f"{function.replace('.', '_')}(): argument '{name}' (position {position}) must be Tensor, "
            f"not {type(value).__name__}"
        )


def check_matrix(function: str, A: Any, name: str = "A") -> None:
    """Raises unless A is a matrix or a batch of matrices."""
    check_tensor(function, A, name)
    if A.dim() < 2:
        raise RuntimeError(f"{function}: The input tensor {name} must have at least 2 dimensions.")


def check_square(function: str, A: Any, name: str = "A") -> None:
    """Raises unless A is a square matrix or a batch of them."""
    check_matrix(function, A, name)
    if A.shape[-1] != A.shape[-2]:
        raise RuntimeError(
            f"{function}: {name} must be batches of square matrices, but they are {A.shape[-2]} by {A.shape[-1]} "
            "matrices"
        )


def check_floating(function: str, A: Tensor, kernel: str = "", integers_too: bool = False) -> None:
    """Raises unless A is float32 or float64. `kernel` is what PyTorch names in its complaint about the other types."""
    if not A.is_floating_point() and not integers_too:
        raise RuntimeError(f"{function}: Expected a floating point or complex tensor as input. Got {scalar_name(A)}")
    if A.dtype is _core.float32 or A.dtype is _core.float64:
        return
    if kernel:
        raise NotImplementedError(f"\"{kernel}\" not implemented for '{scalar_name(A)}'")
    raise RuntimeError(f"{function}: Low precision dtypes not supported. Got {scalar_name(A)}")


def named(name: str, fields: str, *values: Any) -> tuple[Any, ...]:
    """The named tuple torch.return_types.<name> with these fields (a string, separated by spaces)."""
    return _make(name, tuple(fields.split()))(values)


def written(function: str, result: Result, out: Any) -> Result:
    """The result, or `out` with the result written into it; a tuple for a tuple."""
    if out is None:
        return result
    if isinstance(result, tuple):
        if len(out) != len(result):
            raise TypeError(f"{function.replace('.', '_')}(): argument 'out' must be tuple of {len(result)} Tensors")
        for target, value in zip(out, result):
            written(function, value, target)
        return type(result)(out)
    check_tensor(function, out, "out", 0)
    if out.dtype is not result.dtype:
        got, want = scalar_name(out), scalar_name(result)
        raise RuntimeError(
            f"Expected out tensor to have dtype {_C_NAMES.get(want, want.lower())}, "
            f"but got {_C_NAMES.get(got, got.lower())} instead"
        )
    _core._write_out(function.replace(".", "_"), out, result)
    kept: Tensor = out
    return kept


def array(tensor: Tensor) -> Any:
    """The elements as a NumPy array, without history; the memory is shared."""
    return tensor.detach().numpy()


def tensor(values: Any) -> Tensor:
    """A tensor over the elements of an array (or NumPy number) that nobody else uses."""
    if values.ndim == 0:
        import numpy as np

        values = np.asarray(values)
    return _core.from_numpy(values if values.flags.c_contiguous else values.copy())


def no_errors(batch: Any) -> Tensor:
    """The infos of a batch in which nothing failed."""
    return _core.zeros(batch, dtype=_core.int32)


def lapack(name: str, like: Any, function: str) -> Any:
    """SciPy's wrapper of a LAPACK routine for the dtype of an array. NumPy lacks some routines, SciPy has them."""
    try:
        from scipy.linalg import get_lapack_funcs
    except ImportError as error:
        raise ImportError(
            f"{function} needs SciPy: install it with pip install 'tapegrad[linalg]' (or pip install scipy)"
        ) from error
    return get_lapack_funcs(name, (like,))


def eye_like(A: Tensor) -> Tensor:
    """The identity matrix in the size of the last dimension of A."""
    return _core.eye(A.shape[-1], dtype=A.dtype)


def numbers_to_matrices(x: Tensor) -> Tensor:
    """[..., 1, 1] of [...]: to multiply each matrix of a batch with its number."""
    return x.unsqueeze(-1).unsqueeze(-1)
