// Sixteen floats at a time, in whatever registers the target has.
#pragma once
#include <stdint.h>
#include <string.h>

typedef float v16 __attribute__((vector_size(64)));
typedef int32_t i16x32 __attribute__((vector_size(64)));
typedef uint32_t u16x32 __attribute__((vector_size(64)));
typedef uint16_t u16x16 __attribute__((vector_size(32)));

// The function's frame begins with a line of the cache, and no vector that is kept there crosses a page's end: such a one comes back
// only when all stores before it have left, past the caches at the rate of memory. Mixing bfloat16 with AVX2 took three times as long
// in the few processes whose stack lay so.
#define ALIGNED_FRAME() v16 frame; __asm__ volatile("" : "=m"(frame));

#define INLINE static inline __attribute__((always_inline))
// May share code between lanes of a sum; products and sums may be contracted.
#define FAST _Pragma("clang fp contract(fast) reassociate(on)")
