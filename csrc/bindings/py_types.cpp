#include "bindings/py_types.h"

#include <cstring>
#include <string>
#include <string_view>

#include "core/shape.h"

namespace tg {
namespace {

struct PyDType {
  PyObject_HEAD DType dtype;
};
PyTypeObject* dtype_type = nullptr;
PyTypeObject* size_type = nullptr;
PyObject* dtypes[12];
PyObject* device_instance = nullptr;

DType dtype_of_object(PyObject* self) { return reinterpret_cast<PyDType*>(self)->dtype; }

PyObject* dtype_repr(PyObject* self) {
  return PyUnicode_FromFormat("torch.%s", info(dtype_of_object(self)).name);
}
PyObject* dtype_reduce(PyObject* self, PyObject*) {
  return PyUnicode_FromString(info(dtype_of_object(self)).name);
}
PyObject* dtype_floating(PyObject* self, void*) {
  return PyBool_FromLong(is_floating(dtype_of_object(self)));
}
PyObject* dtype_complex(PyObject* self, void*) {
  return PyBool_FromLong(is_complex(dtype_of_object(self)));
}
PyObject* dtype_signed(PyObject* self, void*) {
  const DType d = dtype_of_object(self);
  return PyBool_FromLong(d != DType::Bool && d != DType::UInt8);
}
PyObject* dtype_itemsize(PyObject* self, void*) {
  return PyLong_FromLongLong(itemsize(dtype_of_object(self)));
}

PyMethodDef dtype_methods[] = {{"__reduce__", dtype_reduce, METH_NOARGS, nullptr},
                               {nullptr, nullptr, 0, nullptr}};
PyGetSetDef dtype_getset[] = {
    {"is_floating_point", dtype_floating, nullptr, "True for the floating types.", nullptr},
    {"is_complex", dtype_complex, nullptr, "True for the complex types.", nullptr},
    {"is_signed", dtype_signed, nullptr, "True for types with negative values.", nullptr},
    {"itemsize", dtype_itemsize, nullptr, "Bytes of one element.", nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr}};
PyType_Slot dtype_slots[] = {
    {Py_tp_doc, const_cast<char*>("Type of the elements of a tensor, such as tapegrad.float32.")},
    {Py_tp_repr, reinterpret_cast<void*>(dtype_repr)},
    {Py_tp_methods, dtype_methods},
    {Py_tp_getset, dtype_getset},
    {0, nullptr}};
PyType_Spec dtype_spec = {"tapegrad.dtype", sizeof(PyDType), 0,
                          Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, dtype_slots};

// --- Size: a tuple that prints as torch.Size([..])
// ---------------------------------------------------
PyObject* size_from_tuple(PyObject* tuple) {
  return PyObject_CallOneArg(reinterpret_cast<PyObject*>(size_type), tuple);
}
PyObject* size_repr(PyObject* self) {
  std::string text = "torch.Size([";
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(self); ++i)
    text += (i ? ", " : "") + std::to_string(PyLong_AsLongLong(PyTuple_GET_ITEM(self, i)));
  return PyUnicode_FromString((text + "])").c_str());
}
PyObject* size_new(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  Ref self(PyTuple_Type.tp_new(type, args, kwargs));
  if (!self) return nullptr;
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(self.get()); ++i) {
    PyObject* item = PyTuple_GET_ITEM(self.get(), i);
    if (PyLong_Check(item)) continue;
    PyObject* number = PyNumber_Index(item);
    if (!number) {
      PyErr_Format(PyExc_TypeError, "torch.Size() takes an iterable of 'int' (item %zd is '%s')", i,
                   Py_TYPE(item)->tp_name);
      return nullptr;
    }
    PyTuple_SET_ITEM(self.get(), i, number);
    Py_DECREF(item);
  }
  return self.release();
}
PyObject* size_numel(PyObject* self, PyObject*) {
  int64_t n = 1;
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(self); ++i)
    if (__builtin_mul_overflow(n, PyLong_AsLongLong(PyTuple_GET_ITEM(self, i)), &n)) {
      PyErr_SetString(PyExc_RuntimeError, "numel: integer multiplication overflow");
      return nullptr;
    }
  return PyLong_FromLongLong(n);
}
PyObject* size_subscript(PyObject* self, PyObject* key) {
  Ref item(PyTuple_Type.tp_as_mapping->mp_subscript(self, key));
  if (!item) return nullptr;
  return PyTuple_Check(item.get()) ? size_from_tuple(item.get()) : item.release();
}
PyObject* size_concat(PyObject* a, PyObject* b) {
  if (!PyTuple_Check(a) || !PyTuple_Check(b)) Py_RETURN_NOTIMPLEMENTED;
  Ref joined(PyTuple_Type.tp_as_sequence->sq_concat(a, b));
  return joined ? size_from_tuple(joined.get()) : nullptr;
}
PyObject* size_repeat(PyObject* a, Py_ssize_t n) {
  Ref repeated(PyTuple_Type.tp_as_sequence->sq_repeat(a, n));
  return repeated ? size_from_tuple(repeated.get()) : nullptr;
}
PyObject* size_reduce(PyObject* self, PyObject*) {
  Ref tuple(PySequence_GetSlice(self, 0, PyTuple_GET_SIZE(self)));
  Ref plain(PyTuple_New(PyTuple_GET_SIZE(self)));
  if (!plain) return nullptr;
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(self); ++i) {
    PyObject* item = PyTuple_GET_ITEM(self, i);
    Py_INCREF(item);
    PyTuple_SET_ITEM(plain.get(), i, item);
  }
  return Py_BuildValue("(O(O))", size_type, plain.get());
}
PyMethodDef size_methods[] = {{"numel", size_numel, METH_NOARGS, "Product of the sizes."},
                              {"__reduce__", size_reduce, METH_NOARGS, nullptr},
                              {nullptr, nullptr, 0, nullptr}};
PyType_Slot size_slots[] = {{Py_tp_doc, const_cast<char*>("Shape of a tensor: a tuple of ints.")},
                            {Py_tp_new, reinterpret_cast<void*>(size_new)},
                            {Py_tp_repr, reinterpret_cast<void*>(size_repr)},
                            {Py_tp_methods, size_methods},
                            {Py_nb_add, reinterpret_cast<void*>(size_concat)},
                            {Py_sq_repeat, reinterpret_cast<void*>(size_repeat)},
                            {Py_mp_subscript, reinterpret_cast<void*>(size_subscript)},
                            {0, nullptr}};
PyType_Spec size_spec = {"tapegrad.Size", 0, 0, Py_TPFLAGS_DEFAULT, size_slots};

// Shapes repeat: the last Size for each hash is kept, so that reading .shape makes no object.
struct CachedSize {
  int n = -1;
  int64_t sizes[4];
  PyObject* object = nullptr;
};
CachedSize size_cache[64];

PyObject* set_device_object(PyObject*, PyObject* device) {
  Py_INCREF(device);
  Py_XSETREF(device_instance, device);
  Py_RETURN_NONE;
}
PyMethodDef set_device_def = {"_set_device_object", set_device_object, METH_O, nullptr};

PyObject* memory_formats[4];  // in the order of MemoryFormat
PyObject* set_memory_formats(PyObject*, PyObject* formats) {
  if (!PyTuple_Check(formats) || PyTuple_GET_SIZE(formats) != 4) {
    PyErr_SetString(PyExc_TypeError, "_set_memory_formats() takes a tuple of 4");
    return nullptr;
  }
  for (int i = 0; i < 4; ++i)
    Py_XSETREF(memory_formats[i], Py_NewRef(PyTuple_GET_ITEM(formats, i)));
  Py_RETURN_NONE;
}
PyMethodDef set_memory_formats_def = {"_set_memory_formats", set_memory_formats, METH_O, nullptr};

}  // namespace

bool memory_format_from_object(PyObject* object, MemoryFormat* format) {
  for (int i = 0; i < 4; ++i) {
    if (object != memory_formats[i]) continue;
    *format = MemoryFormat(i);
    return true;
  }
  return false;
}

PyObject* dtype_object(DType dtype) { return dtypes[static_cast<int>(dtype)]; }

bool dtype_from_object(PyObject* object, DType* dtype) {
  if (Py_TYPE(object) == dtype_type) {
    *dtype = dtype_of_object(object);
  } else if (object == reinterpret_cast<PyObject*>(&PyFloat_Type)) {
    *dtype = DType::Float64;
  } else if (object == reinterpret_cast<PyObject*>(&PyLong_Type)) {
    *dtype = DType::Int64;
  } else if (object == reinterpret_cast<PyObject*>(&PyBool_Type)) {
    *dtype = DType::Bool;
  } else {
    return false;
  }
  return true;
}

PyObject* size_object(std::span<const int64_t> sizes) {
  const int n = int(sizes.size());
  CachedSize* cached = nullptr;
  if (n <= 4) {
    uint64_t hash = uint64_t(n);
    for (const int64_t s : sizes) hash = hash * 31 + uint64_t(s);
    cached = &size_cache[(hash ^ (hash >> 6)) & 63];
    if (cached->n == n && std::equal(sizes.begin(), sizes.end(), cached->sizes)) {
      Py_INCREF(cached->object);
      return cached->object;
    }
  }
  Ref tuple = checked(PyTuple_New(n));
  for (int i = 0; i < n; ++i)
    PyTuple_SET_ITEM(tuple.get(), i, checked(PyLong_FromLongLong(sizes[size_t(i)])).release());
  Ref size = checked(size_from_tuple(tuple.get()));
  if (cached) {
    cached->n = n;
    std::copy(sizes.begin(), sizes.end(), cached->sizes);
    Py_INCREF(size.get());
    Py_XSETREF(cached->object, size.get());
  }
  return size.release();
}

void check_device(PyObject* device) {
  if (!device || device == Py_None || device == device_instance) return;
  if (!PyUnicode_Check(device) && !PyObject_HasAttrString(device, "type"))
    type_error("device must be a string or a torch.device, not ", Py_TYPE(device)->tp_name);
  Ref text = checked(PyObject_Str(device));
  const char* name = PyUnicode_AsUTF8(text.get());
  if (!name) throw PythonError();
  const std::string_view view = name;
  if (view == "cpu" || view == "cpu:0") return;
  runtime_error("tapegrad runs on the CPU only: device '", name, "' is not available");
}

PyObject* cpu_device() { return device_instance ? device_instance : Py_None; }

void bind_types(PyObject* module) {
  dtype_type = reinterpret_cast<PyTypeObject*>(
      checked(PyType_FromModuleAndSpec(module, &dtype_spec, nullptr)).release());
  for (int i = 0; i < 12; ++i) {
    auto* object = PyObject_New(PyDType, dtype_type);
    if (!object) throw PythonError();
    object->dtype = DType(i);
    dtypes[i] = reinterpret_cast<PyObject*>(object);
  }
  const std::pair<const char*, DType> names[] = {
      {"bool", DType::Bool},       {"uint8", DType::UInt8},   {"int8", DType::Int8},
      {"int16", DType::Int16},     {"short", DType::Int16},   {"int32", DType::Int32},
      {"int", DType::Int32},       {"int64", DType::Int64},   {"long", DType::Int64},
      {"float16", DType::Float16}, {"half", DType::Float16},  {"bfloat16", DType::BFloat16},
      {"float32", DType::Float32}, {"float", DType::Float32}, {"float64", DType::Float64},
      {"double", DType::Float64}};
  for (const auto& [name, dtype] : names)
    if (PyObject_SetAttrString(module, name, dtypes[int(dtype)]) < 0) throw PythonError();
  if (PyObject_SetAttrString(module, "dtype", reinterpret_cast<PyObject*>(dtype_type)) < 0)
    throw PythonError();
  Ref bases = checked(PyTuple_Pack(1, &PyTuple_Type));
  size_type = reinterpret_cast<PyTypeObject*>(
      checked(PyType_FromSpecWithBases(&size_spec, bases.get())).release());
  if (PyObject_SetAttrString(module, "Size", reinterpret_cast<PyObject*>(size_type)) < 0)
    throw PythonError();
  Ref function = checked(PyCFunction_New(&set_device_def, nullptr));
  if (PyObject_SetAttrString(module, "_set_device_object", function.get()) < 0) throw PythonError();
  Ref formats = checked(PyCFunction_New(&set_memory_formats_def, nullptr));
  if (PyObject_SetAttrString(module, "_set_memory_formats", formats.get()) < 0) throw PythonError();
}

}  // namespace tg
