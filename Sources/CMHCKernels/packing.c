#include <string.h>

#include "mhck.h"

ptrdiff_t mhck_packed_forward_floats(ptrdiff_t K, ptrdiff_t w) { return (w + 7) / 8 * 8 * ((K + 3) / 4 * 4); }

ptrdiff_t mhck_packed_backward_floats(ptrdiff_t segments, ptrdiff_t C, ptrdiff_t w) {
  return (C + 15) / 16 * 16 * segments * w;
}

ptrdiff_t mhck_staged_floats(ptrdiff_t n, ptrdiff_t C) { return MHCK_STAGED_TOKENS * ((C + 15) / 16 * n + 1) * 16; }

ptrdiff_t mhck_tape_floats(ptrdiff_t n, ptrdiff_t iterations) { return 16 * (n * n + 2 * n * iterations); }

void mhck_pack_forward(const float *phi, ptrdiff_t K, ptrdiff_t w, ptrdiff_t first, ptrdiff_t last, float *packed) {
  for (ptrdiff_t j = 0; j < w; j += 24) {
    ptrdiff_t columns = w - j < 24 ? w - j : 24;
    ptrdiff_t width = (columns + 7) / 8 * 8;
    for (ptrdiff_t k0 = first; k0 < last; k0 += 16) {
      ptrdiff_t end = k0 + 16 < last ? k0 + 16 : last;
      for (ptrdiff_t q = 0; q < width; q++)
        for (ptrdiff_t k = k0; k < end; k++) packed[k * width + q] = q < columns ? phi[(j + q) * K + k] : 0;
    }
    packed += K * width;
  }
}

// Row by row of phi: its rows are often a power of two apart, where a column of tiles would meet in one set of the cache.
void mhck_pack_backward(const float *phi, ptrdiff_t segments, ptrdiff_t C, ptrdiff_t w, ptrdiff_t first,
                        ptrdiff_t last, float *packed) {
  const ptrdiff_t step = segments * w * 16;
  for (ptrdiff_t j = 0; j < w; j++)
    for (ptrdiff_t i = 0; i < segments; i++) {
      const float *row = phi + (j * segments + i) * C;
      float *tile = packed + first * step + (i * w + j) * 16;
      for (ptrdiff_t chunk = first; chunk < last; chunk++, tile += step) {
        const ptrdiff_t c = chunk * 16, lanes = C - c < 16 ? C - c : 16;
        // A whole tile's row without a call.
        if (lanes == 16) {
          memcpy(tile, row + c, 64);
        } else {
          memcpy(tile, row + c, (size_t)lanes * 4);
          memset(tile + lanes, 0, (size_t)(16 - lanes) * 4);
        }
      }
    }
}

void mhck_unpack_backward_add(const float *packed, ptrdiff_t segments, ptrdiff_t C, ptrdiff_t w, ptrdiff_t first,
                              ptrdiff_t last, float *dphi) {
  const ptrdiff_t step = segments * w * 16;
  for (ptrdiff_t j = 0; j < w; j++)
    for (ptrdiff_t i = 0; i < segments; i++) {
      float *row = dphi + (j * segments + i) * C;
      const float *tile = packed + first * step + (i * w + j) * 16;
      for (ptrdiff_t chunk = first; chunk < last; chunk++, tile += step) {
        const ptrdiff_t c = chunk * 16, lanes = C - c < 16 ? C - c : 16;
        float sums[16];
        if (lanes == 16) {
          for (int q = 0; q < 16; q++) sums[q] = row[c + q] + tile[q];
          memcpy(row + c, sums, 64);
        } else {
          for (ptrdiff_t q = 0; q < lanes; q++) row[c + q] += tile[q];
        }
      }
    }
}
