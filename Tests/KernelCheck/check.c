#define _GNU_SOURCE
#include "check.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

subject now;

// MARK: Numbers

static uint64_t state = 1;

void seed(uint64_t value) { state = value; }

// SplitMix64.
double uniform(double low, double high) {
  uint64_t z = (state += 0x9E3779B97F4A7C15);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  z ^= z >> 31;
  return low + (high - low) * (double)(z >> 11) * 0x1p-53;
}

double nearest_bf16(double value) {
  if (value == 0) return value;
  int exponent;
  frexp(value, &exponent);
  // Eight significant bits, or fewer below the smallest normal number; rint takes ties to even.
  const int last = exponent - 8 < -133 ? -133 : exponent - 8;
  return ldexp(rint(ldexp(value, -last)), last);
}

// MARK: Tensors

typedef struct {
  unsigned char *at;
  size_t bytes, before;
} mapping;
static mapping mappings[256];
static const unsigned char filling = 0x55;
static int mapped = 0;

tensor room(ptrdiff_t count, int is_bf16) {
  const size_t page = (size_t)sysconf(_SC_PAGESIZE), bytes = (size_t)count * (is_bf16 ? 2 : 4);
  const size_t whole = (bytes + page - 1) / page * page;
  unsigned char *start = mmap(NULL, whole + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (start == MAP_FAILED || mprotect(start + whole, page, PROT_NONE) != 0 || mapped == 256) miss("no memory");
  mappings[mapped++] = (mapping){start, whole + page, whole - bytes};
  memset(start, filling, whole);
  return (tensor){start + whole - bytes, count, is_bf16};
}

void release_all(void) {
  for (int i = 0; i < mapped; i++) {
    // What lies before a tensor in its page is no kernel's either.
    for (size_t k = 0; k < mappings[i].before; k++)
      if (mappings[i].at[k] != filling) miss("a byte is written %zu before a tensor", mappings[i].before - k);
    munmap(mappings[i].at, mappings[i].bytes);
  }
  mapped = 0;
}

double get(tensor t, ptrdiff_t at) {
  if (!t.is_bf16) return ((const float *)t.at)[at];
  const uint32_t bits = (uint32_t)((const uint16_t *)t.at)[at] << 16;
  float value;
  memcpy(&value, &bits, 4);
  return value;
}

static void set(tensor t, ptrdiff_t at, double value) {
  if (!t.is_bf16) {
    ((float *)t.at)[at] = (float)value;
    return;
  }
  const float narrow = (float)nearest_bf16(value);
  uint32_t bits;
  memcpy(&bits, &narrow, 4);
  ((uint16_t *)t.at)[at] = (uint16_t)(bits >> 16);
}

tensor random_numbers(ptrdiff_t count, int is_bf16, double low, double high) {
  tensor t = room(count, is_bf16);
  for (ptrdiff_t i = 0; i < count; i++) set(t, i, uniform(low, high));
  return t;
}

tensor copy_of(tensor other) {
  tensor t = room(other.count, other.is_bf16);
  memcpy(t.at, other.at, (size_t)other.count * (other.is_bf16 ? 2 : 4));
  return t;
}

// MARK: Comparing

typedef struct {
  const char *kernel, *format;
  double share;
  long compared;
} tally;
static tally tallies[128];
static int kernels = 0;
static tally *current = NULL;

void begin(const char *kernel, ptrdiff_t T, ptrdiff_t n, ptrdiff_t C, const char *detail) {
  now.kernel = kernel;
  now.T = T;
  now.n = n;
  now.C = C;
  now.detail = detail;
  if (current && current->kernel == kernel && current->format == now.format) return;
  for (current = tallies; current < tallies + kernels; current++)
    if (strcmp(current->kernel, kernel) == 0 && strcmp(current->format, now.format) == 0) return;
  if (kernels == 128) miss("too many kernels");
  kernels++;
  *current = (tally){kernel, now.format, 0, 0};
}

void miss(const char *format, ...) {
  fflush(stdout);
  fprintf(stderr, "kernel check: %s %s %s, T %td, n %td, C %td, %s: ", now.variant, now.kernel, now.format, now.T, now.n,
          now.C, now.detail ? now.detail : "");
  va_list arguments;
  va_start(arguments, format);
  vfprintf(stderr, format, arguments);
  va_end(arguments);
  fputc('\n', stderr);
  exit(1);
}

double rounding(ptrdiff_t products) { return (double)products * U / (1 - (double)products * U); }

void expect_number(const char *what, ptrdiff_t at, double found, double value, double bound) {
  current->compared++;
  const double error = fabs(found - value);
  // Not the other way round: NaN must miss.
  if (!(error <= bound)) miss("%s[%td] is %.9g, expected %.9g within %.3g", what, at, found, value, bound);
  if (error > 0) current->share = fmax(current->share, error / bound);
}

void expect(const char *what, tensor found, ptrdiff_t at, double value, double bound) {
  const double number = get(found, at);
  if (!found.is_bf16) {
    expect_number(what, at, number, value, bound);
    return;
  }
  // Rounding keeps the order of numbers: what may be rounded lies between the ends, so what may come out does.
  const double low = nearest_bf16(value - bound), high = nearest_bf16(value + bound);
  current->compared++;
  if (!(number >= low && number <= high)) miss("%s[%td] is %.9g, expected %.9g to %.9g", what, at, number, low, high);
}

void expect_sum(const char *what, tensor found, ptrdiff_t at, double value, double magnitude, ptrdiff_t products) {
  expect(what, found, at, value, rounding(products) * magnitude);
}

void print_summary(void) {
  long all = 0;
  printf("%-36s %12s %s\n", "kernel", "compared", "largest error, of its bound");
  for (int i = 0; i < kernels; i++) {
    all += tallies[i].compared;
    printf("%-28s %-7s %12ld", tallies[i].kernel, tallies[i].format, tallies[i].compared);
    if (tallies[i].share > 0) printf(" %.3f", tallies[i].share);
    putchar('\n');
  }
  printf("%ld numbers compared, none off by more than its bound\n", all);
}
