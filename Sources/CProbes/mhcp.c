#include "mhcp.h"

#pragma clang diagnostic ignored "-Wpass-failed"
#pragma clang diagnostic ignored "-Wpsabi"

#define INLINE static inline __attribute__((always_inline))
// Products and sums may be contracted to multiply-adds, and lanes of a sum be added in any order.
#define FAST _Pragma("clang fp contract(fast) reassociate(on)")
// The compiler may assume nothing of memory across it.
#define BARRIER() __asm__ volatile("" ::: "memory")

typedef float v16 __attribute__((vector_size(64)));
typedef int32_t i16x32 __attribute__((vector_size(64)));
typedef uint32_t u16x32 __attribute__((vector_size(64)));
typedef uint16_t u16x16 __attribute__((vector_size(32)));

#if defined(__x86_64__)

#define MHCP_FENCE() __builtin_ia32_sfence()

#define MHCP(name) mhcp_avx512_##name
#define MHCP_NAME "avx512"
#define CHAINS 8
#define LANES 16
#define PRODUCT_LANES 8
#define PRODUCT_ROWS 8
#pragma clang attribute push(__attribute__((target("arch=x86-64-v4,no-prefer-256-bit"))), apply_to = function)
#include "probes.inc"
#pragma clang attribute pop
static int mhcp_avx512_is_supported(void) { return __builtin_cpu_supports("x86-64-v4"); }
#undef MHCP
#undef MHCP_NAME
#undef CHAINS
#undef LANES
#undef PRODUCT_LANES
#undef PRODUCT_ROWS

#define MHCP(name) mhcp_avx2_##name
#define MHCP_NAME "avx2"
#define CHAINS 10
#define LANES 8
#define PRODUCT_LANES 8
#define PRODUCT_ROWS 4
#pragma clang attribute push(__attribute__((target("arch=x86-64-v3"))), apply_to = function)
#include "probes.inc"
#pragma clang attribute pop
static int mhcp_avx2_is_supported(void) { return __builtin_cpu_supports("x86-64-v3"); }
#undef MHCP
#undef MHCP_NAME
#undef CHAINS
#undef LANES
#undef PRODUCT_LANES
#undef PRODUCT_ROWS

#else
#define MHCP_FENCE() __atomic_thread_fence(__ATOMIC_SEQ_CST)
#endif

#define MHCP(name) mhcp_baseline_##name
#if defined(__aarch64__)
#define MHCP_NAME "neon"
#define PRODUCT_ROWS 4
#else
#define MHCP_NAME "baseline"
#define PRODUCT_ROWS 2
#endif
#define CHAINS 8
#define LANES 4
#define PRODUCT_LANES 4
#include "probes.inc"
static int mhcp_baseline_is_supported(void) { return 1; }

static const mhcp_table *const variants[] = {
#if defined(__x86_64__)
    &mhcp_avx512_table,
    &mhcp_avx2_table,
#endif
    &mhcp_baseline_table,
};

const mhcp_table *const *mhcp_variants(ptrdiff_t *count) {
  *count = sizeof variants / sizeof *variants;
  return variants;
}

int mhcp_rendezvous(int32_t *counter, int32_t threads, int64_t spins) {
  __atomic_add_fetch(counter, 1, __ATOMIC_ACQ_REL);
  for (int64_t spin = 0; spin < spins; spin++) {
    if (__atomic_load_n(counter, __ATOMIC_ACQUIRE) >= threads) return 1;
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
  }
  return 0;
}
