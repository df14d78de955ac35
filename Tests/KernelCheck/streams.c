// Kernels that move streams, forwards.

#include <math.h>

#include "check.h"

static void check_mixing(const mhck_stream_kernels *kernels, ptrdiff_t T, ptrdiff_t n, ptrdiff_t C, mhck_orientation o,
                         tensor x, tensor y, tensor H, tensor h) {
  const int is_bf16 = x.is_bf16;
  tensor mixed_only = room(x.count, is_bf16), merged = room(x.count, is_bf16), streamed = room(x.count, is_bf16);
  kernels->resmix(x.at, floats(H), T, n, C, o, mixed_only.at);
  kernels->merge(x.at, floats(y), floats(H), floats(h), T, n, C, o, merged.at, 0);
  kernels->merge(x.at, floats(y), floats(H), floats(h), T, n, C, o, streamed.at, 1);
  for (ptrdiff_t t = 0; t < T; t++)
    for (ptrdiff_t j = 0; j < n; j++)
      for (ptrdiff_t c = 0; c < C; c++) {
        double sum = 0, magnitude = 0;
        for (ptrdiff_t i = 0; i < n; i++) {
          const double part = get(H, t * n * n + mixed(o, j, i)) * get(x, (t * n + i) * C + c);
          sum += part;
          magnitude += fabs(part);
        }
        const ptrdiff_t at = (t * n + j) * C + c;
        begin("resmix", T, n, C, "");
        expect_sum("out", mixed_only, at, sum, magnitude, n);
        const double part = get(h, t * n + j) * get(y, t * C + c);
        begin("merge", T, n, C, "");
        expect_sum("out", merged, at, sum + part, magnitude + fabs(part), n + 1);
        begin("merge", T, n, C, "streaming");
        expect_sum("out", streamed, at, sum + part, magnitude + fabs(part), n + 1);
      }
}

static void check_sums(const mhck_stream_kernels *kernels, ptrdiff_t count, int is_bf16) {
  tensor a = random_numbers(count, is_bf16, -2, 2), b = random_numbers(count, is_bf16, -2, 2);
  tensor y = random_numbers(count, 0, -2, 2);
  tensor sum = room(count, is_bf16), residual = room(count, is_bf16), streamed = room(count, is_bf16);
  tensor in_place = copy_of(a);
  kernels->add(a.at, b.at, count, sum.at);
  kernels->add(in_place.at, b.at, count, in_place.at);
  kernels->residual(a.at, floats(y), count, residual.at, 0);
  kernels->residual(a.at, floats(y), count, streamed.at, 1);
  double squares = 0;
  for (ptrdiff_t i = 0; i < count; i++) {
    const double one = get(a, i) + get(b, i), other = get(a, i) + get(y, i);
    squares += get(a, i) * get(a, i);
    // One operation has one result, ties of bfloat16 included. (Double has digits enough to round a second time.)
    begin("add", 1, 1, count, "");
    expect("out", sum, i, (float)one, 0);
    begin("add", 1, 1, count, "in place");
    expect("out", in_place, i, (float)one, 0);
    begin("residual", 1, 1, count, "");
    expect("out", residual, i, (float)other, 0);
    begin("residual", 1, 1, count, "streaming");
    expect("out", streamed, i, (float)other, 0);
  }
  // In double from chunk to chunk: errors are those of the longest sum in float32, which has 4096 squares.
  begin("half_squares", 1, 1, count, "");
  const ptrdiff_t longest = count < 4096 ? count : 4096;
  expect_number("sum", 0, kernels->half_squares(a.at, count), squares / 2, rounding(longest) * squares / 2);
}

void check_streams(const mhck_stream_kernels *kernels, int is_bf16, ptrdiff_t T, ptrdiff_t n, ptrdiff_t C,
                   mhck_orientation o) {
  tensor x = random_numbers(T * n * C, is_bf16, -2, 2), y = random_numbers(T * C, 0, -2, 2);
  tensor H = random_numbers(T * n * n, 0, -1, 1), h = random_numbers(T * n, 0, -1, 1);
  tensor u = room(T * C, 0), out = room(T * n * C, is_bf16);
  kernels->premix(x.at, floats(h), T, n, C, floats(u));
  kernels->post(floats(y), floats(h), T, n, C, out.at);
  for (ptrdiff_t t = 0; t < T; t++)
    for (ptrdiff_t c = 0; c < C; c++) {
      double sum = 0, magnitude = 0;
      begin("post", T, n, C, "");
      for (ptrdiff_t i = 0; i < n; i++) {
        const double weight = get(h, t * n + i), part = weight * get(x, (t * n + i) * C + c);
        const double posted = weight * get(y, t * C + c);
        sum += part;
        magnitude += fabs(part);
        expect("out", out, (t * n + i) * C + c, (float)posted, 0);
      }
      begin("premix", T, n, C, "");
      expect_sum("u", u, t * C + c, sum, magnitude, n);
    }
  check_mixing(kernels, T, n, C, o, x, y, H, h);
  check_sums(kernels, T * n * C, is_bf16);
  release_all();
}
