// Matrix products on tile registers (AMX): sixteen rows of sixteen sums, over thirty-two inputs of bfloat16.
#pragma once
#include <cpuid.h>
#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

/// What the processor is told of its tiles before their first use.
typedef struct {
  uint8_t palette, start_row, reserved[14];
  uint16_t row_bytes[16];
  uint8_t rows[16];
} mhck_tile_shapes;

/// Whether the processor has tiles of bfloat16, and the system lets this process use them: it keeps 8 KiB more for every
/// thread that does, and wants to be asked once.
static int mhck_have_tiles(void) {
#if defined(__linux__) && defined(SYS_arch_prctl)
  unsigned a, b, c, d;
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return 0;
  const unsigned bfloat16 = 1u << 22, tiles = 1u << 24;
  const long request = 0x1023, tile_data = 18;  // ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA
  return (d & bfloat16) && (d & tiles) && syscall(SYS_arch_prctl, request, tile_data) == 0;
#else
  return 0;
#endif
}
