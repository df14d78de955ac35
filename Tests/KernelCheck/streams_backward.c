// Kernels that move streams, backwards.

#include <math.h>
#include <string.h>

#include "check.h"
#include "gradients.h"

/// Tensors of one shape.
typedef struct {
  ptrdiff_t T, n, C;
  mhck_orientation o;
  tensor g, x, y, du, H, h;
} sizes;

/// One of sum_o H g[t,o] for a channel of a stream.
static void expect_dx(const char *kernel, const char *detail, const sizes *s, tensor dx) {
  begin(kernel, s->T, s->n, s->C, detail);
  for (ptrdiff_t t = 0; t < s->T; t++)
    for (ptrdiff_t i = 0; i < s->n; i++)
      for (ptrdiff_t c = 0; c < s->C; c++) {
        double sum = 0, magnitude = 0;
        for (ptrdiff_t j = 0; j < s->n; j++) {
          const double part = get(s->H, t * s->n * s->n + mixed(s->o, j, i)) * get(s->g, (t * s->n + j) * s->C + c);
          sum += part;
          magnitude += fabs(part);
        }
        expect_sum("dx", dx, (t * s->n + i) * s->C + c, sum, magnitude, s->n);
      }
}

static void expect_dH(const char *kernel, const char *detail, const sizes *s, tensor dH) {
  begin(kernel, s->T, s->n, s->C, detail);
  for (ptrdiff_t t = 0; t < s->T; t++)
    for (ptrdiff_t i = 0; i < s->n; i++)
      for (ptrdiff_t j = 0; j < s->n; j++) {
        double sum = 0, magnitude = 0;
        for (ptrdiff_t c = 0; c < s->C; c++) {
          const double part = get(s->x, (t * s->n + i) * s->C + c) * get(s->g, (t * s->n + j) * s->C + c);
          sum += part;
          magnitude += fabs(part);
        }
        expect_sum("dH", dH, t * s->n * s->n + mixed(s->o, j, i), sum, magnitude, s->C);
      }
}

static void expect_dy(const char *kernel, const char *detail, const sizes *s, tensor dy, tensor dh) {
  begin(kernel, s->T, s->n, s->C, detail);
  for (ptrdiff_t t = 0; t < s->T; t++) {
    for (ptrdiff_t c = 0; c < s->C; c++) {
      double sum = 0, magnitude = 0;
      for (ptrdiff_t j = 0; j < s->n; j++) {
        const double part = get(s->h, t * s->n + j) * get(s->g, (t * s->n + j) * s->C + c);
        sum += part;
        magnitude += fabs(part);
      }
      expect_sum("dy", dy, t * s->C + c, sum, magnitude, s->n);
    }
    for (ptrdiff_t j = 0; j < s->n; j++) {
      double sum = 0, magnitude = 0;
      for (ptrdiff_t c = 0; c < s->C; c++) {
        const double part = get(s->g, (t * s->n + j) * s->C + c) * get(s->y, t * s->C + c);
        sum += part;
        magnitude += fabs(part);
      }
      expect_sum("dh", dh, t * s->n + j, sum, magnitude, s->C);
    }
  }
}

/// The premix backwards: dx is not made, made, or added to.
static void check_premix(const mhck_stream_kernels *kernels, const sizes *s, int makes, int accumulates) {
  const char *detail = !makes ? "no dx" : accumulates ? "accumulated" : "";
  const ptrdiff_t T = s->T, n = s->n, C = s->C;
  tensor before = random_numbers(T * n * C, s->x.is_bf16, -2, 2), dx = copy_of(before), dh = room(T * n, 0);
  kernels->premix_backward(floats(s->du), s->x.at, floats(s->h), T, n, C, accumulates, makes ? dx.at : NULL, floats(dh));
  begin("premix_backward", T, n, C, detail);
  for (ptrdiff_t t = 0; t < T; t++)
    for (ptrdiff_t i = 0; i < n; i++) {
      double sum = 0, magnitude = 0;
      for (ptrdiff_t c = 0; c < C; c++) {
        const ptrdiff_t at = (t * n + i) * C + c;
        const double gradient = get(s->du, t * C + c), part = gradient * get(s->x, at);
        sum += part;
        magnitude += fabs(part);
        const double old = accumulates ? get(before, at) : 0, made = get(s->h, t * n + i) * gradient;
        if (makes)
          expect_sum("dx", dx, at, made + old, fabs(made) + fabs(old), 2);
        else
          expect_number("untouched dx", at, get(dx, at), get(before, at), 0);
      }
      expect_sum("dh", dh, t * n + i, sum, magnitude, C);
    }
}

/// A sum of one token's rows of a stream tensor, each with a factor, and of the magnitudes of its parts.
static double mixed_rows(tensor rows, tensor factors, ptrdiff_t t, ptrdiff_t n, ptrdiff_t C, ptrdiff_t c, double *magnitude) {
  double sum = 0;
  *magnitude = 0;
  for (ptrdiff_t i = 0; i < n; i++) {
    const double part = get(factors, t * n + i) * get(rows, (t * n + i) * C + c);
    sum += part;
    *magnitude += fabs(part);
  }
  return sum;
}

/// The gradients of H_pre and H_post where u and du have not been kept: sums over channels of sums over streams.
static void expect_coefficients(const sizes *s, tensor pre, tensor dpre, tensor dpost) {
  const ptrdiff_t n = s->n, C = s->C;
  for (ptrdiff_t t = 0; t < s->T; t++)
    for (ptrdiff_t i = 0; i < n; i++) {
      double inner = 0, outer = 0, inner_size = 0, outer_size = 0;
      for (ptrdiff_t c = 0; c < C; c++) {
        double u_size, du_size;
        const double u = mixed_rows(s->x, pre, t, n, C, c, &u_size), du = mixed_rows(s->g, s->h, t, n, C, c, &du_size);
        const double x = get(s->x, (t * n + i) * C + c), g = get(s->g, (t * n + i) * C + c);
        inner += du * x;
        inner_size += du_size * fabs(x);
        outer += u * g;
        outer_size += u_size * fabs(g);
      }
      expect_sum("dpre", dpre, t * n + i, inner, inner_size, C + n);
      expect_sum("dpost", dpost, t * n + i, outer, outer_size, C + n);
    }
}

/// Pre-mix and the gradients of all coefficients in one, where u is y; with room for sums a kernel may leave those instead.
static void check_gradients(const mhck_stream_kernels *kernels, const sizes *s, int stages) {
  const ptrdiff_t T = s->T, n = s->n, C = s->C;
  gradients of = make_gradients(T, n, C, s->o, s->x.is_bf16);
  tensor no_u = copy_of(of.u);
  if (!stages) of.call.sums = NULL;
  const int staged = kernels->gradients(&of.call);
  begin("gradients", T, n, C, staged ? "staged" : "");
  if (staged && (!stages || T > MHCK_STAGED_TOKENS)) miss("sums are made without room for them");
  // What follows takes the tensors of this call.
  sizes own = *s;
  own.g = of.g;
  own.x = of.x;
  own.h = of.post;
  expect_dH("gradients", "", &own, of.dH);
  if (staged) {
    for (ptrdiff_t k = 0; k < T * C; k++)
      if (memcmp(floats(of.u) + k, floats(no_u) + k, 4) != 0) miss("u is made beside sums");
    expect_coefficients(&own, of.pre, of.dpre, of.dpost);
    return;
  }
  for (ptrdiff_t t = 0; t < T; t++)
    for (ptrdiff_t c = 0; c < C; c++) {
      double magnitude;
      const double sum = mixed_rows(of.x, of.pre, t, n, C, c, &magnitude);
      expect_sum("u", of.u, t * C + c, sum, magnitude, n);
    }
  // And u and du as they were found.
  own.y = of.u;
  expect_dy("gradients", "", &own, of.du, of.dpost);
  for (ptrdiff_t t = 0; t < T; t++)
    for (ptrdiff_t i = 0; i < n; i++) {
      double sum = 0, magnitude = 0;
      for (ptrdiff_t c = 0; c < C; c++) {
        const double part = get(of.du, t * C + c) * get(of.x, (t * n + i) * C + c);
        sum += part;
        magnitude += fabs(part);
      }
      expect_sum("dpre", of.dpre, t * n + i, sum, magnitude, C);
    }
}

void check_streams_backward(const mhck_stream_kernels *kernels, int is_bf16, ptrdiff_t T, ptrdiff_t n, ptrdiff_t C,
                            mhck_orientation o) {
  const ptrdiff_t all = T * n * C;
  const sizes s = {
      T, n, C, o, random_numbers(all, is_bf16, -2, 2), random_numbers(all, is_bf16, -2, 2),
      random_numbers(T * C, 0, -2, 2), random_numbers(T * C, 0, -2, 2), random_numbers(T * n * n, 0, -1, 1),
      random_numbers(T * n, 0, -1, 1)};
  tensor dx = room(all, is_bf16), dH = room(T * n * n, 0);
  kernels->resmix_backward(s.g.at, s.x.at, floats(s.H), T, n, C, o, dx.at, floats(dH));
  expect_dx("resmix_backward", "", &s, dx);
  expect_dH("resmix_backward", "", &s, dH);

  tensor dy = room(T * C, 0), dh = room(T * n, 0);
  kernels->post_backward(s.g.at, floats(s.y), floats(s.h), T, n, C, floats(dy), floats(dh));
  expect_dy("post_backward", "", &s, dy, dh);

  for (int makes = 0; makes < 2; makes++) {
    const char *detail = makes ? "" : "no dx";
    tensor dx = room(all, is_bf16), dy = room(T * C, 0), dH = room(T * n * n, 0), dh = room(T * n, 0);
    kernels->merge_backward(s.g.at, s.x.at, floats(s.y), floats(s.H), floats(s.h), T, n, C, o, makes ? dx.at : NULL,
                            floats(dy), floats(dH), floats(dh));
    if (makes) expect_dx("merge_backward", detail, &s, dx);
    expect_dH("merge_backward", detail, &s, dH);
    expect_dy("merge_backward", detail, &s, dy, dh);
    check_premix(kernels, &s, makes, 0);
  }
  check_premix(kernels, &s, 1, 1);
  check_gradients(kernels, &s, 0);
  check_gradients(kernels, &s, 1);
  release_all();
}
