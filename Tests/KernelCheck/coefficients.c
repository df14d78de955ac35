// Coefficients of mHC and HC from projections, and backwards.

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "tape.h"

// Of 16 streams.
enum { most_outputs = 16 * 16 + 2 * 16 };

/// What all kernels here are given, for T rows of w outputs.
typedef struct {
  tensor p, r, alpha, bias;
} inputs;

static inputs make_inputs(ptrdiff_t rows, ptrdiff_t w, ptrdiff_t biases) {
  return (inputs){random_numbers(rows * w, 0, -3, 3), random_numbers(rows, 0, 0.5, 2), random_numbers(3, 0, -1.5, 1.5),
                  random_numbers(biases, 0, -1, 1)};
}

static int group_of(ptrdiff_t j, ptrdiff_t n) { return j < n ? 0 : j < 2 * n ? 1 : 2; }

/// Values that one calculation made by its own formula and another by differentiating: one of the two is wrong if they are
/// not the same to the last digits of double precision.
static void expect_same(const char *what, double one, double other, double scale) {
  if (!(fabs(one - other) <= 1e-9 * (fabs(one) + scale))) miss("the check is wrong: %s %.12g and %.12g", what, one, other);
}

// MARK: mHC

void check_coefficients(const mhck_table *table, ptrdiff_t T, ptrdiff_t n, const mhck_convention *convention) {
  const ptrdiff_t w = n * n + 2 * n, K = 24 * n;
  const inputs in = make_inputs(T, w, w);
  tensor pre = room(T * n, 0), post = room(T * n, 0), logits = room(T * n * n, 0);
  table->coefficients(floats(in.p), floats(in.r), floats(in.alpha), floats(in.bias), T, n, convention, floats(pre),
                      floats(post), floats(logits));

  tensor dpre = random_numbers(T * n, 0, -1, 1), dpost = random_numbers(T * n, 0, -1, 1);
  tensor dlogits = random_numbers(T * n * n, 0, -1, 1), dp = room(T * w, 0), c = room(T, 0);
  double d_alpha[3] = {0.5, -0.25, 2}, d_bias[most_outputs];
  for (ptrdiff_t j = 0; j < w; j++) d_bias[j] = 0.125;
  table->coefficients_backward(floats(in.p), floats(in.r), floats(in.alpha), floats(in.bias), floats(dpre),
                               floats(dpost), floats(dlogits), T, n, K, convention, floats(dp), floats(c), d_alpha,
                               d_bias);

  rewind_tape();
  number alpha[3], *bias = malloc((size_t)w * sizeof *bias);
  number *of_bias = malloc((size_t)(T * w) * sizeof *of_bias), *of_alpha[3];
  for (int a = 0; a < 3; a++) {
    alpha[a] = given(get(in.alpha, a));
    of_alpha[a] = malloc((size_t)T * sizeof **of_alpha);
  }
  for (ptrdiff_t j = 0; j < w; j++) bias[j] = given(get(in.bias, j));
  const number pre_epsilon = given(convention->pre_epsilon), multiplier = given(convention->post_multiplier);
  for (ptrdiff_t t = 0; t < T; t++) {
    const number r = given(get(in.r, t)), inverse = over(given(1), r);
    number p[most_outputs], raw[most_outputs], back[most_outputs], gradient[most_outputs], made[most_outputs];
    begin("coefficients", T, n, 0, "");
    for (ptrdiff_t j = 0; j < w; j++) {
      const int a = group_of(j, n);
      p[j] = given(get(in.p, t * w + j));
      raw[j] = plus(times(p[j], times(alpha[a], inverse)), bias[j]);
      const ptrdiff_t at = a == 0 ? t * n + j : a == 1 ? t * n + j - n : t * n * n + j - 2 * n;
      made[j] = a == 0 ? plus(open(raw[j]), pre_epsilon) : a == 1 ? times(open(raw[j]), multiplier) : raw[j];
      gradient[j] = given(get(a == 0 ? dpre : a == 1 ? dpost : dlogits, at));
      expect(a == 0 ? "h_pre" : a == 1 ? "h_post" : "logits", a == 0 ? pre : a == 1 ? post : logits, at, value(made[j]),
             error_of(made[j]));
    }
    // Backwards: by the derivative of what was made, and by the formula whose roundings are bounded.
    const number loss = dot(gradient, made, w);
    number all[3][most_outputs], projections[3][most_outputs], along[3];
    ptrdiff_t sizes[3] = {0, 0, 0};
    differentiate(loss);
    double by_p[most_outputs];
    const double by_r = derivative(r);
    for (ptrdiff_t j = 0; j < w; j++) by_p[j] = derivative(p[j]);
    begin("coefficients_backward", T, n, 0, "");
    for (ptrdiff_t j = 0; j < w; j++) {
      const int a = group_of(j, n);
      back[j] = gradient[j];
      if (a < 2) {
        const number opened = open(raw[j]), closed = minus(given(1), opened);
        back[j] = times(a == 1 ? times(gradient[j], multiplier) : gradient[j], times(opened, closed));
      }
      const number result = times(back[j], times(alpha[a], inverse));
      expect_same("dp", value(result), by_p[j], 0.01);
      expect("dp", dp, t * w + j, value(result), error_of(result));
      of_bias[j * T + t] = back[j];
      all[a][sizes[a]] = back[j];
      projections[a][sizes[a]++] = p[j];
    }
    for (int a = 0; a < 3; a++) {
      const number sum = dot(all[a], projections[a], sizes[a]);
      of_alpha[a][t] = times(sum, inverse);
      along[a] = sum;
    }
    const number plain = convention->norm_epsilon ? minus(r, given(convention->rms_epsilon)) : r;
    const number along_norm = over(minus(given(0), dot(along, alpha, 3)),
                                   times(times(times(r, r), plain), given((double)K)));
    // r is a function of x alone: dr/dx is x over K and the root without eps.
    expect_same("c", value(along_norm), by_r / ((double)K * value(plain)), 1e-3);
    expect("c", c, t, value(along_norm), error_of(along_norm));
  }
  begin("coefficients_backward", T, n, 0, "sums of tokens");
  for (int a = 0; a < 3; a++) {
    const number sum = total(of_alpha[a], T);
    const double before[3] = {0.5, -0.25, 2};
    expect_number("d_alpha", a, d_alpha[a] - before[a], value(sum), error_of(sum) + 1e-14);
    free(of_alpha[a]);
  }
  for (ptrdiff_t j = 0; j < w; j++) {
    const number sum = total(of_bias + j * T, T);
    expect_number("d_bias", j, d_bias[j] - 0.125, value(sum), error_of(sum) + 1e-14);
  }
  free(of_bias);
  free(bias);
  release_all();
}

// MARK: HC

void check_hyper_coefficients(const mhck_table *table, ptrdiff_t T, ptrdiff_t n, mhck_orientation o,
                              const mhck_convention *convention) {
  const ptrdiff_t w = n + 2, C = 40;
  const inputs in = make_inputs(T * n, w, n * n + 2 * n);
  tensor made[3] = {room(T * n, 0), room(T * n, 0), room(T * n * n, 0)};
  table->hyper_coefficients(floats(in.p), floats(in.r), floats(in.alpha), floats(in.bias), T, n, o, floats(made[0]),
                            floats(made[1]), floats(made[2]));
  tensor gradients[3] = {random_numbers(T * n, 0, -1, 1), random_numbers(T * n, 0, -1, 1),
                         random_numbers(T * n * n, 0, -1, 1)};
  tensor dp = room(T * n * w, 0), c = room(T * n, 0);
  double d_alpha[3] = {0, 0, 0}, d_bias[most_outputs] = {0};
  table->hyper_coefficients_backward(floats(in.p), floats(in.r), floats(in.alpha), floats(gradients[0]),
                                     floats(gradients[1]), floats(gradients[2]), T, n, C, convention, o, floats(dp),
                                     floats(c), d_alpha, d_bias);
  rewind_tape();
  number alpha[3], *of_alpha[3], *of_bias = malloc((size_t)(T * (n * n + 2 * n)) * sizeof *of_bias);
  ptrdiff_t sizes[3] = {0, 0, 0};
  for (int a = 0; a < 3; a++) {
    alpha[a] = given(get(in.alpha, a));
    of_alpha[a] = malloc((size_t)(T * n * n) * sizeof **of_alpha);
  }
  for (ptrdiff_t t = 0; t < T; t++)
    for (ptrdiff_t i = 0; i < n; i++) {
      const number r = given(get(in.r, t * n + i)), inverse = over(given(1), r);
      number back[most_outputs], projections[most_outputs], results[most_outputs], given_gradients[most_outputs];
      for (ptrdiff_t j = 0; j < w; j++) {
        const int a = j < 2 ? (int)j : 2;
        const ptrdiff_t place = a < 2 ? i : mixed(o, j - 2, i), at = t * (a < 2 ? n : n * n) + place;
        projections[j] = given(get(in.p, (t * n + i) * w + j));
        const number bend = bent(times(projections[j], inverse));
        results[j] = plus(times(alpha[a], bend), given(get(in.bias, a * n + place)));
        begin("hyper_coefficients", T, n, 0, "");
        expect(a == 0 ? "h_pre" : a == 1 ? "h_post" : "H", made[a], at, value(results[j]), error_of(results[j]));

        const number gradient = given_gradients[j] = given(get(gradients[a], at));
        back[j] = times(times(alpha[a], gradient), minus(given(1), times(bend, bend)));
        const number result = times(back[j], inverse);
        begin("hyper_coefficients_backward", T, n, 0, "");
        expect("dp", dp, (t * n + i) * w + j, value(result), error_of(result));
        of_alpha[a][sizes[a]++] = times(gradient, bend);
        of_bias[(a * n + place) * T + t] = gradient;
      }
      const number sum = dot(back, projections, w);
      const number plain = convention->norm_epsilon ? minus(r, given(convention->rms_epsilon)) : r;
      const number along_norm = over(minus(given(0), sum), times(times(times(r, r), plain), given((double)C)));
      const number loss = dot(given_gradients, results, w);
      differentiate(loss);
      expect_same("c", value(along_norm), derivative(r) / ((double)C * value(plain)), 1e-3);
      for (ptrdiff_t j = 0; j < w; j++)
        expect_same("dp", value(back[j]) * value(inverse), derivative(projections[j]), 0.01);
      expect("c", c, t * n + i, value(along_norm), error_of(along_norm));
    }
  begin("hyper_coefficients_backward", T, n, 0, "sums of tokens");
  for (int a = 0; a < 3; a++) {
    const number sum = total(of_alpha[a], sizes[a]);
    expect_number("d_alpha", a, d_alpha[a], value(sum), error_of(sum));
    free(of_alpha[a]);
  }
  for (ptrdiff_t j = 0; j < n * n + 2 * n; j++) {
    const number sum = total(of_bias + j * T, T);
    expect_number("d_bias", j, d_bias[j], value(sum), error_of(sum));
  }
  free(of_bias);
  release_all();
}
