// The families that module.cpp puts together: one bind_*.cpp each. Only module.cpp includes this,
// so that a new family recompiles no other.
#pragma once

#include "bindings/bind.h"

namespace tg {

void bind_tensor(Binder& b);     // methods about the tensor itself: copies, casts, item, layout
void bind_autograd(Binder& b);   // backward, grad, hooks, grad mode
void bind_functions(Binder& b);  // custom autograd functions
void bind_graph(Binder& b);      // anomaly detection, saved_tensors_hooks
void bind_elementwise(Binder& b);
void bind_special(Binder& b);
void bind_reductions(Binder& b);
void bind_losses(Binder& b);
void bind_activations(Binder& b);
void bind_element_losses(Binder& b);
void bind_embeddings(Binder& b);
void bind_dropouts(Binder& b);
void bind_shapes(Binder& b);
void bind_indexing(Binder& b);
void bind_matmul(Binder& b);
void bind_linalg(Binder& b);
void bind_convolution(Binder& b);
void bind_pooling(Binder& b);
void bind_normalization(Binder& b);
void bind_resampling(Binder& b);
void bind_sorting(Binder& b);
void bind_statistics(Binder& b);
void bind_factories(Binder& b);
void bind_random(Binder& b);
void bind_layout(Binder& b);
void bind_optim(Binder& b);
void bind_printing(Binder& b);
void bind_dlpack(Binder& b);
void bind_machine(Binder& b);  // threads, build and instruction set

}  // namespace tg
