// Tables of vectors, attention, distances and the steps of recurrent networks.
#include "bindings/bind.h"
#include "bindings/generator.h"
#include "ops/attention.h"
#include "ops/distance.h"
#include "ops/embedding.h"
#include "ops/recurrent.h"
#include "ops/softmax.h"

namespace tg {
namespace {

Tensor attention(const Tensor& query, const Tensor& key, const Tensor& value,
                 const std::optional<Tensor>& attn_mask, double dropout_p, bool is_causal,
                 std::optional<double> scale, bool enable_gqa) {
  return scaled_dot_product_attention(
      query, key, value, attn_mask, {dropout_p, is_causal, scale, enable_gqa}, default_generator());
}
std::tuple<Tensor, Tensor, Tensor, Tensor> embedding_bag_of(
    const Tensor& weight, const Tensor& indices, const Tensor& offsets, bool scale_grad_by_freq,
    int64_t mode, bool sparse, const std::optional<Tensor>& per_sample_weights,
    bool include_last_offset, std::optional<int64_t> padding_idx) {
  return embedding_bag(weight, indices, offsets, scale_grad_by_freq, mode, sparse,
                       per_sample_weights, include_last_offset, padding_idx);
}
Tensor softmax_backward_data(const Tensor& grad, const Tensor& output, int64_t dim, DType dtype) {
  return to_dtype(softmax_backward(grad, output, dim), dtype);
}
Tensor log_softmax_backward_data(const Tensor& grad, const Tensor& output, int64_t dim,
                                 DType dtype) {
  return to_dtype(log_softmax_backward(grad, output, dim), dtype);
}

}  // namespace

void bind_embeddings(Binder& b) {
  b.def("embedding",
        {fn(&embedding,
            "weight, indices, padding_idx=-1, scale_grad_by_freq=False, "
            "sparse=False")},
        kFunction, "Rows of weight (V, D) picked by index: (*) gives (*, D).");
  b.def("embedding_renorm_", {fn(&embedding_renorm_, "weight, indices, max_norm, norm_type")},
        kFunction, "Scales the rows of weight that indices name down to a norm of max_norm.");
  b.def("embedding_bag",
        {fn(&embedding_bag_of,
            "weight, indices, offsets, scale_grad_by_freq=False, mode=0, "
            "sparse=False, per_sample_weights=None, include_last_offset=False, "
            "padding_idx=None")},
        kFunction,
        "Sums (mode 0), means (1) or maxima (2) of bags of rows of weight, the bag of each index, "
        "the rows in each bag and the index of each maximum.");
  b.def("_scaled_dot_product_attention",
        {fn(&attention,
            "query, key, value, attn_mask=None, dropout_p=0.0, is_causal=False, scale=None, "
            "enable_gqa=False")},
        kFunction, "softmax(query @ key.T * scale + mask) @ value.");
  b.def("pdist", {fn(&pdist, "input, p=2")}, kFunction,
        "p-norms of the differences of all pairs of rows.");
  b.def("_lstm_step", {fn(&lstm_step, "input_gates, hidden_gates, cell")}, kFunction,
        "New hidden and cell states of an LSTM.");
  b.def("_lstm_layer", {fn(&lstm_layer, "input_gates, hidden, cell, weight, reverse=False")},
        kFunction, "Hidden and cell states of all steps of an LSTM.");
  b.def("_gru_step", {fn(&gru_step, "input_gates, hidden_gates, hidden")}, kFunction,
        "New hidden state of a GRU.");
  b.def("_softmax_backward_data",
        {fn(&softmax_backward_data, "grad_output, output, dim, input_dtype")}, kFunction,
        "Gradient of softmax() from its output.");
  b.def("_log_softmax_backward_data",
        {fn(&log_softmax_backward_data, "grad_output, output, dim, input_dtype")}, kFunction,
        "Gradient of log_softmax() from its output.");
}

}  // namespace tg
