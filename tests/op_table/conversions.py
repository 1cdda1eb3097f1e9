"""Types, layouts and what a tensor says of itself."""

from op_table.row import FEW, each, op

# fmt: off
op("conversions",
   *each("x.{}", """
to(tg.float64) | float() | double() | half() | bfloat16() | long() | int() | short() | char()
byte() | bool() | to('cpu') | to(dtype=tg.float32) | to(x) | cpu() | type(tg.int32)
type('torch.DoubleTensor') | type_as(x.double())
"""),
   x=(2, 3), second=False)
for _dtype in ("float16", "bfloat16", "int8", "uint8", "int32", "bool"):
    op(f"to {_dtype}", f"x.to(tg.{_dtype})", x=(2, 3), grad="")
op("facts",
   *each("x.{}", """
type() | tolist() | size() | size(0) | size(-1) | shape | dim() | ndim | numel() | nelement()
stride() | stride(0) | storage_offset() | is_contiguous() | t().is_contiguous() | t().stride()
element_size() | itemsize | nbytes | is_leaf | requires_grad | dtype | is_floating_point() | layout
device | t().shape | sum().item() | sum().tolist() | ndimension()
"""),
   x=(2, 3), grad="", dtypes=FEW)
