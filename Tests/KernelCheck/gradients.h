// The gradients of coefficients where F(u) = u: what they take and what they leave.
#pragma once
#include "check.h"

/// Tensors of one call, and the call.
typedef struct {
  tensor g, x, pre, post, H;
  tensor u, du, sums, dpre, dpost, dH;
  mhck_gradients call;
} gradients;

/// A call for random numbers.
gradients make_gradients(ptrdiff_t T, ptrdiff_t n, ptrdiff_t C, mhck_orientation o, int is_bf16);
/// The same inputs, and room of its own for what is left.
gradients with_own_room(const gradients *other);
/// Misses unless both have left the same, bit by bit.
void expect_same(const gradients *one, const gradients *other);
