// Checks every variant of the kernels that this processor has, then threads and probes. Arguments: names of variants that
// are checked, all unless given.

#include <stdio.h>
#include <string.h>

#include "check.h"

static int is_wanted(const char *name, int count, char **names) {
  for (int i = 1; i < count; i++)
    if (strcmp(names[i], name) == 0) return 1;
  return count < 2;
}

static void check_stream_kernels(const mhck_table *table, int is_bf16) {
  now.format = is_bf16 ? "bf16" : "fp32";
  const mhck_stream_kernels *kernels = is_bf16 ? &table->bf16 : &table->f32;
  // With products of bfloat16 a weight is the sum of two such numbers: each leaves 2^-8 of what is to be rounded.
  const int has_tiles = is_bf16 && strcmp(table->name, "avx512-amx") == 0;
  const int splits = has_tiles || (is_bf16 && strcmp(table->name, "avx512-bf16-pairs") == 0);
  const double weight_error = splits ? 0x1p-16 : 0;
  // With tiles both factors of a product backwards are such sums, of which the smaller parts are not multiplied.
  const double product_error = has_tiles ? 3 * 0x1p-16 : 0;
  const ptrdiff_t tokens[] = {1, 5, 33}, streams[] = {1, 2, 3, 4, 8, 16}, channels[] = {1, 19, 64, 96};
  for (size_t a = 0; a < 3; a++)
    for (size_t b = 0; b < 6; b++)
      for (size_t c = 0; c < 4; c++) {
        const ptrdiff_t T = tokens[a], n = streams[b], C = channels[c];
        // Sixteen streams take most of the time, and no way of their own through the kernels.
        if (n == 16 && (T != 5 || C != 19)) continue;
        const mhck_orientation orientations[] = {{n, 1}, {1, n}};
        const mhck_orientation o = orientations[(a + b + c) % 2];
        check_streams(kernels, is_bf16, T, n, C, o);
        check_streams_backward(kernels, is_bf16, T, n, C, o);
        check_projection(kernels, is_bf16, T, n, C, weight_error);
        check_projection_backward(kernels, is_bf16, T, n, C, o, product_error);
      }
  // More inputs than the projection takes at a time, more channels than a slice of its backward pass or a pass of eight
  // streams has.
  for (ptrdiff_t n = 1; n <= 8; n *= 2) {
    const mhck_orientation o = {1, n};
    check_streams_backward(kernels, is_bf16, 3, n, 1061, o);
    check_projection(kernels, is_bf16, 3, n, 1061, weight_error);
    check_projection_backward(kernels, is_bf16, 3, n, 1061, o, product_error);
  }
}

static void check_coefficient_kernels(const mhck_table *table) {
  now.format = "";
  const ptrdiff_t tokens[] = {1, 5, 33}, streams[] = {1, 2, 3, 4, 8, 16};
  for (size_t a = 0; a < 3; a++)
    for (size_t b = 0; b < 6; b++)
      for (int32_t form = 0; form < 4; form++) {
        const ptrdiff_t T = tokens[a], n = streams[b];
        if (n == 16 && a != 1) continue;
        mhck_convention convention = {
            .sinkhorn = form, .sinkhorn_epsilon = 1e-6f,
            .norm_epsilon = form % 2, .rms_epsilon = 1e-2f, .pre_epsilon = 1e-2f, .post_multiplier = 2};
        const mhck_orientation orientations[] = {{n, 1}, {1, n}};
        check_coefficients(table, T, n, &convention);
        check_hyper_coefficients(table, T, n, orientations[form % 2], &convention);
        // Iterations as published for all tokens, and one, after which nothing that went wrong is levelled out.
        for (int is_cold = 0; is_cold < 2; is_cold++)
          for (int more = 0; more < 2; more++) {
            convention.iterations = more ? (a == 0 ? 2 : a == 1 ? 5 : 20) : 1;
            check_sinkhorn(table, T, n, &convention, is_cold);
          }
      }
}

static void check_layer_kernels(const mhck_table *table) {
  now.format = "";
  const ptrdiff_t lengths[] = {1, 16, 19, 64, 333};
  for (size_t i = 0; i < 5; i++) {
    check_norm(table, 1, lengths[i]);
    check_norm(table, 7, lengths[i]);
    check_functions(table, lengths[i]);
    check_softmax(table, 5, lengths[i], 0);
    check_softmax(table, 18, lengths[i], 3);
  }
}

int main(int count, char **names) {
  ptrdiff_t variants, checked = 0;
  const mhck_table *const *tables = mhck_variants(&variants);
  for (ptrdiff_t i = 0; i < variants; i++) {
    const mhck_table *table = tables[i];
    if (!is_wanted(table->name, count, names)) continue;
    if (!table->is_supported()) {
      printf("%s: not on this processor\n", table->name);
      continue;
    }
    now = (subject){.variant = table->name};
    // In the order of every core that it is made for, the one that this is among them.
    const int ordered = strncmp(table->name, "avx512", 6) == 0;
    for (mhck_core core = ordered ? MHCK_CORE_OTHER : MHCK_CORE_OWN; core <= (ordered ? MHCK_CORE_ZEN5 : MHCK_CORE_OWN); core++) {
      mhck_assume_core(core);
      // The same numbers for every variant.
      seed(20260102);
      check_stream_kernels(table, 0);
      check_stream_kernels(table, 1);
    }
    mhck_assume_core(MHCK_CORE_OWN);
    check_coefficient_kernels(table);
    check_layer_kernels(table);
    printf("%s: all kernels\n", table->name);
    fflush(stdout);
    checked++;
  }
  if (checked == 0) {
    fprintf(stderr, "kernel check: no variant to check\n");
    return 1;
  }
  now = (subject){.variant = "", .format = "packing"};
  for (ptrdiff_t segments = 1; segments <= 4; segments++)
    for (ptrdiff_t C = 1; C <= 70; C += 23) check_packing(segments, C, segments + 2);
  check_team();
  check_probes();
  print_summary();
  return 0;
}
