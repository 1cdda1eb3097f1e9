// Methods about the tensor itself: layout, copies, casts, values out.
#include "bindings/bind.h"
#include "core/allocator.h"
#include "ops/binary.h"
#include "ops/unary.h"

namespace tg {
namespace {

constexpr int kBoth = kFunction | kMethod;

int64_t dim(const Tensor& t) { return t.dim(); }
int64_t numel(const Tensor& t) { return t.numel(); }
int64_t element_size(const Tensor& t) { return itemsize(t.dtype()); }
int64_t storage_offset(const Tensor& t) { return t.storage_offset(); }
int64_t data_ptr(const Tensor& t) { return int64_t(reinterpret_cast<uintptr_t>(t->data)); }
Dims size_all(const Tensor& t) { return Dims(t.sizes()); }
int64_t size_of(const Tensor& t, int64_t d) {
  if (t.dim() == 0) index_error("Dimension specified as ", d, " but tensor has no dimensions");
  return t.size(wrap_dim(d, t.dim()));
}
PyObject* stride_all(const Tensor& t) {
  Ref tuple = checked(PyTuple_New(t.dim()));
  for (int i = 0; i < t.dim(); ++i)
    PyTuple_SET_ITEM(tuple.get(), i, PyLong_FromLongLong(t.stride(i)));
  return tuple.release();
}
int64_t stride_of(const Tensor& t, int64_t d) {
  if (t.dim() == 0) index_error("Dimension specified as ", d, " but tensor has no dimensions");
  return t.stride(wrap_dim(d, t.dim()));
}
using Format = std::optional<MemoryFormat>;
MemoryFormat or_preserve(const Format& f) { return f.value_or(MemoryFormat::Preserve); }
bool is_contiguous_in(const Tensor& t, Format memory_format) {
  return is_contiguous(t, memory_format.value_or(MemoryFormat::Contiguous));
}
bool is_floating_point(const Tensor& t) { return is_floating(t.dtype()); }
bool never(const Tensor&) { return false; }
bool is_signed(const Tensor& t) { return t.dtype() != DType::Bool && t.dtype() != DType::UInt8; }
bool is_set_to(const Tensor& a, const Tensor& b) {
  return a->data == b->data && a.same_sizes(b) &&
         std::equal(a.strides().begin(), a.strides().end(), b.strides().begin());
}
bool is_same_size(const Tensor& a, const Tensor& b) { return a.same_sizes(b); }
bool is_inference(const Tensor& t) { return t->flags & kInference; }
bool is_nonzero(const Tensor& t) {
  if (t.numel() == 0) runtime_error("Boolean value of Tensor with no values is ambiguous");
  if (t.numel() > 1) runtime_error("Boolean value of Tensor with more than one value is ambiguous");
  bool result = false;
  visit_dtype(t.dtype(),
              [&](auto tag) { result = convert<bool>(*t.data<typename decltype(tag)::type>()); });
  return result;
}
bool is_view(const Tensor& t) { return t->base; }
bool is_tensor_object(PyObject* o) { return is_tensor(o); }

Tensor clone_with(const Tensor& t, Format memory_format) {
  return memory_format ? clone(t, *memory_format) : clone(t);
}
Tensor contiguous_with(const Tensor& t, Format memory_format) {
  return contiguous(t, memory_format.value_or(MemoryFormat::Contiguous));
}

Tensor to_dtype_of(const Tensor& t, DType dtype, bool, bool copy, Format memory_format) {
  return to_dtype(t, dtype, or_preserve(memory_format), copy);
}
Tensor to_device(const Tensor& t, PyObject* device, std::optional<DType> dtype, bool, bool copy,
                 Format memory_format) {
  check_device(device);
  return to_dtype(t, dtype.value_or(t.dtype()), or_preserve(memory_format), copy);
}
Tensor to_other(const Tensor& t, const Tensor& other, bool, bool copy, Format memory_format) {
  return to_dtype(t, other.dtype(), or_preserve(memory_format), copy);
}
Tensor type_as(const Tensor& t, const Tensor& other) { return to_dtype(t, other.dtype()); }
template <DType D>
Tensor cast(const Tensor& t, Format memory_format) {
  return to_dtype(t, D, or_preserve(memory_format), false);
}

Tensor cpu(const Tensor& t, Format memory_format) {
  return to_dtype(t, t.dtype(), or_preserve(memory_format), false);
}
Tensor cuda(const Tensor&, PyObject*, bool, Format) {
  runtime_error(
      "tapegrad runs on the CPU only: there is no CUDA device (torch.cuda.is_available() is "
      "False)");
}

PyObject* type_string(const Tensor& t) {
  return PyUnicode_FromFormat("torch.%s", info(t.dtype()).legacy);
}
Tensor type_to(const Tensor& t, DType dtype) { return to_dtype(t, dtype); }
Tensor type_named(const Tensor& t, const std::string& name) {
  for (int i = 0; i < kDTypeCount; ++i)
    if (name == join_text("torch.", info(DType(i)).legacy)) return to_dtype(t, DType(i));
  value_error("invalid type: '", name, "'");
}

Tensor copy_from(const Tensor& self, const Tensor& src, bool) { return copy_(self, src); }
Tensor fill_with(const Tensor& self, const Operand& value) {
  if (!value.is_tensor()) return fill_(self, value.scalar);
  if (value.tensor->dim() != 0)
    runtime_error("fill_ only supports 0-dimension value tensor but got tensor with ",
                  value.tensor->dim(), " dimensions.");
  return fill_from(self, value);
}
Tensor fill_copy(const Tensor& self, const Operand& value) {
  const Tensor copy = clone(self);
  return fill_with(copy, value);
}

// --- comparisons of whole tensors
// --------------------------------------------------------------------
bool equal(const Tensor& a, const Tensor& b) {
  if (!a.same_sizes(b)) return false;
  if (a.impl() == b.impl() && !is_floating(a.dtype())) return true;
  const Tensor same = contiguous(eq(a, b));
  for (int64_t i = 0; i < same.numel(); ++i)
    if (!same.data<bool>()[i]) return false;
  return true;
}
Tensor isclose(const Tensor& a, const Tensor& b, double rtol, double atol, bool equal_nan) {
  if (a.dtype() != b.dtype())
    runtime_error(info(a.dtype()).scalar, " did not match ", info(b.dtype()).scalar);
  if (rtol < 0) runtime_error("rtol must be greater than or equal to zero, but got ", rtol);
  if (atol < 0) runtime_error("atol must be greater than or equal to zero, but got ", atol);
  GradModeGuard off(false);
  Tensor close = eq(a, b);
  if (equal_nan && is_floating(a.dtype()))
    close = logical_or(close, logical_and(ne(a, a), ne(b, b)));
  if (rtol == 0 && atol == 0) return close;
  // Integers are compared in double: their differences must not wrap.
  const bool exact = is_floating(a.dtype());
  const Tensor x = exact ? a : to_dtype(a, DType::Float64),
               y = exact ? b : to_dtype(b, DType::Float64);
  const Tensor allowed = add(mul(abs(y), Scalar(rtol)), Scalar(atol));
  const Tensor difference = abs(sub(x, y));
  return logical_or(close, logical_and(isfinite(difference), le(difference, allowed)));
}
bool allclose(const Tensor& a, const Tensor& b, double rtol, double atol, bool equal_nan) {
  const Tensor close = contiguous(isclose(a, b, rtol, atol, equal_nan));
  for (int64_t i = 0; i < close.numel(); ++i)
    if (!close.data<bool>()[i]) return false;
  return true;
}

DType result_type_of(const Operand& a, const Operand& b) { return result_type(a, b); }
DType promote_types(DType a, DType b) { return promote(a, b); }
bool can_cast_types(DType from, DType to) { return can_cast(from, to); }

// --- raw values, for pickling
// ------------------------------------------------------------------------
PyObject* to_bytes(const Tensor& t) {
  GradModeGuard off(false);
  const Tensor flat = contiguous(t);
  return PyBytes_FromStringAndSize(flat->data, Py_ssize_t(flat.numel() * itemsize(flat.dtype())));
}
Tensor from_bytes(PyObject* data, DType dtype, Dims sizes) {
  if (!PyBytes_Check(data)) type_error("_from_bytes() takes bytes, not ", Py_TYPE(data)->tp_name);
  Tensor out = empty(sizes, dtype);
  const int64_t nbytes = out.numel() * itemsize(dtype);
  if (PyBytes_GET_SIZE(data) != nbytes)
    value_error("a tensor of shape ", to_string(sizes), " needs ", nbytes, " bytes, got ",
                PyBytes_GET_SIZE(data));
  std::memcpy(out->data, PyBytes_AS_STRING(data), size_t(nbytes));
  if (dtype == DType::Bool)
    for (int64_t i = 0; i < out.numel(); ++i) out->data[i] = out->data[i] != 0;
  return out;
}
PyObject* make_subclass(PyObject* cls, const Tensor& data, bool requires_grad) {
  if (!PyType_Check(cls) || !PyType_IsSubtype(reinterpret_cast<PyTypeObject*>(cls), tensor_type))
    type_error("_make_subclass() takes a subclass of Tensor");
  if (requires_grad && !is_floating(data.dtype()))
    runtime_error("Only Tensors of floating point and complex dtype can require gradients");
  Tensor alias = detached_alias(data, false);
  if (requires_grad) alias->flags |= kRequiresGrad;
  auto* type = reinterpret_cast<PyTypeObject*>(cls);
  return wrap_as(type, std::move(alias));
}

PyObject* memory_stats_dict() {
  const MemoryStats stats = memory_stats();
  return Py_BuildValue("{s:L,s:L}", "allocated_bytes",
                       static_cast<long long>(stats.allocated_bytes), "cached_bytes",
                       static_cast<long long>(stats.cached_bytes));
}
void drop_cache() { empty_cache(); }
void fail_after(int64_t n) { fail_allocation_after(n); }

}  // namespace

void bind_tensor(Binder& b) {
  b.def("dim", {fn(&dim, "input")}, kMethod, "Number of dimensions.");
  b.def("ndimension", {fn(&dim, "input")}, kMethod, "Number of dimensions.");
  b.def("numel", {fn(&numel, "input")}, kBoth, "Number of elements.");
  b.def("nelement", {fn(&numel, "input")}, kMethod, "Number of elements.");
  b.def("element_size", {fn(&element_size, "input")}, kMethod, "Bytes of one element.");
  b.def("storage_offset", {fn(&storage_offset, "input")}, kMethod,
        "Place of the first element in the memory, in elements.");
  b.def("data_ptr", {fn(&data_ptr, "input")}, kMethod, "Address of the first element.");
  b.def("size", {fn(&size_all, "input"), fn(&size_of, "input, dim")}, kMethod,
        "All sizes as a Size, or the size of one dimension.");
  b.def("stride", {fn(&stride_all, "input"), fn(&stride_of, "input, dim")}, kMethod,
        "Steps between neighbours, in elements.");
  b.def("is_contiguous", {fn(&is_contiguous_in, "input, *, memory_format=None")}, kMethod,
        "True where the elements lie row by row, or in the given order, without gaps.");
  b.def("is_floating_point", {fn(&is_floating_point, "input")}, kBoth, "True for floating dtypes.");
  b.def("is_complex", {fn(&never, "input")}, kBoth,
        "Always False: there are no complex tensors yet.");
  b.def("is_conj", {fn(&never, "input")}, kBoth, "Always False.");
  b.def("is_neg", {fn(&never, "input")}, kBoth, "Always False.");
  b.def("is_inference", {fn(&is_inference, "input")}, kBoth,
        "True for tensors made in inference_mode().");
  b.def("is_signed", {fn(&is_signed, "input")}, kBoth, "True for dtypes with negative values.");
  b.def("is_set_to", {fn(&is_set_to, "input, other")}, kMethod,
        "True where both are the same view of the same memory.");
  b.def("is_same_size", {fn(&is_same_size, "input, other")}, kBoth,
        "True where the shapes are equal.");
  b.def("is_nonzero", {fn(&is_nonzero, "input")}, kBoth,
        "Whether the one element differs from zero.");
  b.def("_is_view", {fn(&is_view, "input")}, kMethod,
        "True for a view that shares history with its base.");
  b.def("is_tensor", {fn(&is_tensor_object, "obj")}, kFunction, "True for tensors.");
  b.def("clone", {fn(&clone_with, "input, *, memory_format=None")}, kBoth,
        "A copy with the same history.");
  b.def("contiguous", {fn(&contiguous_with, "input, *, memory_format=None")}, kMethod,
        "The tensor itself where it is contiguous (in the given order), else a copy that is.");
  b.def(
      "to",
      {fn(&to_dtype_of, "input, dtype, non_blocking=False, copy=False, *, memory_format=None"),
       fn(&to_other, "input, other, non_blocking=False, copy=False, *, memory_format=None"),
       fn(&to_device,
          "input, device=None, dtype=None, non_blocking=False, copy=False, *, memory_format=None")},
      kMethod,
      "The tensor with another dtype or order in memory; itself where nothing changes. The device "
      "can only be the CPU.");
  b.def("type_as", {fn(&type_as, "input, other")}, kMethod, "The tensor with the dtype of other.");
  b.def("type",
        {fn(&type_to, "input, dtype"), fn(&type_named, "input, dtype"), fn(&type_string, "input")},
        kMethod,
        "Without an argument the name of the tensor's type, such as "
        "'torch.FloatTensor'; else a cast.");
#define TG_CAST(name, d)                                                   \
  b.def(name, {fn(&cast<DType::d>, "input, memory_format=None")}, kMethod, \
        "The tensor as " name ".");
  TG_CAST("float", Float32)
  TG_CAST("double", Float64)
  TG_CAST("half", Float16)
  TG_CAST("bfloat16", BFloat16)
  TG_CAST("long", Int64)
  TG_CAST("int", Int32)
  TG_CAST("short", Int16)
  TG_CAST("char", Int8)
  TG_CAST("byte", UInt8)
  TG_CAST("bool", Bool)
#undef TG_CAST
  b.def("cpu", {fn(&cpu, "input, memory_format=None")}, kMethod,
        "The tensor itself: all tensors are on the CPU.");
  b.def("cuda", {fn(&cuda, "input, device=None, non_blocking=False, memory_format=None")}, kMethod,
        "Raises RuntimeError: tapegrad runs on the CPU only.");
  b.def("copy_", {fn(&copy_from, "input, other, non_blocking=False")}, kMethod,
        "Copies other (broadcast, cast) into this tensor.");
  b.def("zero_", {fn(&zero_, "input")}, kBoth, "Sets all elements to zero.");
  b.def("fill_", {fn(&fill_with, "input, value")}, kBoth, "Sets all elements to value.");
  b.def("fill", {fn(&fill_copy, "input, value")}, kBoth,
        "A tensor of the same shape filled with value.");
  b.def("equal", {fn(&equal, "input, other")}, kBoth,
        "True where shapes and all elements are equal.");
  b.def("isclose", {fn(&isclose, "input, other, rtol=1e-05, atol=1e-08, equal_nan=False")}, kBoth,
        "True where |input - other| <= atol + rtol * |other|.");
  b.def("allclose", {fn(&allclose, "input, other, rtol=1e-05, atol=1e-08, equal_nan=False")}, kBoth,
        "True where isclose() holds everywhere.");
  b.def("result_type", {fn(&result_type_of, "tensor1, tensor2")}, kFunction,
        "dtype of an arithmetic result of the two.");
  b.def("promote_types", {fn(&promote_types, "type1, type2")}, kFunction,
        "Smallest dtype that both cast to.");
  b.def("can_cast", {fn(&can_cast_types, "from_, to")}, kFunction,
        "True where the category of from_ does not exceed that of to.");
  b.def("get_default_dtype", {fn(&default_dtype, "")}, kFunction,
        "dtype of tensors made from Python floats.");
  b.def("set_default_dtype", {fn(&set_default_dtype, "d")}, kFunction,
        "Sets the dtype of tensors made from Python floats.");
  b.def("_to_bytes", {fn(&to_bytes, "input")}, kFunction, "The elements, row by row, as bytes.");
  b.def("_from_bytes", {fn(&from_bytes, "data, dtype, size")}, kFunction,
        "A tensor of the elements in `data`.");
  b.def("_make_subclass", {fn(&make_subclass, "cls, data, require_grad=False")}, kFunction,
        "`data` as an object of a subclass of Tensor.");
  b.def("_memory_stats", {fn(&memory_stats_dict, "")}, kFunction,
        "Bytes in live tensors and in the allocator's cache.");
  b.def("_empty_cache", {fn(&drop_cache, "")}, kFunction,
        "Gives cached memory back to the system.");
  b.def("_fail_allocation_after", {fn(&fail_after, "n")}, kFunction,
        "For tests: the n-th allocation from now fails.");
}

}  // namespace tg
