#include "gradients.h"

#include <string.h>

gradients with_own_room(const gradients *other) {
  gradients made = *other;
  const ptrdiff_t T = made.call.T, n = made.call.n, C = made.call.C;
  tensor *const left[] = {&made.u, &made.du, &made.sums, &made.dpre, &made.dpost, &made.dH};
  const ptrdiff_t counts[] = {T * C, T * C, mhck_staged_floats(n, C), T * n, T * n, T * n * n};
  for (int i = 0; i < 6; i++) *left[i] = room(counts[i], 0);
  made.call.u = floats(made.u);
  made.call.du = floats(made.du);
  made.call.sums = floats(made.sums);
  made.call.dpre = floats(made.dpre);
  made.call.dpost = floats(made.dpost);
  made.call.dH = floats(made.dH);
  return made;
}

gradients make_gradients(ptrdiff_t T, ptrdiff_t n, ptrdiff_t C, mhck_orientation o, int is_bf16) {
  gradients made = {
      .g = random_numbers(T * n * C, is_bf16, -2, 2), .x = random_numbers(T * n * C, is_bf16, -2, 2),
      .pre = random_numbers(T * n, 0, -1, 1), .post = random_numbers(T * n, 0, -1, 1),
      .H = random_numbers(T * n * n, 0, -1, 1)};
  made.call = (mhck_gradients){
      .g = made.g.at, .x = made.x.at, .h_pre = floats(made.pre), .h_post = floats(made.post), .H = floats(made.H),
      .T = T, .n = n, .C = C, .o = o};
  return with_own_room(&made);
}

void expect_same(const gradients *one, const gradients *other) {
  const tensor left[] = {one->u, one->du, one->sums, one->dpre, one->dpost, one->dH};
  const tensor wanted[] = {other->u, other->du, other->sums, other->dpre, other->dpost, other->dH};
  const char *const names[] = {"u", "du", "sums", "dpre", "dpost", "dH"};
  for (int i = 0; i < 6; i++)
    for (ptrdiff_t k = 0; k < left[i].count; k++)
      if (memcmp(floats(left[i]) + k, floats(wanted[i]) + k, 4) != 0)
        miss("%s[%td] is %g beside products and %g alone", names[i], k, get(left[i], k), get(wanted[i], k));
}
