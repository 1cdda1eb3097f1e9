// A linear map and its transpose as operations, each the gradient of the other. A Map has
// forward(x) and transpose(y), both without history, and the names of both nodes.
#pragma once

#include "autograd/record.h"

namespace tg {

template <class Map>
Tensor transposed(const Map& map, const Tensor& y);
template <class Map>
Tensor applied(const Map& map, const Tensor& x) {
  Tensor out;
  {
    GradModeGuard off(false);
    out = map.forward(x);
  }
  record(map.name, out, inputs(x), saves(), [map](const Tensor& g) { return transposed(map, g); });
  return out;
}
template <class Map>
Tensor transposed(const Map& map, const Tensor& y) {
  Tensor out;
  {
    GradModeGuard off(false);
    out = map.transpose(y);
  }
  record(map.transposed_name, out, inputs(y), saves(),
         [map](const Tensor& g) { return applied(map, g); });
  return out;
}

}  // namespace tg
