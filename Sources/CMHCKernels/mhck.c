#include "mhck.h"
#include "vectors.h"

// Loops over n unroll where n is a constant, and are left alone in the general case of the same code.
#pragma clang diagnostic ignored "-Wpass-failed"
// Vectors pass between functions that are always inlined.
#pragma clang diagnostic ignored "-Wpsabi"

// One source, compiled once for every instruction set. Tile sizes keep accumulators, weights and one input within the
// registers of each: 32 with AVX-512 and Arm, 16 with AVX2 and the baseline. JOINT_ROWS tokens are in registers at once in the
// projection's backward pass, or JOINT_SHORT, and JOINT_BLOCK share one read of the weights and one update of their gradient.

#define JOINT_BLOCK 16

// Bytes of phi and its gradient that the projection's backward pass works on until all tokens have passed by.
#define SLICE_BYTES (256 << 10)

// Vectors of a strip of channels: a line of bfloat16.
#define STRIP 2

// Whether the target rounds to bfloat16.
#define HARDWARE_BF16 0
// Whether its products of pairs of bfloat16 are worth taking.
#define HARDWARE_PAIRS 0
// Whether it multiplies whole tiles of it.
#define HARDWARE_TILES 0
// Whether kernels that move bfloat16 streams backwards fetch rows in the order in which they lie: of use on Intel's.
#define FETCH_IN_ORDER 0

static mhck_core assumed = MHCK_CORE_OWN;

void mhck_assume_core(mhck_core core) { assumed = core; }

#if defined(__x86_64__)

#include <immintrin.h>

#define MHCK_FENCE() __builtin_ia32_sfence()

static int mhck_is_intel(void) {
  return assumed == MHCK_CORE_OWN ? __builtin_cpu_is("intel") != 0 : assumed == MHCK_CORE_INTEL;
}

// AMD's cores that multiply and add two vectors of AVX-512 a cycle: a Zen 5, by an instruction that its predecessors lack. Whoever
// knows the processor by its name may be older than that.
static int mhck_is_zen5(void) {
  if (assumed != MHCK_CORE_OWN) return assumed == MHCK_CORE_ZEN5;
  return !mhck_is_intel() && __builtin_cpu_supports("avx512vp2intersect");
}

#define MHCK(name) mhck_avx512_##name
#define MHCK_NAME "avx512"
#define PROJECT_LANES 8
#define PROJECT_ROWS 8
#define JOINT_ROWS 8
#define JOINT_SHORT 8
// The last channels of a row by masks, where the target has them; elsewhere by memcpy.
#define MASKED 1
typedef float mhck_avx512_vector __attribute__((vector_size(32)));
#define PROJECT_VECTOR mhck_avx512_vector
#pragma clang attribute push(__attribute__((target("arch=x86-64-v4,no-prefer-256-bit"))), apply_to = function)
#include "kernels.inc"
#pragma clang attribute pop
static int mhck_avx512_is_supported(void) { return __builtin_cpu_supports("x86-64-v4"); }
#undef MHCK
#undef MHCK_NAME

// The same processor with instructions for bfloat16: only what touches such streams differs. First it rounds alone.
#define MHCK(name) mhck_avx512_bf16_##name
#define MHCK_BASE(name) mhck_avx512_##name
#define MHCK_NAME "avx512-bf16"
#undef HARDWARE_BF16
#define HARDWARE_BF16 1
#undef FETCH_IN_ORDER
#define FETCH_IN_ORDER 1
#pragma clang attribute push(__attribute__((target("arch=x86-64-v4,avx512bf16,no-prefer-256-bit"))), apply_to = function)
#include "kernels.inc"
#pragma clang attribute pop
static int mhck_avx512_bf16_is_supported(void) {
  return __builtin_cpu_supports("x86-64-v4") && __builtin_cpu_supports("avx512bf16");
}
#undef MHCK
#undef MHCK_NAME

// Then it multiplies pairs, too.
#define MHCK(name) mhck_avx512_pairs_##name
#define MHCK_BASE(name) mhck_avx512_##name
#define MHCK_NAME "avx512-bf16-pairs"
#undef HARDWARE_PAIRS
#define HARDWARE_PAIRS 1
#undef FETCH_IN_ORDER
#define FETCH_IN_ORDER 0
#pragma clang attribute push(__attribute__((target("arch=x86-64-v4,avx512bf16,no-prefer-256-bit"))), apply_to = function)
#include "kernels.inc"
#pragma clang attribute pop
static int mhck_avx512_pairs_is_supported(void) { return mhck_avx512_bf16_is_supported(); }
#undef MHCK
#undef MHCK_NAME

// The same with products of tiles.
#include "tiles.h"
#define MHCK(name) mhck_avx512_tiles_##name
#define MHCK_BASE(name) mhck_avx512_##name
#define MHCK_NAME "avx512-amx"
#undef HARDWARE_TILES
#define HARDWARE_TILES 1
#undef FETCH_IN_ORDER
#define FETCH_IN_ORDER 1
#pragma clang attribute push(__attribute__((target("arch=x86-64-v4,avx512bf16,amx-tile,amx-bf16,no-prefer-256-bit"))), \
                             apply_to = function)
#include "kernels.inc"
#pragma clang attribute pop
static int mhck_avx512_tiles_is_supported(void) { return mhck_avx512_bf16_is_supported() && mhck_have_tiles(); }
#undef HARDWARE_TILES
#define HARDWARE_TILES 0
#undef FETCH_IN_ORDER
#define FETCH_IN_ORDER 0
#undef HARDWARE_PAIRS
#define HARDWARE_PAIRS 0
#undef HARDWARE_BF16
#define HARDWARE_BF16 0
#undef MHCK
#undef MHCK_NAME
#undef PROJECT_LANES
#undef PROJECT_ROWS
#undef JOINT_ROWS
#undef JOINT_SHORT
#undef PROJECT_VECTOR
#undef MASKED
#define MASKED 0

#define MHCK(name) mhck_avx2_##name
#define MHCK_NAME "avx2"
#define PROJECT_LANES 8
#define PROJECT_ROWS 4
#define JOINT_ROWS 6
#define JOINT_SHORT 5
typedef float mhck_avx2_vector __attribute__((vector_size(32)));
#define PROJECT_VECTOR mhck_avx2_vector
#define TILE_VECTOR mhck_avx2_vector
#pragma clang attribute push(__attribute__((target("arch=x86-64-v3"))), apply_to = function)
#include "kernels.inc"
#pragma clang attribute pop
static int mhck_avx2_is_supported(void) { return __builtin_cpu_supports("x86-64-v3"); }
#undef MHCK
#undef MHCK_NAME
#undef PROJECT_LANES
#undef PROJECT_ROWS
#undef JOINT_ROWS
#undef JOINT_SHORT
#undef PROJECT_VECTOR
#undef TILE_VECTOR

#else
#define MHCK_FENCE() __atomic_thread_fence(__ATOMIC_SEQ_CST)

static int mhck_is_intel(void) { return 0; }
static int mhck_is_zen5(void) { return 0; }

#define MASKED 0
#endif

// What every machine of the architecture has: SSE2 on x86-64, NEON on Arm.
#define MHCK(name) mhck_baseline_##name
#if defined(__aarch64__)
#define MHCK_NAME "neon"
#define PROJECT_ROWS 4
typedef float mhck_baseline_pair __attribute__((vector_size(32)));
#define TILE_VECTOR mhck_baseline_pair
#else
#define MHCK_NAME "baseline"
#define PROJECT_ROWS 2
#define TILE_VECTOR mhck_baseline_vector
#endif
#define JOINT_ROWS 4
#define JOINT_SHORT 4
#define PROJECT_LANES 4
typedef float mhck_baseline_vector __attribute__((vector_size(16)));
#define PROJECT_VECTOR mhck_baseline_vector
#include "kernels.inc"
static int mhck_baseline_is_supported(void) { return 1; }

#if defined(__x86_64__)
#define MHCK_VARIANTS(first, second) \
  {&mhck_avx512_tiles_table, first, second, &mhck_avx512_table, &mhck_avx2_table, &mhck_baseline_table}
static const mhck_table *const variants[] = MHCK_VARIANTS(&mhck_avx512_pairs_table, &mhck_avx512_bf16_table);
// Intel's cores multiply pairs at a quarter of the rate at which they multiply floats (measured on an Emerald Rapids: one in two
// cycles, and two a cycle), and a weight takes two such products: a forward pass took 2.4 times as long with them.
static const mhck_table *const variants_of_intel[] = MHCK_VARIANTS(&mhck_avx512_bf16_table, &mhck_avx512_pairs_table);

const mhck_table *const *mhck_variants(ptrdiff_t *count) {
  *count = sizeof variants / sizeof variants[0];
  return mhck_is_intel() ? variants_of_intel : variants;
}
#else
static const mhck_table *const variants[] = {&mhck_baseline_table};

const mhck_table *const *mhck_variants(ptrdiff_t *count) {
  *count = 1;
  return variants;
}
#endif
