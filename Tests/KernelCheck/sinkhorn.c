// Sinkhorn-Knopp in its four forms, and backwards.

#include <math.h>
#include <string.h>

#include "check.h"
#include "tape.h"

enum { most = 16 * 16, most_steps = 2 * 20 };

/// What one token's matrix went through.
typedef struct {
  ptrdiff_t n;
  const mhck_convention *convention;
  number logits[most], start[most], H[most];
  /// Normalisations in order: what came out, the divisors, and whether they are sums or eps in their place.
  ptrdiff_t steps;
  int rows[most_steps];
  number after[most_steps][most], divisor[most_steps][16];
  int follows[most_steps][16];
  /// Potentials of the logarithmic form: of rows, and of columns before and after them.
  number f[most_steps][16], g[most_steps + 1][16];
} token;

static token now_token;

static ptrdiff_t place(ptrdiff_t n, int rows, ptrdiff_t line, ptrdiff_t k) { return rows ? line * n + k : k * n + line; }

static void normalize(token *m, number *matrix, int rows) {
  const ptrdiff_t n = m->n, step = m->steps++;
  const double epsilon = m->convention->sinkhorn_epsilon;
  m->rows[step] = rows;
  for (ptrdiff_t line = 0; line < n; line++) {
    number parts[16];
    for (ptrdiff_t k = 0; k < n; k++) parts[k] = matrix[place(n, rows, line, k)];
    number sum = total(parts, n);
    if (m->convention->sinkhorn == 0) sum = plus(sum, given(epsilon));
    m->follows[step][line] = m->convention->sinkhorn != 1 || value(sum) >= epsilon;
    if (!m->follows[step][line]) sum = given(epsilon);
    m->divisor[step][line] = sum;
    for (ptrdiff_t k = 0; k < n; k++) {
      const ptrdiff_t at = place(n, rows, line, k);
      matrix[at] = m->after[step][at] = over(matrix[at], sum);
    }
  }
}

static number minus_log_sum(const number *a, ptrdiff_t n) {
  ptrdiff_t top = 0;
  for (ptrdiff_t k = 1; k < n; k++)
    if (value(a[k]) > value(a[top])) top = k;
  number parts[16];
  for (ptrdiff_t k = 0; k < n; k++) parts[k] = exponential(minus(a[k], a[top]));
  return minus(given(0), plus(logarithm(total(parts, n)), a[top]));
}

static void logarithmic(token *m) {
  const ptrdiff_t n = m->n;
  for (ptrdiff_t j = 0; j < n; j++) m->g[0][j] = given(0);
  for (ptrdiff_t s = 0; s < m->convention->iterations; s++) {
    number line[16];
    for (ptrdiff_t i = 0; i < n; i++) {
      for (ptrdiff_t j = 0; j < n; j++) line[j] = plus(m->logits[i * n + j], m->g[s][j]);
      m->f[s][i] = minus_log_sum(line, n);
    }
    for (ptrdiff_t j = 0; j < n; j++) {
      for (ptrdiff_t i = 0; i < n; i++) line[i] = plus(m->logits[i * n + j], m->f[s][i]);
      m->g[s + 1][j] = minus_log_sum(line, n);
    }
  }
}

/// exp(logits + f + g).
static number weight(const token *m, ptrdiff_t at, number f, number g) {
  return exponential(plus(plus(m->logits[at], f), g));
}

static void forward(token *m) {
  const ptrdiff_t n = m->n, t = m->convention->iterations;
  const int kind = m->convention->sinkhorn;
  m->steps = 0;
  if (kind == 3) {
    logarithmic(m);
    for (ptrdiff_t at = 0; at < n * n; at++) m->H[at] = weight(m, at, m->f[t - 1][at / n], m->g[t][at % n]);
    return;
  }
  // What is subtracted before the exponential: the largest of each line that is normalised first.
  number matrix[most];
  for (ptrdiff_t line = 0; line < n; line++) {
    ptrdiff_t top = place(n, kind != 2, line, 0);
    for (ptrdiff_t k = 1; k < n; k++)
      if (value(m->logits[place(n, kind != 2, line, k)]) > value(m->logits[top])) top = place(n, kind != 2, line, k);
    for (ptrdiff_t k = 0; k < n; k++) {
      const ptrdiff_t at = place(n, kind != 2, line, k);
      matrix[at] = m->start[at] = exponential(minus(m->logits[at], m->logits[top]));
    }
    if (kind != 0) continue;
    const number sum = total(matrix + line * n, n);
    for (ptrdiff_t k = 0; k < n; k++) m->start[line * n + k] = over(matrix[line * n + k], sum);
  }
  if (kind == 0)
    for (ptrdiff_t at = 0; at < n * n; at++)
      matrix[at] = plus(m->start[at], given(m->convention->sinkhorn_epsilon));
  for (ptrdiff_t s = 0; s < 2 * t; s++) {
    // The softmax was the first normalisation of rows.
    if (kind == 0 && s == 0) continue;
    normalize(m, matrix, kind == 2 ? s % 2 : 1 - s % 2);
  }
  memcpy(m->H, matrix, sizeof matrix);
}

/// The gradient of the logits in place of that of H.
static void backward(token *m, number *g) {
  const ptrdiff_t n = m->n;
  for (ptrdiff_t s = m->steps - 1; s >= 0; s--)
    for (ptrdiff_t line = 0; line < n; line++) {
      number gradients[16], results[16];
      for (ptrdiff_t k = 0; k < n; k++) {
        const ptrdiff_t at = place(n, m->rows[s], line, k);
        gradients[k] = g[at];
        // The kernels keep divisors, not matrices: what a step gave is had back by multiplying, after a reciprocal and a
        // product forwards for each step since, and a product backwards.
        results[k] = again(m->after[s][at], 3 * (m->steps - 1 - s));
      }
      const number sum = m->follows[s][line] ? dot(gradients, results, n) : given(0);
      for (ptrdiff_t k = 0; k < n; k++)
        g[place(n, m->rows[s], line, k)] = over(minus(gradients[k], sum), m->divisor[s][line]);
    }
  for (ptrdiff_t i = 0; i < n; i++) {
    const number sum = m->convention->sinkhorn == 0 ? dot(g + i * n, m->start + i * n, n) : given(0);
    for (ptrdiff_t k = 0; k < n; k++) g[i * n + k] = times(m->start[i * n + k], minus(g[i * n + k], sum));
  }
}

static void backward_logarithmic(token *m, number *g) {
  const ptrdiff_t n = m->n;
  number rows[16], columns[16], parts[16];
  for (ptrdiff_t at = 0; at < n * n; at++) g[at] = times(g[at], m->H[at]);
  for (ptrdiff_t i = 0; i < n; i++) {
    for (ptrdiff_t k = 0; k < n; k++) parts[k] = g[k * n + i];
    columns[i] = total(parts, n);
    rows[i] = total(g + i * n, n);
  }
  for (ptrdiff_t s = m->convention->iterations - 1; s >= 0; s--) {
    for (ptrdiff_t at = 0; at < n * n; at++) {
      const number part = times(columns[at % n], weight(m, at, m->f[s][at / n], m->g[s + 1][at % n]));
      g[at] = minus(g[at], part);
      rows[at / n] = minus(rows[at / n], part);
    }
    for (ptrdiff_t j = 0; j < n; j++) columns[j] = given(0);
    for (ptrdiff_t at = 0; at < n * n; at++) {
      const number part = times(rows[at / n], weight(m, at, m->f[s][at / n], m->g[s][at % n]));
      g[at] = minus(g[at], part);
      columns[at % n] = minus(columns[at % n], part);
    }
    for (ptrdiff_t i = 0; i < n; i++) rows[i] = given(0);
  }
}

/// `is_cold`: the first column's logits are so small that its sum is around eps, which takes the sum's place where the form
/// has that and the sum is below.
void check_sinkhorn(const mhck_table *table, ptrdiff_t T, ptrdiff_t n, const mhck_convention *convention, int is_cold) {
  const ptrdiff_t w = n * n + 2 * n, N = n * n;
  tensor p = random_numbers(T * w, 0, -3, 3), r = random_numbers(T, 0, 0.5, 2), alpha = random_numbers(3, 0, 0.5, 1);
  tensor bias = random_numbers(w, 0, -1, 1), logits = random_numbers(T * N, 0, -3, 3), H = room(T * N, 0);
  tensor dH = random_numbers(T * N, 0, -1, 1), dlogits = room(T * N, 0);
  if (is_cold && n > 1)
    for (ptrdiff_t i = 0; i < n; i++) {
      for (ptrdiff_t t = 0; t < T; t++) floats(logits)[t * N + i * n] -= 16;
      floats(bias)[2 * n + i * n] -= 16;
    }
  tensor in_place = copy_of(logits), tape = room(mhck_tape_floats(n, convention->iterations), 0);
  table->sinkhorn(floats(logits), T, n, convention, floats(H));
  table->sinkhorn(floats(in_place), T, n, convention, floats(in_place));
  table->sinkhorn_backward(floats(p), floats(r), floats(alpha), floats(bias), floats(dH), T, n, convention,
                           floats(tape), floats(dlogits));
  static const char *const forms[] = {"softmax + eps", "exp, rows first", "columns first", "logarithms"};
  token *m = &now_token;
  m->n = n;
  m->convention = convention;
  for (ptrdiff_t t = 0; t < T; t++) {
    rewind_tape();
    for (ptrdiff_t at = 0; at < N; at++) m->logits[at] = given(get(logits, t * N + at));
    forward(m);
    begin("sinkhorn", T, n, 0, forms[convention->sinkhorn]);
    for (ptrdiff_t at = 0; at < N; at++) {
      const double error = error_of(m->H[at]);
      expect("H", H, t * N + at, value(m->H[at]), error);
      expect("H in place", in_place, t * N + at, value(m->H[at]), error);
    }

    rewind_tape();
    number g[most];
    const number scale = over(given(get(alpha, 2)), given(get(r, t)));
    for (ptrdiff_t at = 0; at < N; at++) {
      const ptrdiff_t j = 2 * n + at;
      m->logits[at] = plus(times(given(get(p, t * w + j)), scale), given(get(bias, j)));
      g[at] = given(get(dH, t * N + at));
    }
    forward(m);
    const number loss = dot(g, m->H, N);
    (convention->sinkhorn == 3 ? backward_logarithmic : backward)(m, g);
    begin("sinkhorn_backward", T, n, 0, forms[convention->sinkhorn]);
    differentiate(loss);
    // The formulas above against the derivative of the form as it is defined.
    for (ptrdiff_t at = 0; at < N; at++)
      if (!(fabs(derivative(m->logits[at]) - value(g[at])) <= 1e-9))
        miss("the check is wrong: %.12g and %.12g", derivative(m->logits[at]), value(g[at]));
    for (ptrdiff_t at = 0; at < N; at++) expect("dlogits", dlogits, t * N + at, value(g[at]), error_of(g[at]));
  }
  release_all();
}
