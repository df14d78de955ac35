// Sixteen floats at a time, in whatever registers the target has.
#pragma once
#include <stdint.h>
#include <string.h>

typedef float v16 __attribute__((vector_size(64)));
typedef int32_t i16x32 __attribute__((vector_size(64)));
typedef uint32_t u16x32 __attribute__((vector_size(64)));
typedef uint16_t u16x16 __attribute__((vector_size(32)));

#define INLINE static inline __attribute__((always_inline))
// May share code between lanes of a sum; products and sums may be contracted.
#define FAST _Pragma("clang fp contract(fast) reassociate(on)")
