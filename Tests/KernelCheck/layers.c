// What layer functions need beside matrix products.

#include <math.h>
#include <stdlib.h>

#include "check.h"
#include "tape.h"

// MARK: Norm

void check_norm(const mhck_table *table, ptrdiff_t T, ptrdiff_t C) {
  const float epsilon = 1e-3f;
  tensor u = random_numbers(T * C, 0, -2, 2), weight = random_numbers(C, 0, -2, 2), y = room(T * C, 0);
  tensor inverse = room(T, 0), dy = random_numbers(T * C, 0, -2, 2), du = room(T * C, 0);
  tensor before = random_numbers(C, 0, -1, 1), d_weight = copy_of(before);
  table->norm(floats(u), floats(weight), T, C, epsilon, floats(y), floats(inverse));
  table->norm_backward(floats(dy), floats(u), floats(weight), floats(inverse), T, C, floats(du), floats(d_weight));
  number *all = malloc((size_t)(6 * C) * sizeof *all), *in = all, *weights = in + C, *gradients = weights + C;
  number *weighted = gradients + C, *squares = weighted + C, *out = squares + C;
  for (ptrdiff_t t = 0; t < T; t++) {
    rewind_tape();
    for (ptrdiff_t c = 0; c < C; c++) {
      in[c] = given(get(u, t * C + c));
      weights[c] = given(get(weight, c));
      gradients[c] = given(get(dy, t * C + c));
    }
    const number mean = over(dot(in, in, C), given((double)C));
    const number scale = over(given(1), root(plus(mean, given(epsilon))));
    begin("norm", T, 1, C, "");
    expect("inverse", inverse, t, value(scale), error_of(scale));
    for (ptrdiff_t c = 0; c < C; c++) {
      out[c] = times(times(in[c], scale), weights[c]);
      expect("y", y, t * C + c, value(out[c]), error_of(out[c]));
    }
    // Backwards the inverse is given, as the kernel has rounded it.
    begin("norm_backward", T, 1, C, "");
    const number loss = dot(gradients, out, C), kept = given(get(inverse, t));
    for (ptrdiff_t c = 0; c < C; c++) weighted[c] = times(gradients[c], weights[c]);
    const number cube = times(kept, times(kept, kept));
    const number along = over(times(dot(weighted, in, C), cube), given((double)C));
    for (ptrdiff_t c = 0; c < C; c++) squares[c] = minus(times(weighted[c], kept), times(along, in[c]));
    differentiate(loss);
    for (ptrdiff_t c = 0; c < C; c++)
      if (!(fabs(value(squares[c]) - derivative(in[c])) <= 1e-5)) miss("the check is wrong: du");
    for (ptrdiff_t c = 0; c < C; c++) expect("du", du, t * C + c, value(squares[c]), error_of(squares[c]));
  }
  for (ptrdiff_t c = 0; c < C; c++) {
    double sum = get(before, c), magnitude = fabs(sum);
    for (ptrdiff_t t = 0; t < T; t++) {
      const double part = get(dy, t * C + c) * get(u, t * C + c) * get(inverse, t);
      sum += part;
      magnitude += fabs(part);
    }
    // A product of three has one rounding more than a sum of T products and a number.
    expect_sum("d_weight", d_weight, c, sum, magnitude, T + 2);
  }
  free(all);
  release_all();
}

// MARK: Functions of one number

static number gelu(number x) {
  const number cubic = times(times(times(constant(0.044715), x), x), x);
  const number bend = bent(times(constant(sqrt(2 / acos(-1))), plus(x, cubic)));
  return times(times(given(0.5), x), plus(given(1), bend));
}

static number gelu_slope(number x) {
  const number rate = constant(sqrt(2 / acos(-1)));
  const number square = times(x, x);
  const number bend = bent(times(rate, plus(x, times(times(constant(0.044715), square), x))));
  const number slope = times(rate, plus(given(1), times(constant(3 * 0.044715), square)));
  const number first = times(given(0.5), plus(given(1), bend));
  return plus(first, times(times(times(given(0.5), x), minus(given(1), times(bend, bend))), slope));
}

/// The formula of a gradient against the derivative of what it is the gradient of.
static void expect_slope(number result, number by, double formula) {
  differentiate(result);
  if (!(fabs(derivative(by) - formula) <= 1e-9)) miss("the check is wrong: %.12g and %.12g", derivative(by), formula);
}

static void check_exponential(const mhck_table *table, ptrdiff_t count) {
  tensor x = random_numbers(count, 0, -87.3, 88.3), y = room(count, 0);
  // Outside of its range it is that of the range's end.
  floats(x)[0] = count % 2 ? 1000 : -1000;
  table->exponential(floats(x), count, floats(y));
  begin("exponential", count, 0, 0, "");
  for (ptrdiff_t i = 0; i < count; i++) {
    const double in = fmin(fmax(get(x, i), (double)-87.3f), (double)88.3f);
    expect("y", y, i, exp(in), 4 * U * exp(in));
  }
}

void check_functions(const mhck_table *table, ptrdiff_t count) {
  tensor a = random_numbers(count, 0, -6, 6), b = random_numbers(count, 0, -2, 2), dy = random_numbers(count, 0, -2, 2);
  tensor outs[8];
  for (int i = 0; i < 8; i++) outs[i] = room(count, 0);
  tensor in_place = copy_of(dy);
  table->gelu(floats(a), count, floats(outs[0]));
  table->gelu_backward(floats(a), floats(dy), count, floats(outs[1]));
  table->gelu_backward(floats(a), floats(in_place), count, floats(in_place));
  table->swiglu(floats(a), floats(b), count, floats(outs[2]));
  table->swiglu_backward(floats(a), floats(b), floats(dy), count, floats(outs[3]), floats(outs[4]));
  table->tangent(floats(a), count, floats(outs[5]));
  table->tangent_backward(floats(outs[5]), floats(dy), count, floats(outs[6]));
  for (ptrdiff_t i = 0; i < count; i++) {
    rewind_tape();
    const number x = given(get(a, i)), gate = given(get(b, i)), g = given(get(dy, i));
    number result = gelu(x);
    begin("gelu", count, 0, 0, "");
    expect("y", outs[0], i, value(result), error_of(result));
    const number slope = gelu_slope(x), gradient = times(g, slope);
    expect_slope(result, x, value(slope));
    begin("gelu_backward", count, 0, 0, "");
    expect("da", outs[1], i, value(gradient), error_of(gradient));
    expect("da in place", in_place, i, value(gradient), error_of(gradient));

    const number opened = open(x);
    result = times(times(x, opened), gate);
    begin("swiglu", count, 0, 0, "");
    expect("y", outs[2], i, value(result), error_of(result));
    const number bend = plus(given(1), times(x, minus(given(1), opened)));
    const number da = times(times(times(g, gate), opened), bend), db = times(times(g, x), opened);
    expect_slope(result, x, value(da) / value(g));
    begin("swiglu_backward", count, 0, 0, "");
    expect("da", outs[3], i, value(da), error_of(da));
    expect("db", outs[4], i, value(db), error_of(db));

    result = bent(x);
    begin("tangent", count, 0, 0, "");
    expect("y", outs[5], i, value(result), error_of(result));
    const number y = given(get(outs[5], i)), back = times(g, minus(given(1), times(y, y)));
    begin("tangent_backward", count, 0, 0, "");
    expect("da", outs[6], i, value(back), error_of(back));
  }
  check_exponential(table, count);
  release_all();
}

// MARK: Softmax

void check_softmax(const mhck_table *table, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t first) {
  const float scale = 0.3f;
  tensor a = random_numbers(rows * columns, 0, -8, 8), s = copy_of(a);
  tensor before = random_numbers(rows * columns, 0, -2, 2), ds = copy_of(before);
  table->causal_softmax(floats(s), rows, columns, first, scale);
  table->softmax_backward(floats(s), floats(ds), rows, columns, scale);
  number *all = malloc((size_t)(3 * columns) * sizeof *all), *parts = all, *in = parts + columns, *g = in + columns;
  for (ptrdiff_t t = 0; t < rows; t++) {
    rewind_tape();
    const ptrdiff_t seen = first + t + 1 < columns ? first + t + 1 : columns;
    ptrdiff_t top = 0;
    for (ptrdiff_t k = 0; k < seen; k++) {
      in[k] = times(given(get(a, t * columns + k)), given(scale));
      if (value(in[k]) > value(in[top])) top = k;
    }
    for (ptrdiff_t k = 0; k < seen; k++) parts[k] = exponential(minus(in[k], in[top]));
    const number sum = total(parts, seen);
    begin("causal_softmax", rows, columns, first, "");
    for (ptrdiff_t k = 0; k < columns; k++) {
      const number part = k < seen ? over(parts[k], sum) : given(0);
      expect("s", s, t * columns + k, value(part), k < seen ? error_of(part) : 0);
    }
    begin("softmax_backward", rows, columns, first, "");
    rewind_tape();
    for (ptrdiff_t k = 0; k < columns; k++) {
      parts[k] = given(get(s, t * columns + k));
      g[k] = given(get(before, t * columns + k));
    }
    const number along = dot(parts, g, columns);
    for (ptrdiff_t k = 0; k < columns; k++) {
      const number result = times(times(parts[k], minus(g[k], along)), given(scale));
      expect("da", ds, t * columns + k, value(result), error_of(result));
    }
  }
  free(all);
  release_all();
}
