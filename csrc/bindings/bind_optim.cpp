// The native half of tapegrad.optim and of the gradient clipping in nn.utils: each step is one call
// over the parameters of a group. It reads .grad itself, passes over parameters without one, and
// keeps the state in the optimizer's `state` dict, {param: {name: tensor}}.
#include <cmath>

#include "autograd/grad_mode.h"
#include "bindings/bind.h"
#include "ops/optim.h"

namespace tg {
namespace {

Ref list_of_params(PyObject* params) {
  if (!PyList_Check(params))
    type_error("'params' of a parameter group must be a list, got ", Py_TYPE(params)->tp_name);
  return Ref::borrow(params);
}
const Tensor& param_from(PyObject* o) {
  if (!is_tensor(o))
    type_error("optimizer can only optimize Tensors, but one of the params is ",
               Py_TYPE(o)->tp_name);
  return as_tensor(o);
}

// update(object, param, grad) for the parameters that have a gradient. Nothing is recorded.
template <class Update>
void for_each_gradient(PyObject* params, Update update) {
  const Ref list = list_of_params(params);
  const GradModeGuard off(false);
  for (Py_ssize_t i = 0; i < PyList_GET_SIZE(params); ++i) {
    const Ref item = Ref::borrow(PyList_GET_ITEM(params, i));
    const Tensor param = param_from(item.get());
    if (param->grad) update(item.get(), param, Tensor(param->grad));
  }
}

// The state of one parameter, a dict of tensors by name.
class ParamState {
 public:
  ParamState(PyObject* all, PyObject* param) {
    if (!PyDict_Check(all))
      type_error("the state of an optimizer must be a dict, got ", Py_TYPE(all)->tp_name);
    dict_ = Ref::borrow(PyDict_GetItemWithError(all, param));
    if (!dict_) {
      if (PyErr_Occurred()) throw PythonError();
      dict_ = checked(PyDict_New());
      if (PyDict_SetItem(all, param, dict_.get()) < 0) throw PythonError();
    }
    if (!PyDict_Check(dict_.get()))
      type_error("the optimizer's state of a parameter must be a dict, got ",
                 Py_TYPE(dict_.get())->tp_name);
  }
  // Undefined where it is missing or None.
  Tensor find(PyObject* name) const {
    PyObject* value = PyDict_GetItemWithError(dict_.get(), name);
    if (!value && PyErr_Occurred()) throw PythonError();
    if (!value || value == Py_None) return Tensor();
    if (!is_tensor(value))
      type_error("the optimizer's state holds a ", Py_TYPE(value)->tp_name,
                 " where a Tensor is expected");
    return as_tensor(value);
  }
  void set(PyObject* name, const Tensor& value) const {
    const Ref object = checked(wrap(value));
    if (PyDict_SetItem(dict_.get(), name, object.get()) < 0) throw PythonError();
  }
  template <class Make>
  Tensor find_or(PyObject* name, Make make) const {
    Tensor value = find(name);
    if (!value.defined()) set(name, value = make());
    return value;
  }

 private:
  Ref dict_;
};

struct Names {
  static PyObject* intern(const char* name) {
    return checked(PyUnicode_InternFromString(name)).release();
  }
  PyObject* step = intern("step");
  PyObject* sum = intern("sum");
  PyObject* momentum_buffer = intern("momentum_buffer");
  PyObject* exp_avg = intern("exp_avg");
  PyObject* exp_avg_sq = intern("exp_avg_sq");
  PyObject* max_exp_avg_sq = intern("max_exp_avg_sq");
  PyObject* square_avg = intern("square_avg");
  PyObject* grad_avg = intern("grad_avg");
};
const Names& names() {
  static const Names n;
  return n;
}

// A number, or a tensor of one element.
double rate(PyObject* o) {
  if (!is_tensor(o)) return double_from(o);
  const Tensor& t = as_tensor(o);
  if (t.numel() != 1) value_error("Tensor lr must be 1-element");
  return number_in(t);
}

void sgd(PyObject* params, PyObject* state, PyObject* lr, double momentum, double dampening,
         double weight_decay, bool nesterov, bool maximize) {
  const SgdOptions options{rate(lr), momentum, dampening, weight_decay, nesterov, maximize};
  for_each_gradient(params, [&](PyObject* object, const Tensor& param, const Tensor& grad) {
    Tensor buffer;
    if (momentum == 0) {
      sgd_step(param, grad, buffer, options);
      return;
    }
    const ParamState own(state, object);
    buffer = own.find(names().momentum_buffer);
    const bool first = !buffer.defined();
    sgd_step(param, grad, buffer, options);
    if (first) own.set(names().momentum_buffer, buffer);
  });
}

void adagrad(PyObject* params, PyObject* state, PyObject* lr, double lr_decay, double weight_decay,
             double initial_accumulator_value, double eps, bool maximize) {
  const AdagradOptions options{rate(lr), lr_decay, weight_decay, eps, maximize};
  for_each_gradient(params, [&](PyObject* object, const Tensor& param, const Tensor& grad) {
    const ParamState own(state, object);
    const Tensor step = own.find_or(names().step, optimizer_step_count);
    const Tensor sum = own.find_or(
        names().sum, [&] { return optimizer_state_like(param, initial_accumulator_value); });
    adagrad_step(param, grad, sum, step, options);
  });
}

void adam(PyObject* params, PyObject* state, PyObject* lr, double beta1, double beta2, double eps,
          double weight_decay, bool amsgrad, bool maximize, bool decoupled_weight_decay) {
  const AdamOptions options{rate(lr),     beta1,   beta2,    eps,
                            weight_decay, amsgrad, maximize, decoupled_weight_decay};
  for_each_gradient(params, [&](PyObject* object, const Tensor& param, const Tensor& grad) {
    const ParamState own(state, object);
    const auto zeros = [&] { return optimizer_state_like(param, 0); };
    const Tensor step = own.find_or(names().step, optimizer_step_count);
    const Tensor mean = own.find_or(names().exp_avg, zeros),
                 square = own.find_or(names().exp_avg_sq, zeros);
    const Tensor largest = amsgrad ? own.find_or(names().max_exp_avg_sq, zeros) : Tensor();
    adam_step(param, grad, mean, square, largest, step, options);
  });
}

void rmsprop(PyObject* params, PyObject* state, PyObject* lr, double alpha, double eps,
             double weight_decay, double momentum, bool centered, bool maximize) {
  const RmspropOptions options{rate(lr), alpha, eps, weight_decay, momentum, centered, maximize};
  for_each_gradient(params, [&](PyObject* object, const Tensor& param, const Tensor& grad) {
    const ParamState own(state, object);
    const auto zeros = [&] { return optimizer_state_like(param, 0); };
    const Tensor step = own.find_or(names().step, optimizer_step_count);
    const Tensor square = own.find_or(names().square_avg, zeros);
    const Tensor buffer = momentum > 0 ? own.find_or(names().momentum_buffer, zeros) : Tensor();
    const Tensor mean = centered ? own.find_or(names().grad_avg, zeros) : Tensor();
    rmsprop_step(param, grad, square, mean, buffer, step, options);
  });
}

void zero_grad(PyObject* params, bool set_to_none) {
  const Ref list = list_of_params(params);
  const GradModeGuard off(false);
  for (Py_ssize_t i = 0; i < PyList_GET_SIZE(params); ++i) {
    const Tensor param = param_from(PyList_GET_ITEM(params, i));
    if (!param->grad) continue;
    if (set_to_none) {
      const Tensor dropped = Tensor::take(std::exchange(param->grad, nullptr));
      continue;
    }
    const Tensor grad(param->grad);
    if (requires_grad(grad)) {  // made with create_graph: it goes on without its history
      const Tensor detached = detached_alias(grad, false);
      zero_(detached);
      const Tensor dropped = Tensor::take(std::exchange(param->grad, Tensor(detached).release()));
      continue;
    }
    zero_(grad);
  }
}

std::vector<Tensor> tensors_of(PyObject* list) {
  std::vector<Tensor> tensors;
  const Ref sequence = checked(PySequence_Fast(list, "expected an iterable of Tensors"));
  for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(sequence.get()); ++i) {
    PyObject* item = PySequence_Fast_GET_ITEM(sequence.get(), i);
    if (!is_tensor(item)) {
      checked(PyObject_GetAttrString(item, "device"));  // the error that PyTorch raises
      type_error("expected Tensor but got ", Py_TYPE(item)->tp_name);
    }
    tensors.push_back(as_tensor(item));
  }
  return tensors;
}
// The gradients of those parameters that have one.
std::vector<Tensor> gradients_of(PyObject* params) {
  std::vector<Tensor> grads;
  const Ref sequence = checked(PySequence_Fast(params, "expected an iterable of Tensors"));
  for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(sequence.get()); ++i) {
    PyObject* item = PySequence_Fast_GET_ITEM(sequence.get(), i);
    if (is_tensor(item)) {
      if (TensorImpl* grad = as_tensor(item)->grad) grads.emplace_back(grad);
      continue;
    }
    const Ref grad = checked(PyObject_GetAttrString(item, "grad"));
    if (grad.get() == Py_None) continue;
    if (!is_tensor(grad.get()))
      type_error("expected Tensor but got ", Py_TYPE(grad.get())->tp_name);
    grads.push_back(as_tensor(grad.get()));
  }
  return grads;
}

Tensor checked_total(std::span<const Tensor> tensors, double norm_type, bool error_if_nonfinite) {
  Tensor total = total_norm(tensors, norm_type);
  if (error_if_nonfinite && !std::isfinite(number_in(total))) {
    const Ref order = checked(PyFloat_FromDouble(norm_type)),
              text = checked(PyObject_Str(order.get()));
    runtime_error("The total norm of order ", PyUnicode_AsUTF8(text.get()),
                  " for gradients from `parameters` is non-finite, so it cannot be clipped. To "
                  "disable this error and scale the gradients by the non-finite norm anyway, set "
                  "`error_if_nonfinite=False`");
  }
  return total;
}
Tensor get_total_norm(PyObject* tensors, double norm_type, bool error_if_nonfinite) {
  const GradModeGuard off(false);
  return checked_total(tensors_of(tensors), norm_type, error_if_nonfinite);
}
Tensor clip_grad_norm(PyObject* params, double max_norm, double norm_type,
                      bool error_if_nonfinite) {
  const GradModeGuard off(false);
  const std::vector<Tensor> grads = gradients_of(params);
  Tensor total = checked_total(grads, norm_type, error_if_nonfinite);
  clip_to_norm(grads, max_norm, total);
  return total;
}
void clip_grads_with_norm(PyObject* params, double max_norm, const Tensor& total) {
  const GradModeGuard off(false);
  clip_to_norm(gradients_of(params), max_norm, total);
}
void clip_grad_value(PyObject* params, double limit) {
  const GradModeGuard off(false);
  clip_to_value(gradients_of(params), limit);
}

}  // namespace

void bind_optim(Binder& b) {
  b.def("_sgd_step",
        {fn(&sgd, "params, state, lr, momentum, dampening, weight_decay, nesterov, maximize")},
        kFunction,
        "One step of SGD over a list of parameters; momentum buffers are kept in `state`.");
  b.def("_adagrad_step",
        {fn(&adagrad,
            "params, state, lr, lr_decay, weight_decay, initial_accumulator_value, eps, maximize")},
        kFunction,
        "One step of Adagrad over a list of parameters; step counts and sums are kept in `state`.");
  b.def("_adam_step",
        {fn(&adam,
            "params, state, lr, beta1, beta2, eps, weight_decay, amsgrad, maximize, "
            "decoupled_weight_decay")},
        kFunction,
        "One step of Adam or AdamW over a list of parameters; the averages are kept in `state`.");
  b.def("_rmsprop_step",
        {fn(&rmsprop, "params, state, lr, alpha, eps, weight_decay, momentum, centered, maximize")},
        kFunction,
        "One step of RMSprop over a list of parameters; the averages are kept in `state`.");
  b.def("_zero_grad", {fn(&zero_grad, "params, set_to_none")}, kFunction,
        "Drops the gradients of a list of parameters, or fills them with zeros.");
  b.def("_total_norm", {fn(&get_total_norm, "tensors, norm_type, error_if_nonfinite")}, kFunction,
        "The norm of the norms of tensors.");
  b.def("_clip_grad_norm", {fn(&clip_grad_norm, "params, max_norm, norm_type, error_if_nonfinite")},
        kFunction, "Scales gradients down to a total norm; returns the norm before.");
  b.def("_clip_grads_with_norm", {fn(&clip_grads_with_norm, "params, max_norm, total_norm")},
        kFunction, "The same with a norm that is known.");
  b.def("_clip_grad_value", {fn(&clip_grad_value, "params, limit")}, kFunction,
        "Limits the elements of gradients.");
}

}  // namespace tg
