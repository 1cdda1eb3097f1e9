#include "ops/unary.h"

namespace tg {

#define TG_DEFINE(function, Op) \
  Tensor function(const Tensor& x) { return unary<Op>(x); }
TG_UNARY_OPS(TG_DEFINE)
TG_UNARY_PREDICATES(TG_DEFINE)
#undef TG_DEFINE
#define TG_DEFINE(function, Op) \
  Tensor function##_(const Tensor& self) { return unary_in_place<Op>(self); }
TG_UNARY_OPS(TG_DEFINE)
#undef TG_DEFINE

}  // namespace tg
