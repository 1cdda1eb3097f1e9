#include "bindings/py_node.h"

#include <structmember.h>

#include <cstddef>
#include <cstring>
#include <string>
#include <unordered_map>

#include "autograd/engine.h"
#include "bindings/py_hooks.h"
#include "bindings/py_tensor.h"

namespace tg {
namespace {

struct PyNode {
  PyObject_HEAD Node* node;  // owned; or
  TensorImpl* leaf;          // owned: AccumulateGrad of this leaf
  PyObject* dict;
  PyObject* weakrefs;
};

PyNode* as_py(PyObject* o) { return reinterpret_cast<PyNode*>(o); }

const char* node_name(PyNode* self) {
  return self->node ? self->node->name() : "torch::autograd::AccumulateGrad";
}

void node_dealloc(PyObject* o) {
  PyNode* self = as_py(o);
  PyTypeObject* type = Py_TYPE(o);
  PyObject_GC_UnTrack(o);
  if (self->weakrefs) PyObject_ClearWeakRefs(o);
  Py_CLEAR(self->dict);
  if (self->node) {
    if (self->node->extra) self->node->extra->python = nullptr;
    release_node(std::exchange(self->node, nullptr));
  }
  if (self->leaf) {
    if (self->leaf->extra) self->leaf->extra->accumulate_python = nullptr;
    Tensor::take(std::exchange(self->leaf, nullptr));
  }
  PyObject_GC_Del(o);
  Py_DECREF(type);
}

int node_traverse(PyObject* o, visitproc visit, void* arg) {
  PyNode* self = as_py(o);
  Py_VISIT(Py_TYPE(o));
  Py_VISIT(self->dict);
  if (self->node && self->node->refcount == 1) return visit_node(self->node, visit, arg);
  return 0;
}
int node_clear(PyObject* o) {
  PyNode* self = as_py(o);
  Py_CLEAR(self->dict);
  if (self->node && self->node->refcount == 1) clear_node(self->node);
  return 0;
}

PyObject* node_repr(PyObject* o) {
  const char* full = Py_TYPE(o)->tp_name;
  const char* dot = std::strrchr(full, '.');
  return PyUnicode_FromFormat("<%s object at %p>", dot ? dot + 1 : full, o);
}

PyObject* node_name_method(PyObject* o, PyObject*) {
  return PyUnicode_FromString(node_name(as_py(o)));
}

PyObject* node_next_functions(PyObject* o, void*) {
  return guarded([&]() -> PyObject* {
    Node* node = as_py(o)->node;
    const size_t n = node ? node->edge_count : 0;
    const int number = node ? node->number_input() : -1;
    Ref tuple = checked(PyTuple_New(Py_ssize_t(n + (number >= 0))));
    if (number >= 0)
      PyTuple_SET_ITEM(tuple.get(), number, checked(Py_BuildValue("(Oi)", Py_None, 0)).release());
    for (size_t i = 0; i < n; ++i) {
      Ref next = checked(wrap_edge(node->edges[i]));
      PyTuple_SET_ITEM(
          tuple.get(), Py_ssize_t(i),
          checked(Py_BuildValue("(OI)", next.get(), node->edges[i].output_nr())).release());
    }
    return tuple.release();
  });
}

PyObject* node_variable(PyObject* o, void*) {
  PyNode* self = as_py(o);
  if (!self->leaf) {
    PyErr_SetString(PyExc_AttributeError, "only AccumulateGrad nodes have a variable");
    return nullptr;
  }
  return guarded([&] { return wrap(Tensor(self->leaf)); });
}

PyObject* node_saved_tensors(PyObject* o, void*) {
  return guarded([&]() -> PyObject* {
    Ref list = checked(PyList_New(0));
    Node* node = as_py(o)->node;
    for (size_t i = 0; node && i < 64; ++i) {
      Tensor t = node->saved_tensor(i);
      if (!t.defined()) break;
      PyList_Append(list.get(), checked(wrap(std::move(t))).get());
    }
    return PyList_AsTuple(list.get());
  });
}

PyObject* node_sequence(PyObject* o, PyObject*) {
  return PyLong_FromUnsignedLongLong(as_py(o)->node ? as_py(o)->node->sequence : UINT64_MAX);
}

PyObject* hook_handle(PyObject* owner, uint64_t id) {
  Ref module = checked(PyImport_ImportModule("tapegrad._hooks"));
  return PyObject_CallMethod(module.get(), "RemovableHandle", "OK", owner,
                             static_cast<unsigned long long>(id));
}

PyObject* add_node_hook(PyObject* o, PyObject* f, bool before) {
  return guarded([&]() -> PyObject* {
    Node* node = as_py(o)->node;
    if (!node)
      runtime_error(
          "hooks on AccumulateGrad are not supported: use "
          "Tensor.register_post_accumulate_grad_hook");
    const uint64_t id = next_hook_id();
    add_hook(node->make_extra().node_hooks, {id, before, std::make_shared<PyNodeHook>(f, before)});
    return hook_handle(o, id);
  });
}
PyObject* node_register_hook(PyObject* o, PyObject* f) { return add_node_hook(o, f, false); }
PyObject* node_register_prehook(PyObject* o, PyObject* f) { return add_node_hook(o, f, true); }
PyObject* node_remove_hook(PyObject* o, PyObject* id_object) {
  return guarded([&]() -> PyObject* {
    const uint64_t id = PyLong_AsUnsignedLongLong(id_object);
    Node* node = as_py(o)->node;
    if (node && node->extra) remove_hook(node->extra->node_hooks, id);
    Py_RETURN_NONE;
  });
}

PyMethodDef node_methods[] = {
    {"name", node_name_method, METH_NOARGS, "Name of the recorded operation."},
    {"register_hook", node_register_hook, METH_O,
     "Calls hook(grad_inputs, grad_outputs) after this node in backward."},
    {"register_prehook", node_register_prehook, METH_O,
     "Calls hook(grad_outputs) before this node in backward."},
    {"_remove_hook", node_remove_hook, METH_O, nullptr},
    {"_sequence_nr", node_sequence, METH_NOARGS, nullptr},
    {nullptr, nullptr, 0, nullptr}};
PyGetSetDef node_getset[] = {
    {"next_functions", node_next_functions, nullptr,
     "Where the gradients go: (node, output number) pairs.", nullptr},
    {"variable", node_variable, nullptr, "The leaf of an AccumulateGrad node.", nullptr},
    {"_saved_tensors", node_saved_tensors, nullptr, "The tensors kept for backward.", nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr}};
PyMemberDef node_members[] = {
    {"__dictoffset__", T_PYSSIZET, offsetof(PyNode, dict), READONLY, nullptr},
    {"__weaklistoffset__", T_PYSSIZET, offsetof(PyNode, weakrefs), READONLY, nullptr},
    {nullptr, 0, 0, 0, nullptr}};
PyType_Slot node_slots[] = {{Py_tp_dealloc, reinterpret_cast<void*>(node_dealloc)},
                            {Py_tp_traverse, reinterpret_cast<void*>(node_traverse)},
                            {Py_tp_clear, reinterpret_cast<void*>(node_clear)},
                            {Py_tp_repr, reinterpret_cast<void*>(node_repr)},
                            {Py_tp_methods, node_methods},
                            {Py_tp_getset, node_getset},
                            {Py_tp_members, node_members},
                            {0, nullptr}};

PyTypeObject* type_for(const std::string& name) {
  static std::unordered_map<std::string, PyTypeObject*> types;
  PyTypeObject*& type = types[name];
  if (!type) {
    static std::unordered_map<std::string, std::string> full_names;
    const std::string& full = full_names[name] =
        "tapegrad.autograd." + name;  // CPython 3.10 keeps the pointer
    PyType_Spec spec = {full.c_str(), sizeof(PyNode), 0,
                        Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION,
                        node_slots};
    type = reinterpret_cast<PyTypeObject*>(checked(PyType_FromSpec(&spec)).release());
    type->tp_name = full.c_str() + full.rfind('.') + 1;  // in messages: the name alone
  }
  return type;
}

PyNode* new_object(const std::string& name) {
  PyNode* self = PyObject_GC_New(PyNode, type_for(name));
  if (!self) throw PythonError();
  self->node = nullptr;
  self->leaf = nullptr;
  self->dict = nullptr;
  self->weakrefs = nullptr;
  PyObject_GC_Track(reinterpret_cast<PyObject*>(self));
  return self;
}

}  // namespace

const char* short_name(const Node* node) {
  const char* colon = std::strrchr(node->name(), ':');
  return colon ? colon + 1 : node->name();
}

bool is_node(PyObject* o) { return Py_TYPE(o)->tp_dealloc == node_dealloc; }

PyObject* wrap_node(Node* node) {
  if (!node) Py_RETURN_NONE;
  NodeExtra& extra = node->make_extra();
  if (extra.python) {
    Py_INCREF(static_cast<PyObject*>(extra.python));
    return static_cast<PyObject*>(extra.python);
  }
  PyNode* self = new_object(short_name(node));
  self->node = node;
  ++node->refcount;
  extra.python = self;
  return reinterpret_cast<PyObject*>(self);
}

PyObject* wrap_edge(const Edge& edge) {
  TensorImpl* leaf = edge.leaf();
  if (!leaf) return wrap_node(edge.node());
  TensorExtra& extra = make_extra(leaf);
  if (extra.accumulate_python) {
    Py_INCREF(static_cast<PyObject*>(extra.accumulate_python));
    return static_cast<PyObject*>(extra.accumulate_python);
  }
  PyNode* self = new_object("AccumulateGrad");
  self->leaf = leaf;
  ++leaf->refcount;
  extra.accumulate_python = self;
  return reinterpret_cast<PyObject*>(self);
}

PyObject* wrap_grad_fn(const Tensor& t) { return wrap_node(current_grad_fn(t)); }

}  // namespace tg
