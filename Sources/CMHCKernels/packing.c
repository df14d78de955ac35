#include <string.h>

#include "mhck.h"

ptrdiff_t mhck_packed_forward_floats(ptrdiff_t K, ptrdiff_t w) { return (w + 7) / 8 * 8 * ((K + 3) / 4 * 4); }

ptrdiff_t mhck_packed_backward_floats(ptrdiff_t segments, ptrdiff_t C, ptrdiff_t w) {
  return (C + 15) / 16 * 16 * segments * w;
}

ptrdiff_t mhck_tape_floats(ptrdiff_t n, ptrdiff_t iterations) { return 16 * (n * n + 2 * n * iterations); }

void mhck_pack_forward(const float *phi, ptrdiff_t K, ptrdiff_t w, float *packed) {
  for (ptrdiff_t j = 0; j < w; j += 24) {
    ptrdiff_t columns = w - j < 24 ? w - j : 24;
    ptrdiff_t width = (columns + 7) / 8 * 8;
    for (ptrdiff_t k0 = 0; k0 < K; k0 += 16) {
      ptrdiff_t end = k0 + 16 < K ? k0 + 16 : K;
      for (ptrdiff_t q = 0; q < width; q++)
        for (ptrdiff_t k = k0; k < end; k++) packed[k * width + q] = q < columns ? phi[(j + q) * K + k] : 0;
    }
    packed += K * width;
  }
}

void mhck_pack_backward(const float *phi, ptrdiff_t segments, ptrdiff_t C, ptrdiff_t w, ptrdiff_t first,
                        ptrdiff_t last, float *packed) {
  for (ptrdiff_t chunk = first; chunk < last; chunk++) {
    ptrdiff_t c = chunk * 16, lanes = C - c < 16 ? C - c : 16;
    float *tile = packed + chunk * segments * w * 16;
    for (ptrdiff_t i = 0; i < segments; i++)
      for (ptrdiff_t j = 0; j < w; j++, tile += 16) {
        memcpy(tile, phi + (j * segments + i) * C + c, (size_t)lanes * 4);
        memset(tile + lanes, 0, (size_t)(16 - lanes) * 4);
      }
  }
}

void mhck_unpack_backward_add(const float *packed, ptrdiff_t segments, ptrdiff_t C, ptrdiff_t w, ptrdiff_t first,
                              ptrdiff_t last, float *dphi) {
  for (ptrdiff_t chunk = first; chunk < last; chunk++) {
    ptrdiff_t c = chunk * 16, lanes = C - c < 16 ? C - c : 16;
    const float *tile = packed + chunk * segments * w * 16;
    for (ptrdiff_t i = 0; i < segments; i++)
      for (ptrdiff_t j = 0; j < w; j++, tile += 16)
        for (ptrdiff_t q = 0; q < lanes; q++) dphi[(j * segments + i) * C + c + q] += tile[q];
  }
}
