// The projection of streams, forwards and backwards, and the order in which its kernels take the weights.

#include <math.h>
#include <string.h>

#include "check.h"
#include "gradients.h"

// MARK: Forwards

/// phi as two threads pack it, the second part first.
static void pack_by_parts(const mhck_stream_kernels *kernels, tensor phi, ptrdiff_t K, ptrdiff_t w, tensor packed) {
  const ptrdiff_t middle = K / MHCK_PACKED_INPUTS / 2 * MHCK_PACKED_INPUTS;
  kernels->pack_forward(floats(phi), K, w, middle, K, floats(packed));
  kernels->pack_forward(floats(phi), K, w, 0, middle, floats(packed));
}

/// Rows of K inputs, each projected to w outputs.
static void check_rows(const mhck_stream_kernels *kernels, ptrdiff_t T, ptrdiff_t n, ptrdiff_t C, ptrdiff_t rows,
                       ptrdiff_t K, ptrdiff_t w, int is_bf16, double weight_error) {
  tensor x = random_numbers(rows * K, is_bf16, -2, 2), phi = random_numbers(w * K, 0, -1, 1);
  tensor packed = room(mhck_packed_forward_floats(K, w), 0);
  pack_by_parts(kernels, phi, K, w, packed);
  for (int form = 0; form < 2; form++) {
    const mhck_convention convention = {.norm_epsilon = form, .rms_epsilon = 1e-3f};
    tensor p = room(rows * w, 0), r = room(rows, 0);
    kernels->project(x.at, floats(packed), rows, K, w, &convention, floats(p), floats(r));
    begin("project", T, n, C, form ? "eps added to the root" : "eps added to the mean");
    for (ptrdiff_t t = 0; t < rows; t++) {
      double squares = 0;
      for (ptrdiff_t k = 0; k < K; k++) squares += get(x, t * K + k) * get(x, t * K + k);
      const double epsilon = convention.rms_epsilon, mean = squares / (double)K;
      const double root = form ? sqrt(mean) + epsilon : sqrt(mean + epsilon);
      // The mean is a sum of K squares and a division; the root takes half of its error and adds its own, and one of a sum.
      expect("r", r, t, root, root * (rounding(K + 1) + 2 * U));
      if (form) continue;
      for (ptrdiff_t j = 0; j < w; j++) {
        double sum = 0, magnitude = 0;
        for (ptrdiff_t k = 0; k < K; k++) {
          const double part = get(x, t * K + k) * get(phi, j * K + k);
          sum += part;
          magnitude += fabs(part);
        }
        expect("p", p, t * w + j, sum, (rounding(K) + weight_error) * magnitude);
      }
    }
  }
  release_all();
}

/// A projection during which other tokens are mixed: it finds what it finds alone, and they what their sums are.
static void check_overlap(const mhck_stream_kernels *kernels, ptrdiff_t T, ptrdiff_t others, ptrdiff_t n, ptrdiff_t C,
                          int is_bf16, int streaming) {
  const ptrdiff_t K = n * C, w = n * n + 2 * n;
  const mhck_orientation o = {1, n};
  const mhck_convention convention = {.rms_epsilon = 1e-3f};
  tensor x = random_numbers(T * K, is_bf16, -2, 2), phi = random_numbers(w * K, 0, -1, 1);
  tensor packed = room(mhck_packed_forward_floats(K, w), 0), p = room(T * w, 0), r = room(T, 0);
  tensor alone = room(T * w, 0), root = room(T, 0);
  tensor z = random_numbers(others * K, is_bf16, -2, 2), H = random_numbers(others * n * n, 0, -1, 1);
  tensor pre = random_numbers(others * n, 0, -1, 1), post = random_numbers(others * n, 0, -1, 1);
  tensor out = room(others * K, is_bf16), u = room(others * C, 0);
  pack_by_parts(kernels, phi, K, w, packed);
  kernels->project(x.at, floats(packed), T, K, w, &convention, floats(alone), floats(root));
  const mhck_mixing mixing = {z.at, floats(pre), floats(H), floats(post), others, n, C, o, out.at, streaming, floats(u)};
  kernels->project_mixing(x.at, floats(packed), T, K, w, &convention, floats(p), floats(r), &mixing);
  begin("project_mixing", T, n, C, streaming ? "streaming" : "");
  for (ptrdiff_t i = 0; i < T * w; i++) expect_number("p", i, get(p, i), get(alone, i), 0);
  for (ptrdiff_t t = 0; t < T; t++) expect_number("r", t, get(r, t), get(root, t), 0);
  for (ptrdiff_t t = 0; t < others; t++)
    for (ptrdiff_t c = 0; c < C; c++) {
      double value = 0, size = 0;
      for (ptrdiff_t i = 0; i < n; i++) {
        const double part = get(pre, t * n + i) * get(z, (t * n + i) * C + c);
        value += part;
        size += fabs(part);
      }
      for (ptrdiff_t j = 0; j < n; j++) {
        double sum = get(post, t * n + j) * value, magnitude = fabs(get(post, t * n + j)) * size;
        for (ptrdiff_t i = 0; i < n; i++) {
          const double part = get(H, t * n * n + mixed(o, j, i)) * get(z, (t * n + i) * C + c);
          sum += part;
          magnitude += fabs(part);
        }
        // u is a sum of n products, and one of n + 1.
        expect_sum("out", out, (t * n + j) * C + c, sum, magnitude, 2 * n + 1);
      }
    }
  release_all();
}

void check_projection(const mhck_stream_kernels *kernels, int is_bf16, ptrdiff_t T, ptrdiff_t n, ptrdiff_t C,
                      double weight_error) {
  check_rows(kernels, T, n, C, T, n * C, n * n + 2 * n, is_bf16, weight_error);
  // HC projects every stream by itself.
  check_rows(kernels, T, n, C, T * n, C, n + 2, is_bf16, weight_error);
  // As many tokens as are projected, fewer, more, and those of the ends of a pass.
  check_overlap(kernels, T, T, n, C, is_bf16, 0);
  check_overlap(kernels, T, T / 2, n, C, is_bf16, 1);
  check_overlap(kernels, T, T + 3, n, C, is_bf16, 1);
}

// MARK: Packing

void check_packing(ptrdiff_t segments, ptrdiff_t C, ptrdiff_t w) {
  begin("pack_backward", 0, segments, C, "");
  const ptrdiff_t chunks = (C + 15) / 16, middle = chunks / 2;
  tensor phi = random_numbers(w * segments * C, 0, -1, 1);
  tensor packed = room(mhck_packed_backward_floats(segments, C, w), 0);
  // In two parts, as two threads do it.
  mhck_pack_backward(floats(phi), segments, C, w, middle, chunks, floats(packed));
  mhck_pack_backward(floats(phi), segments, C, w, 0, middle, floats(packed));
  for (ptrdiff_t chunk = 0, at = 0; chunk < chunks; chunk++)
    for (ptrdiff_t i = 0; i < segments; i++)
      for (ptrdiff_t j = 0; j < w; j++)
        for (ptrdiff_t q = 0; q < 16; q++, at++) {
          const ptrdiff_t c = chunk * 16 + q;
          expect("tile", packed, at, c < C ? get(phi, (j * segments + i) * C + c) : 0, 0);
        }
  tensor twice = copy_of(phi);
  mhck_unpack_backward_add(floats(packed), segments, C, w, 0, middle, floats(twice));
  mhck_unpack_backward_add(floats(packed), segments, C, w, middle, chunks, floats(twice));
  for (ptrdiff_t k = 0; k < phi.count; k++) expect("unpacked", twice, k, 2 * get(phi, k), 0);
  release_all();
}

// MARK: Backwards

/// A gradient of phi in tiles, as the kernels add to it, back in the order of phi.
static tensor unpacked(tensor tiles, ptrdiff_t segments, ptrdiff_t C, ptrdiff_t w) {
  tensor plain = room(w * segments * C, 0);
  memset(plain.at, 0, (size_t)plain.count * 4);
  mhck_unpack_backward_add(floats(tiles), segments, C, w, 0, (C + 15) / 16, floats(plain));
  return plain;
}

static tensor packed(tensor plain, ptrdiff_t segments, ptrdiff_t C, ptrdiff_t w) {
  tensor tiles = room(mhck_packed_backward_floats(segments, C, w), 0);
  mhck_pack_backward(floats(plain), segments, C, w, 0, (C + 15) / 16, floats(tiles));
  return tiles;
}

/// phi as these kernels read it; the last chunks first, as two threads may do it.
static tensor weights(const mhck_stream_kernels *kernels, tensor phi, ptrdiff_t segments, ptrdiff_t C, ptrdiff_t w) {
  tensor tiles = room(mhck_packed_backward_floats(segments, C, w), 0);
  const ptrdiff_t chunks = (C + 15) / 16, middle = chunks / 2;
  kernels->pack_backward(floats(phi), segments, C, w, middle, chunks, floats(tiles));
  kernels->pack_backward(floats(phi), segments, C, w, 0, middle, floats(tiles));
  return tiles;
}

/// What is added to dx and dphi by rows of `segments` of C channels.
typedef struct {
  ptrdiff_t rows, segments, C, w;
  tensor x, dp, c, phi, before, tiles;
} projection;

static projection make(ptrdiff_t rows, ptrdiff_t segments, ptrdiff_t C, ptrdiff_t w, int is_bf16) {
  projection p = {.rows = rows, .segments = segments, .C = C, .w = w};
  p.x = random_numbers(rows * segments * C, is_bf16, -2, 2);
  p.dp = random_numbers(rows * w, 0, -1, 1);
  p.c = random_numbers(rows, 0, -1, 1);
  p.phi = random_numbers(w * segments * C, 0, -1, 1);
  p.before = random_numbers(w * segments * C, 0, -1, 1);
  p.tiles = packed(p.before, segments, C, w);
  return p;
}

/// sum_j dp[t,j] phi[j,k] + c[t] x[t,k] and the sum of its parts' magnitudes, added to what is there.
static void add_projected(const projection *p, ptrdiff_t t, ptrdiff_t k, double *sum, double *magnitude) {
  const ptrdiff_t K = p->segments * p->C;
  for (ptrdiff_t j = 0; j <= p->w; j++) {
    const double part =
        j < p->w ? get(p->dp, t * p->w + j) * get(p->phi, j * K + k) : get(p->c, t) * get(p->x, t * K + k);
    *sum += part;
    *magnitude += fabs(part);
  }
}

static void expect_dphi(const projection *p, double product_error) {
  tensor dphi = unpacked(p->tiles, p->segments, p->C, p->w);
  const ptrdiff_t K = p->segments * p->C;
  for (ptrdiff_t j = 0; j < p->w; j++)
    for (ptrdiff_t k = 0; k < K; k++) {
      double sum = get(p->before, j * K + k), magnitude = fabs(sum);
      for (ptrdiff_t t = 0; t < p->rows; t++) {
        const double part = get(p->dp, t * p->w + j) * get(p->x, t * K + k);
        sum += part;
        magnitude += fabs(part);
      }
      expect("dphi", dphi, j * K + k, sum, (rounding(p->rows + 1) + product_error) * magnitude);
    }
}

static void check_alone(const mhck_stream_kernels *kernels, ptrdiff_t T, ptrdiff_t n, projection p, int accumulates,
                        double product_error) {
  const ptrdiff_t K = p.segments * p.C;
  tensor before = random_numbers(p.rows * K, p.x.is_bf16, -2, 2), dx = copy_of(before);
  kernels->project_backward(p.x.at, floats(p.dp), floats(p.c), floats(weights(kernels, p.phi, p.segments, p.C, p.w)), p.rows,
                            p.segments, p.C, p.w, accumulates, dx.at, floats(p.tiles));
  begin("project_backward", T, n, p.C, accumulates ? "accumulated" : "");
  for (ptrdiff_t t = 0; t < p.rows; t++)
    for (ptrdiff_t k = 0; k < K; k++) {
      double sum = accumulates ? get(before, t * K + k) : 0, magnitude = fabs(sum);
      add_projected(&p, t, k, &sum, &magnitude);
      expect("dx", dx, t * K + k, sum, (rounding(p.w + 2) + product_error) * magnitude);
    }
  expect_dphi(&p, product_error);
  release_all();
}

/// Everything that makes dx in one pass; `rows` of the projection a token, 1 or n.
static void check_together(const mhck_stream_kernels *kernels, ptrdiff_t T, ptrdiff_t n, ptrdiff_t C, ptrdiff_t rows,
                           mhck_orientation o, int is_bf16, int streaming, double product_error) {
  const ptrdiff_t segments = rows == 1 ? n : 1, w = rows == 1 ? n * n + 2 * n : n + 2;
  const projection p = make(T * rows, segments, C, w, is_bf16);
  tensor g = random_numbers(T * n * C, is_bf16, -2, 2), du = random_numbers(T * C, 0, -2, 2);
  tensor H = random_numbers(T * n * n, 0, -1, 1), h = random_numbers(T * n, 0, -1, 1), dx = room(T * n * C, is_bf16);
  kernels->stream_backward(g.at, p.x.at, floats(du), floats(H), floats(h), NULL, floats(p.dp), floats(p.c),
                           floats(weights(kernels, p.phi, segments, C, w)), T, n, C, rows, w, o, dx.at, streaming,
                           floats(p.tiles), NULL);
  begin("stream_backward", T, n, C, rows == 1 ? "a row a token" : "a row a stream");
  for (ptrdiff_t t = 0; t < T; t++)
    for (ptrdiff_t i = 0; i < n; i++)
      for (ptrdiff_t c = 0; c < C; c++) {
        double sum = get(h, t * n + i) * get(du, t * C + c), magnitude = fabs(sum);
        for (ptrdiff_t j = 0; j < n; j++) {
          const double part = get(H, t * n * n + mixed(o, j, i)) * get(g, (t * n + j) * C + c);
          sum += part;
          magnitude += fabs(part);
        }
        const ptrdiff_t row = rows == 1 ? t : t * n + i, k = rows == 1 ? i * C + c : c;
        add_projected(&p, row, k, &sum, &magnitude);
        expect("dx", dx, (t * n + i) * C + c, sum, (rounding(n + 1 + w + 1) + product_error) * magnitude);
      }
  expect_dphi(&p, product_error);
  release_all();
}

/// The same after gradients has made what mixing and H_pre add, or u and du, of as many tokens as it may; and the gradients of
/// tokens that come next meanwhile.
static void check_staged(const mhck_stream_kernels *kernels, ptrdiff_t T, ptrdiff_t n, ptrdiff_t C, mhck_orientation o,
                         int is_bf16, int streaming, ptrdiff_t next_tokens, double product_error) {
  if (T > MHCK_STAGED_TOKENS) T = MHCK_STAGED_TOKENS;
  const ptrdiff_t w = n * n + 2 * n;
  const projection p = make(T, n, C, w, is_bf16);
  gradients of = make_gradients(T, n, C, o, is_bf16);
  of.x = p.x;
  of.call.x = p.x.at;
  const tensor g = of.g, H = of.H, pre = of.pre, post = of.post, dx = room(T * n * C, is_bf16);
  const int staged = kernels->gradients(&of.call);
  // The gradients of other tokens, of fewer or as many, are the same beside the products of these.
  const gradients next = make_gradients(next_tokens, n, C, o, is_bf16), alone = with_own_room(&next);
  const int next_staged = kernels->stream_backward(
      g.at, p.x.at, floats(of.du), floats(H), floats(pre), staged ? floats(of.sums) : NULL, floats(p.dp), floats(p.c),
      floats(weights(kernels, p.phi, n, C, w)), T, n, C, 1, w, o, dx.at, streaming, floats(p.tiles), &next.call);
  begin("gradients", next_tokens, n, C, "beside products");
  if (next_staged != kernels->gradients(&alone.call)) miss("sums are made beside products or alone");
  expect_same(&next, &alone);
  begin("stream_backward", T, n, C, staged ? "staged" : "after gradients");
  for (ptrdiff_t t = 0; t < T; t++)
    for (ptrdiff_t i = 0; i < n; i++)
      for (ptrdiff_t c = 0; c < C; c++) {
        double sum = 0, magnitude = 0;
        for (ptrdiff_t j = 0; j < n; j++) {
          const double gradient = get(g, (t * n + j) * C + c);
          const double ways[2] = {get(H, t * n * n + mixed(o, j, i)), get(pre, t * n + i) * get(post, t * n + j)};
          for (int way = 0; way < 2; way++) {
            sum += ways[way] * gradient;
            magnitude += fabs(ways[way] * gradient);
          }
        }
        add_projected(&p, t, i * C + c, &sum, &magnitude);
        // du is a sum of n products, and one of the n + 1 that follow.
        expect("dx", dx, (t * n + i) * C + c, sum, (rounding(2 * n + 1 + w + 1) + product_error) * magnitude);
      }
  expect_dphi(&p, product_error);
  release_all();
}

void check_projection_backward(const mhck_stream_kernels *kernels, int is_bf16, ptrdiff_t T, ptrdiff_t n, ptrdiff_t C,
                               mhck_orientation o, double product_error) {
  for (int accumulates = 0; accumulates < 2; accumulates++) {
    check_alone(kernels, T, n, make(T, n, C, n * n + 2 * n, is_bf16), accumulates, product_error);
    check_alone(kernels, T, n, make(T * n, 1, C, n + 2, is_bf16), accumulates, product_error);
  }
  for (int streaming = 0; streaming < 2; streaming++) {
    check_together(kernels, T, n, C, 1, o, is_bf16, streaming, product_error);
    check_together(kernels, T, n, C, n, o, is_bf16, streaming, product_error);
    check_staged(kernels, T, n, C, o, is_bf16, streaming, streaming ? MHCK_STAGED_TOKENS : 1, product_error);
  }
}
