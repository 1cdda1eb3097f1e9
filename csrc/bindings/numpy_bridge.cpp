#include "bindings/numpy_bridge.h"

#include <bit>
#include <memory>
#include <string_view>

#include "autograd/node.h"
#include "bindings/py_tensor.h"

namespace tg {
namespace {

// --- NumPy, where it is loaded ------------------------------------------------------------------
PyTypeObject* ndarray_type() {
  static PyTypeObject* type = nullptr;
  if (type) return type;
  static PyObject* name = PyUnicode_InternFromString("numpy");
  Ref module(PyImport_GetModule(name));
  if (!module) {
    if (PyErr_Occurred()) throw PythonError();
    return nullptr;
  }
  Ref found(PyObject_GetAttrString(module.get(), "ndarray"));
  if (!found || !PyType_Check(found.get())) {  // numpy is being imported right now
    PyErr_Clear();
    return nullptr;
  }
  type = reinterpret_cast<PyTypeObject*>(found.release());
  return type;
}

// "numpy.str_", as PyTorch names the dtype of an array.
std::string element_type_name(PyObject* array) {
  Ref dtype(PyObject_GetAttrString(array, "dtype"));
  Ref type(dtype ? PyObject_GetAttrString(dtype.get(), "type") : nullptr);
  if (type && PyType_Check(type.get())) return reinterpret_cast<PyTypeObject*>(type.get())->tp_name;
  PyErr_Clear();
  return "unknown";
}

[[noreturn]] void raise_unsupported(PyObject* array) {
  type_error("can't convert np.ndarray of type ", element_type_name(array),
             ". The only supported types are: float64, float32, float16, int64, int32, int16, "
             "int8, uint8, and bool.");
}

// --- buffers in ---------------------------------------------------------------------------------
// Gives the export back when the last tensor over the memory is gone.
void release_export(void* context) {
  auto* view = static_cast<Py_buffer*>(context);
  if (Py_IsInitialized()) PyBuffer_Release(view);
  delete view;
}
struct ReleaseExport {
  void operator()(Py_buffer* view) const { release_export(view); }
};
using Export = std::unique_ptr<Py_buffer, ReleaseExport>;

Export acquire(PyObject* o, int flags) {
  auto view = std::make_unique<Py_buffer>();
  if (PyObject_GetBuffer(o, view.get(), flags) < 0) throw PythonError();
  return Export(view.release());
}

void check_bools(const Py_buffer& view) {
  const auto* bytes = static_cast<const unsigned char*>(view.buf);
  for (Py_ssize_t i = 0; i < view.len; ++i)
    if (bytes[i] > 1) value_error("a bool in the buffer is neither 0 nor 1");
}

Tensor over_export(Export view, DType dtype, std::span<const int64_t> sizes,
                   std::span<const int64_t> strides, int64_t nbytes, int64_t offset) {
  char* data = static_cast<char*>(view->buf) + offset;
  static char nothing[8];
  Tensor t = from_memory(data ? data : nothing, nbytes, sizes, strides, dtype, release_export,
                         view.get(), view->readonly);
  (void)view.release();  // the storage has it now
  return t;
}

// --- buffers out --------------------------------------------------------------------------------
struct TensorExport {
  Tensor held;  // its own geometry and a share of the memory: the exporting tensor may change
                // meanwhile
  Py_ssize_t shape[kMaxDims], strides[kMaxDims];
};

const char* format_of(DType dtype) {
  switch (dtype) {
    case DType::Bool:
      return "?";
    case DType::UInt8:
      return "B";
    case DType::Int8:
      return "b";
    case DType::Int16:
      return "h";
    case DType::Int32:
      return "i";
    case DType::Int64:
      return sizeof(long) == 8 ? "l" : "q";
    case DType::Float16:
      return "e";
    case DType::Float32:
      return "f";
    case DType::Float64:
      return "d";
    default:
      return nullptr;
  }
}

// What is used of NumPy's C interface, a table of addresses. Their places in it, and the values of
// flags, are the same in all versions since 1.7; NumPy itself is not needed to compile this.
struct NumPy {
  PyTypeObject* array_type;
  PyObject* (*new_from_descr)(PyTypeObject* type, PyObject* descr, int ndim,
                              const Py_intptr_t* sizes, const Py_intptr_t* strides, void* data,
                              int flags, PyObject* like);   // takes descr
  int (*set_base_object)(PyObject* array, PyObject* base);  // takes base
  static constexpr int kAligned = 0x0100, kWriteable = 0x0400;
};
const NumPy& numpy() {
  static NumPy found{};
  if (found.array_type) return found;
  Ref module(PyImport_ImportModule("numpy._core.multiarray"));
  if (!module) {  // NumPy 1
    PyErr_Clear();
    module = checked(PyImport_ImportModule("numpy.core.multiarray"));
  }
  Ref capsule = checked(PyObject_GetAttrString(module.get(), "_ARRAY_API"));
  auto** table = static_cast<void**>(PyCapsule_GetPointer(capsule.get(), nullptr));
  if (!table) throw PythonError();
  found = {static_cast<PyTypeObject*>(table[2]),
           reinterpret_cast<decltype(found.new_from_descr)>(table[94]),
           reinterpret_cast<decltype(found.set_base_object)>(table[282])};
  return found;
}

// What all versions of NumPy have at the same place in an array and its dtype, likewise.
struct Descr {
  PyObject_HEAD PyTypeObject* type;
  char kind, character, byteorder, flags;
  int type_num;
};
struct Array {
  PyObject_HEAD char* data;
  int ndim;
  Py_intptr_t *sizes, *strides;  // strides in bytes
  PyObject* base;
  Descr* descr;
  int flags;
};

// C's types in NumPy's order.
std::optional<DType> dtype_of_number(int type_num) {
  constexpr DType kLong = sizeof(long) == 8 ? DType::Int64 : DType::Int32;
  switch (type_num) {
    case 0:
      return DType::Bool;
    case 1:
      return DType::Int8;
    case 2:
      return DType::UInt8;
    case 3:
      return DType::Int16;
    case 5:
      return DType::Int32;
    case 7:
      return kLong;
    case 9:
      return DType::Int64;
    case 11:
      return DType::Float32;
    case 12:
      return DType::Float64;
    case 23:
      return DType::Float16;
    default:
      return std::nullopt;
  }
}

// Drops an array when the last tensor over its memory is gone.
void release_object(void* object) {
  if (Py_IsInitialized()) Py_DECREF(static_cast<PyObject*>(object));
}

// A new reference to NumPy's dtype object.
PyObject* numpy_dtype(DType dtype) {
  static PyObject* cache[kDTypeCount] = {};
  PyObject*& found = cache[size_t(dtype)];
  if (!found) {
    Ref module = checked(PyImport_ImportModule("numpy"));
    found = checked(PyObject_CallMethod(module.get(), "dtype", "s", format_of(dtype))).release();
  }
  return Ref::borrow(found).release();
}

bool is_column_major(const Tensor& t) {
  int64_t step = 1;
  for (int i = 0; i < t.dim(); ++i) {
    if (t.size(i) != 1 && t.stride(i) != step) return false;
    step *= t.size(i);
  }
  return true;
}

// The base of arrays: a share of the memory.
struct Memory {
  PyObject_HEAD Storage* storage;
};
void dealloc_memory(PyObject* self) {
  PyTypeObject* type = Py_TYPE(self);
  reinterpret_cast<Memory*>(self)->storage->release();
  small_free(self, sizeof(Memory));
  Py_DECREF(type);
}
PyTypeObject* memory_type() {
  static PyTypeObject* type = nullptr;
  if (!type) {
    static const char doc[] = "The memory that a NumPy array shares with a tensor.";
    PyType_Slot slots[] = {{Py_tp_dealloc, reinterpret_cast<void*>(dealloc_memory)},
                           {Py_tp_doc, const_cast<char*>(doc)},
                           {0, nullptr}};
    PyType_Spec spec = {"tapegrad._core.Memory", sizeof(Memory), 0,
                        Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots};
    type = reinterpret_cast<PyTypeObject*>(checked(PyType_FromSpec(&spec)).release());
  }
  return type;
}
PyObject* memory_of(const Tensor& t) {
  PyTypeObject* type = memory_type();
  auto* memory = static_cast<Memory*>(small_alloc(sizeof(Memory)));
  memory->storage = t->storage;
  ++t->storage->refcount;
  return PyObject_Init(reinterpret_cast<PyObject*>(memory), type);
}

constexpr auto kNumpyOfGrad =
    "Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.";

void fill_buffer(PyObject* self, Py_buffer* view, int flags) {
  const Tensor& t = as_tensor(self);
  const char* format = format_of(t.dtype());
  auto refuse = [](const char* why) {
    PyErr_SetString(PyExc_BufferError, why);
    throw PythonError();
  };
  if (!format) refuse("Got unsupported ScalarType BFloat16");
  if (requires_grad(t)) refuse(kNumpyOfGrad);
  if ((flags & PyBUF_WRITABLE) && t->storage->read_only) refuse("the tensor's memory is read-only");
  const bool rows = (flags & PyBUF_C_CONTIGUOUS) == PyBUF_C_CONTIGUOUS ||
                    (flags & PyBUF_STRIDES) != PyBUF_STRIDES;
  const bool columns = (flags & PyBUF_F_CONTIGUOUS) == PyBUF_F_CONTIGUOUS;
  const bool any = (flags & PyBUF_ANY_CONTIGUOUS) == PyBUF_ANY_CONTIGUOUS;
  if ((rows && !t.is_contiguous()) || (columns && !is_column_major(t)) ||
      (any && !t.is_contiguous() && !is_column_major(t)))
    refuse("the tensor is not contiguous");
  auto exported = std::make_unique<TensorExport>();
  exported->held = detached_alias(t, false);
  const int64_t item = itemsize(t.dtype());
  for (int i = 0; i < t.dim(); ++i) {
    exported->shape[i] = Py_ssize_t(t.size(i));
    exported->strides[i] = Py_ssize_t(t.stride(i) * item);
  }
  view->buf = t->data;
  view->obj = Ref::borrow(self).release();
  view->len = Py_ssize_t(t.numel() * item);
  view->itemsize = Py_ssize_t(item);
  view->readonly = t->storage->read_only;
  view->ndim = t.dim();
  view->format = (flags & PyBUF_FORMAT) ? const_cast<char*>(format) : nullptr;
  view->shape = (flags & PyBUF_ND) ? exported->shape : nullptr;
  view->strides = (flags & PyBUF_STRIDES) == PyBUF_STRIDES ? exported->strides : nullptr;
  view->suboffsets = nullptr;
  view->internal = exported.release();
}

}  // namespace

bool is_ndarray(PyObject* o) {
  if (PyTuple_CheckExact(o) || PyList_CheckExact(o) || PyFloat_CheckExact(o) ||
      PyLong_CheckExact(o))
    return false;
  PyTypeObject* type = ndarray_type();
  return type && PyObject_TypeCheck(o, type);
}

std::optional<DType> numpy_scalar_dtype(PyObject* o) {
  std::string_view name = Py_TYPE(o)->tp_name;
  if (!name.starts_with("numpy.")) return std::nullopt;
  name.remove_prefix(6);
  static constexpr std::pair<std::string_view, DType> known[] = {
      {"float64", DType::Float64}, {"float32", DType::Float32},   {"int64", DType::Int64},
      {"bool", DType::Bool},       {"bool_", DType::Bool},        {"int32", DType::Int32},
      {"float16", DType::Float16}, {"uint8", DType::UInt8},       {"int8", DType::Int8},
      {"int16", DType::Int16},     {"longlong", DType::Int64},    {"intc", DType::Int32},
      {"uint16", DType::Int64},    {"uint32", DType::Int64},      {"uint64", DType::Int64},
      {"ulonglong", DType::Int64}, {"longdouble", DType::Float64}};
  for (const auto& [text, dtype] : known)
    if (text == name) return dtype;
  return std::nullopt;
}

Tensor tensor_from_array(PyObject* object) {
  const auto& array = *reinterpret_cast<const Array*>(object);
  const std::optional<DType> dtype = dtype_of_number(array.descr->type_num);
  if (!dtype) raise_unsupported(object);
  constexpr char kSwapped = std::endian::native == std::endian::little ? '>' : '<';
  if (array.descr->byteorder == kSwapped)
    value_error(
        "given numpy array has byte order different from the native byte order. Conversion between "
        "byte orders is "
        "currently not supported.");
  const int64_t item = itemsize(*dtype);
  Dims sizes(array.ndim), strides(array.ndim);
  int64_t last = 0;
  bool is_empty = false;
  for (int i = 0; i < array.ndim; ++i) {
    sizes[i] = array.sizes[i];
    strides[i] = array.strides[i];
    if (sizes[i] == 0) is_empty = true;
    if (strides[i] < 0)
      value_error(
          "At least one stride in the given numpy array is negative, and tensors with negative "
          "strides are not "
          "currently supported. (You can probably work around this by making a copy of your array  "
          "with array.copy().) ");
    if (strides[i] & (item - 1))
      value_error(
          "given numpy array strides not a multiple of the element byte size. Copy the numpy array "
          "to reallocate the "
          "memory.");
    last += (sizes[i] - 1) * strides[i];
    strides[i] /= item;
  }
  if (reinterpret_cast<uintptr_t>(array.data) & uintptr_t(item - 1))
    value_error(
        "given numpy array is not aligned to its element size. Copy the numpy array to reallocate "
        "the memory.");
  Ref held(Ref::borrow(object));
  Tensor t = from_memory(array.data, is_empty ? 0 : last + item, sizes, strides, *dtype,
                         release_object, held.get(), !(array.flags & NumPy::kWriteable));
  (void)held.release();  // the storage has it now
  return t;
}

Tensor tensor_from_buffer(PyObject* buffer, DType dtype, int64_t count, int64_t offset) {
  if (!PyObject_CheckBuffer(buffer))
    value_error("object does not implement Python buffer protocol.");
  Export view;
  try {
    view = acquire(buffer, PyBUF_WRITABLE);
  } catch (const PythonError&) {
    PyErr_Clear();
    view = acquire(buffer, PyBUF_SIMPLE);
  }
  const int64_t length = view->len, item = itemsize(dtype);
  if (length <= 0 || count == 0)
    value_error("both buffer length (", length, ") and count (", count, ") must not be 0");
  if (offset < 0 || offset >= length)
    value_error("offset (", offset,
                " bytes) must be non-negative and no greater than buffer length (", length,
                " bytes) minus 1");
  const int64_t rest = length - offset;
  if (count < 0) {
    if (rest % item != 0)
      value_error("buffer length (", rest, " bytes) after offset (", offset,
                  " bytes) must be a multiple of element size (", item, ")");
    count = rest / item;
  }
  if (count > rest / item)
    value_error("requested buffer length (", count, " * ", item, " bytes) after offset (", offset,
                " bytes) must not be greater than actual buffer length (", length, " bytes)");
  if (reinterpret_cast<uintptr_t>(static_cast<char*>(view->buf) + offset) % uintptr_t(item))
    value_error("the memory at offset ", offset, " is not aligned to elements of ", item,
                " bytes: copy the buffer first");
  if (dtype == DType::Bool) check_bools(*view);
  const Dims sizes{count}, strides{1};
  return over_export(std::move(view), dtype, sizes, strides, count * item, offset);
}

PyObject* to_numpy(const Tensor& t, bool force) {
  if (t.dtype() == DType::BFloat16) type_error("Got unsupported ScalarType BFloat16");
  if (requires_grad(t)) {
    if (!force) runtime_error(kNumpyOfGrad);
    return to_numpy(detached_alias(t, false), false);
  }
  // The array keeps the memory, not the tensor: `t` may be given other memory meanwhile.
  Ref base(memory_of(t));
  Py_intptr_t sizes[kMaxDims], steps[kMaxDims];
  const int64_t item = itemsize(t.dtype());
  for (int i = 0; i < t.dim(); ++i) {
    sizes[i] = Py_intptr_t(t.size(i));
    steps[i] = Py_intptr_t(t.stride(i) * item);
  }
  const NumPy& api = numpy();
  int flags = t->storage->read_only ? 0 : NumPy::kWriteable;
  // Without strides NumPy makes those of a contiguous array, and asks whether it is aligned.
  const bool plain =
      t.is_contiguous() && reinterpret_cast<uintptr_t>(t->data) % uintptr_t(item) == 0;
  if (plain) flags |= NumPy::kAligned;
  Ref array = checked(api.new_from_descr(api.array_type, numpy_dtype(t.dtype()), t.dim(), sizes,
                                         plain ? nullptr : steps, t->data, flags, nullptr));
  if (api.set_base_object(array.get(), base.release()) < 0) throw PythonError();
  return array.release();
}

int get_buffer(PyObject* self, Py_buffer* view, int flags) {
  return guarded_int([&] {
    view->obj = nullptr;
    fill_buffer(self, view, flags);
  });
}

void release_buffer(PyObject*, Py_buffer* view) {
  delete static_cast<TensorExport*>(view->internal);
}

}  // namespace tg
