"""Shapes without tensors: what broadcasting makes of them, and flat positions as coordinates."""

from __future__ import annotations

from ._core import Size, Tensor

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


def broadcast_shapes(*shapes: int | Sequence[int]) -> Size:
    """The shape that tensors of these shapes have after broadcasting; an int counts as a shape of one size.

    Raises RuntimeError where sizes differ and neither is 1, ValueError for negative sizes.

    >>> import tapegrad as tg
    >>> tg.broadcast_shapes((2, 1), (3,), 1)
    torch.Size([2, 3])
    """
    all_sizes = [(shape,) if isinstance(shape, int) else tuple(shape) for shape in shapes]
    result = [1] * max(map(len, all_sizes), default=0)
    for position, sizes in enumerate(all_sizes):
        for i in range(-1, -1 - len(sizes), -1):
            size = sizes[i]
            if size < 0:
                raise ValueError("Attempting to broadcast a dimension with negative length!")
            if size == 1 or size == result[i]:
                continue
            if result[i] != 1:
                raise RuntimeError(
                    f"Attempting to broadcast a dimension of length {size} at {i}! Mismatching argument at index "
                    f"{position} had {sizes}; but expected shape should be broadcastable to {result}"
                )
            result[i] = size
    return Size(result)


def unravel_index(indices: Tensor, shape: int | Sequence[int]) -> tuple[Tensor, ...]:
    """Coordinates, a tensor for each dimension, of flat positions in a tensor of the given shape.

    indices: integers of any shape. Raises TypeError for other dtypes, ValueError for negative sizes.

    >>> import tapegrad as tg
    >>> tg.unravel_index(tg.tensor([0, 4]), (2, 3))
    (tensor([0, 1]), tensor([0, 1]))
    """
    if not isinstance(indices, Tensor):
        raise TypeError(f"expected 'indices' to be a Tensor, but got {type(indices)}")
    if indices.is_floating_point() or str(indices.dtype) == "torch.bool":
        raise TypeError(f"expected 'indices' to be integer dtype, but got {indices.dtype}")
    sizes = (shape,) if isinstance(shape, int) else tuple(shape)
    for size in sizes:
        if not isinstance(size, int):
            raise TypeError(f"expected 'shape' sequence elements to be ints, but got {type(size)}")
    if any(size < 0 for size in sizes):
        raise ValueError(f"'shape' cannot have negative values, but got {sizes}")
    result = []
    rest = indices.long()
    for size in reversed(sizes):
        result.append(rest % size)
        rest = rest // size
    return tuple(reversed(result))
