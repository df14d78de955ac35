// Vector kernels of one connection, in several variants chosen at run time.
//
// Why C: Swift has no per-function target, no streaming stores, and does not reassociate a sum, so a portable binary
// that is also fast cannot be written in it. Everything that is not an inner loop is in Swift.
//
// Shapes: T tokens, n streams (1 to 16), C channels, K inputs and w outputs of the projection. Rows are contiguous.
// Streams are float or bfloat16, `void` here; sums are always float. No pointer may be null unless T is 0, and no output
// may overlap an input unless said so: the Swift side checks both.
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "mhck_team.h"

#ifdef __cplusplus
extern "C" {
#endif

/// How published conventions differ, as the coefficient kernels need it.
typedef struct {
  int32_t sinkhorn;        ///< 0 softmax + eps, 1 exp row column, 2 column row, 3 logarithms
  int32_t iterations;      ///< t
  float sinkhorn_epsilon;
  int32_t norm_epsilon;    ///< 1: r = sqrt(mean) + eps; 0: r = sqrt(mean + eps)
  float rms_epsilon;
  float pre_epsilon;
  float post_multiplier;
} mhck_convention;

/// Element o,i of a mixing matrix stands at o * output_stride + i * input_stride.
typedef struct {
  ptrdiff_t output_stride, input_stride;
} mhck_orientation;

/// What pre-mix and merge of T tokens work on where the layer between them is F(u) = u.
typedef struct {
  const void *x;
  const float *h_pre, *H, *h_post;
  ptrdiff_t T, n, C;
  mhck_orientation o;
  void *out;
  int streaming;  ///< as merge takes it
  float *u;       ///< room for T tokens
} mhck_mixing;

/// What the gradients of T tokens' coefficients are made from and where they go, where the layer is F(u) = u.
typedef struct {
  const void *g, *x;
  const float *h_pre, *h_post, *H;
  ptrdiff_t T, n, C;
  mhck_orientation o;
  float *u, *du, *sums;  ///< room for u and du of T tokens, and for sums or null
  float *dpre, *dpost, *dH;
} mhck_gradients;

/// Tokens that gradients may leave sums of.
enum { MHCK_STAGED_TOKENS = 16 };

/// Inputs that every format of phi keeps together, so that threads can share its packing.
enum { MHCK_PACKED_INPUTS = 32 };

/// The kernels that touch streams, for one stream format.
typedef struct {
  /// Inputs `first`, a multiple of MHCK_PACKED_INPUTS, up to `last`, another or K, of phi [w,K] in the order and format in which
  /// project reads it: mhck_packed_forward_floats(K, w) floats for all.
  void (*pack_forward)(const float *phi, ptrdiff_t K, ptrdiff_t w, ptrdiff_t first, ptrdiff_t last, float *packed);
  /// p[t,j] = sum_k x[t,k] phi[j,k] and r[t], phi as pack_forward leaves it.
  void (*project)(const void *x, const float *packed, ptrdiff_t T, ptrdiff_t K, ptrdiff_t w,
                  const mhck_convention *convention, float *p, float *r);
  /// project, and pre-mix and merge of other tokens, of which T may be 0, as may that of project: meanwhile where there are
  /// registers for both, as the stores of a merge take as long as memory lets them, and products leave it idle; before it elsewhere.
  void (*project_mixing)(const void *x, const float *packed, ptrdiff_t T, ptrdiff_t K, ptrdiff_t w,
                         const mhck_convention *convention, float *p, float *r, const mhck_mixing *others);
  /// u = sum_i h[t,i] x[t,i]
  void (*premix)(const void *x, const float *h, ptrdiff_t T, ptrdiff_t n, ptrdiff_t C, float *u);
  /// out[t,o] = h[t,o] y[t]
  void (*post)(const float *y, const float *h, ptrdiff_t T, ptrdiff_t n, ptrdiff_t C, void *out);
  /// out[t,o] = sum_i H x[t,i]
  void (*resmix)(const void *x, const float *H, ptrdiff_t T, ptrdiff_t n, ptrdiff_t C, mhck_orientation o, void *out);
  /// out = a + b; out may be a or b
  void (*add)(const void *a, const void *b, ptrdiff_t count, void *out);
  /// out[t,o] = sum_i H x[t,i] + h[t,o] y[t]; with streaming stores if asked for and aligned
  void (*merge)(const void *x, const float *y, const float *H, const float *h, ptrdiff_t T, ptrdiff_t n, ptrdiff_t C,
                mhck_orientation o, void *out, int streaming);
  /// residual: out = x + y
  void (*residual)(const void *x, const float *y, ptrdiff_t count, void *out, int streaming);
  /// sum x x / 2, in double from chunk to chunk
  double (*half_squares)(const void *x, ptrdiff_t count);
  /// dx[t,i] = sum_o H g[t,o]; dH = g x
  void (*resmix_backward)(const void *g, const void *x, const float *H, ptrdiff_t T, ptrdiff_t n, ptrdiff_t C,
                          mhck_orientation o, void *dx, float *dH);
  /// dy = sum_o h g[t,o]; dh = g y
  void (*post_backward)(const void *g, const float *y, const float *h, ptrdiff_t T, ptrdiff_t n, ptrdiff_t C,
                        float *dy, float *dh);
  /// The two above in one pass; dx may be null and is then not made.
  void (*merge_backward)(const void *g, const void *x, const float *y, const float *H, const float *h, ptrdiff_t T,
                         ptrdiff_t n, ptrdiff_t C, mhck_orientation o, void *dx, float *dy, float *dH, float *dh);
  /// dh = du x; dx = h du, added to what is there if accumulate; dx may be null
  void (*premix_backward)(const float *du, const void *x, const float *h, ptrdiff_t T, ptrdiff_t n, ptrdiff_t C,
                          int accumulate, void *dx, float *dh);
  /// premix to u, merge_backward without dx and premix_backward without dx, where the layer between them is F(u) = u. With
  /// room in sums, mhck_staged_floats(n, C) aligned to a line, for at most MHCK_STAGED_TOKENS tokens, a kernel may leave
  /// there what mixing and H_pre add to dx, and u and du unmade. Returns whether it did.
  int (*gradients)(const mhck_gradients *of);
  /// Chunks of phi as mhck_pack_backward leaves them, but in the format that project_backward and stream_backward read.
  void (*pack_backward)(const float *phi, ptrdiff_t segments, ptrdiff_t C, ptrdiff_t w, ptrdiff_t first, ptrdiff_t last,
                        float *packed);
  /// dx[t,k] = sum_j dp[t,j] phi[j,k] + c[t] x[t,k], added to what is there if accumulate; dphi += dp x. A row of x is
  /// `segments` of C channels. phi as pack_backward leaves it, dphi as mhck_pack_backward does.
  void (*project_backward)(const void *x, const float *dp, const float *c, const float *packed, ptrdiff_t T,
                           ptrdiff_t segments, ptrdiff_t C, ptrdiff_t w, int accumulate, void *dx, float *dphi);
  /// Everything that makes dx, in one pass: mixing of g, h du, and project_backward. A token's streams are projected as
  /// one row or as `rows` = n of them, which share phi. Where gradients has left the first two of the same tokens in sums,
  /// they are taken from there; elsewhere sums is null. Meanwhile or after it the gradients of `next` are made, of tokens
  /// that come right after these and no more than MHCK_STAGED_TOKENS; their sums are others, their u and du may be the
  /// same. Null is none. Returns what gradients would.
  int (*stream_backward)(const void *g, const void *x, const float *du, const float *H, const float *h, const float *sums,
                         const float *dp, const float *c, const float *packed, ptrdiff_t T, ptrdiff_t n, ptrdiff_t C,
                         ptrdiff_t rows, ptrdiff_t w, mhck_orientation o, void *dx, int streaming, float *dphi,
                         const mhck_gradients *next);
} mhck_stream_kernels;

/// One instruction set.
typedef struct {
  const char *name;
  int (*is_supported)(void);
  mhck_stream_kernels f32, bf16;
  /// h_pre, h_post and the logits of H_res from projections.
  void (*coefficients)(const float *p, const float *r, const float *alpha, const float *bias, ptrdiff_t T, ptrdiff_t n,
                       const mhck_convention *convention, float *h_pre, float *h_post, float *logits);
  /// H_res from its logits; may be in place.
  void (*sinkhorn)(const float *logits, ptrdiff_t T, ptrdiff_t n, const mhck_convention *convention, float *H);
  /// The logits' gradient from that of H_res, the logits made again from projections; tape of
  /// mhck_tape_floats(n, iterations) floats, aligned to 64 bytes.
  void (*sinkhorn_backward)(const float *p, const float *r, const float *alpha, const float *bias, const float *dH,
                            ptrdiff_t T, ptrdiff_t n, const mhck_convention *convention, float *tape, float *dlogits);
  /// dp, c and the sums d_alpha[3] and d_bias[w], which are added to.
  void (*coefficients_backward)(const float *p, const float *r, const float *alpha, const float *bias,
                                const float *dpre, const float *dpost, const float *dlogits, ptrdiff_t T, ptrdiff_t n,
                                ptrdiff_t K, const mhck_convention *convention, float *dp, float *c, double *d_alpha,
                                double *d_bias);
  /// HC: h_pre, h_post and H_res from the projections of every stream.
  void (*hyper_coefficients)(const float *p, const float *r, const float *alpha, const float *bias, ptrdiff_t T,
                             ptrdiff_t n, mhck_orientation o, float *h_pre, float *h_post, float *H);
  /// HC backwards, as coefficients_backward.
  void (*hyper_coefficients_backward)(const float *p, const float *r, const float *alpha, const float *dpre,
                                      const float *dpost, const float *dH, ptrdiff_t T, ptrdiff_t n, ptrdiff_t C,
                                      const mhck_convention *convention, mhck_orientation o, float *dp, float *c,
                                      double *d_alpha, double *d_bias);
  /// y = u / rms(u) * weight, and 1/rms for the backward pass.
  void (*norm)(const float *u, const float *weight, ptrdiff_t T, ptrdiff_t C, float epsilon, float *y, float *inverse);
  /// du from dy and u; d_weight is added to.
  void (*norm_backward)(const float *dy, const float *u, const float *weight, const float *inverse, ptrdiff_t T,
                        ptrdiff_t C, float *du, float *d_weight);
  /// y = gelu(a), by tanh; da = dy gelu'(a), in place allowed.
  void (*gelu)(const float *a, ptrdiff_t count, float *y);
  void (*gelu_backward)(const float *a, const float *dy, ptrdiff_t count, float *da);
  /// y = a sigmoid(a) b; backwards both gradients.
  void (*swiglu)(const float *a, const float *b, ptrdiff_t count, float *y);
  void (*swiglu_backward)(const float *a, const float *b, const float *dy, ptrdiff_t count, float *da, float *db);
  /// y = tanh(a); da = dy (1 - y y).
  void (*tangent)(const float *a, ptrdiff_t count, float *y);
  void (*tangent_backward)(const float *y, const float *dy, ptrdiff_t count, float *da);
  /// Rows of a [rows, columns], row t: softmax over its first first+t+1 columns, scaled before, zero after.
  void (*causal_softmax)(float *a, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t first, float scale);
  /// da = s (ds - sum ds s) scale, in place in ds.
  void (*softmax_backward)(const float *s, float *ds, ptrdiff_t rows, ptrdiff_t columns, float scale);
  /// y = exp(x), for tests and for measuring: 2 ulp on [-87.3, 88.3], clamped outside it.
  void (*exponential)(const float *x, ptrdiff_t count, float *y);
} mhck_table;

/// Cores that the same instructions are ordered for differently.
typedef enum { MHCK_CORE_OWN, MHCK_CORE_OTHER, MHCK_CORE_INTEL, MHCK_CORE_ZEN5 } mhck_core;

/// Orders them as for such a core from now on, or as for the one that they run on: for tests, which check every order wherever its
/// instructions run. No kernel may run meanwhile.
void mhck_assume_core(mhck_core core);

/// The variants this binary has, the fastest on this processor first, and how many. Ask is_supported before use.
const mhck_table *const *mhck_variants(ptrdiff_t *count);

/// Floats that a packed phi takes: w rounded up to 8, times K rounded up to 4.
ptrdiff_t mhck_packed_forward_floats(ptrdiff_t K, ptrdiff_t w);
/// Floats that a phi in tiles takes: C rounded up to 16, times segments, times w.
ptrdiff_t mhck_packed_backward_floats(ptrdiff_t segments, ptrdiff_t C, ptrdiff_t w);
/// Floats of the sums that gradients may leave for stream_backward.
ptrdiff_t mhck_staged_floats(ptrdiff_t n, ptrdiff_t C);
/// Inputs `first` up to `last` of phi [w,K] into groups of 24 outputs, inputs outermost in a group.
void mhck_pack_forward(const float *phi, ptrdiff_t K, ptrdiff_t w, ptrdiff_t first, ptrdiff_t last, float *packed);
/// Chunks `first` up to `last` of phi [w, segments, C] into tiles of 16 channels: those of a chunk for every segment,
/// then the next chunk; zero past C.
void mhck_pack_backward(const float *phi, ptrdiff_t segments, ptrdiff_t C, ptrdiff_t w, ptrdiff_t first,
                        ptrdiff_t last, float *packed);
/// Adds these chunks of tiles to dphi [w, segments, C].
void mhck_unpack_backward_add(const float *packed, ptrdiff_t segments, ptrdiff_t C, ptrdiff_t w, ptrdiff_t first,
                              ptrdiff_t last, float *dphi);
/// Floats of the tape that sinkhorn_backward needs, aligned to 64 bytes.
ptrdiff_t mhck_tape_floats(ptrdiff_t n, ptrdiff_t iterations);

#ifdef __cplusplus
}
#endif
