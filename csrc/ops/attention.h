// Attention (Vaswani et al. 2017).
#pragma once

#include <optional>

#include "core/tensor.h"
#include "kernels/random.h"

namespace tg {

struct AttentionOptions {
  double dropout_p = 0;
  bool is_causal = false;
  std::optional<double> scale;  // 1 / sqrt(E) by default
  bool enable_gqa = false;      // several heads of query share one of key and value
};

// softmax(query @ key.T * scale + mask) @ value of query (*, L, E), key (*, S, E), value (*, S, V).
// The mask is True where a key may be seen, or is added. Rows that see no key give 0.
Tensor scaled_dot_product_attention(const Tensor& query, const Tensor& key, const Tensor& value,
                                    const std::optional<Tensor>& mask,
                                    const AttentionOptions& options, GeneratorState& generator);

}  // namespace tg
