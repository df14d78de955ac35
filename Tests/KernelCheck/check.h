// Every kernel of every instruction set of this processor against plain loops in double precision.
//
// A program of C alone, so that it can be built for a processor that is not this one: `scripts/test-arm` runs it under an
// emulator of Arm. Nothing of a kernel is used to say what it should give.
//
// How far a result may be off is derived, for each number of each result, from what rounding to float32 can do. One
// operation is off by at most U of its result. For a sum of N products, in whatever order and with or without fused
// multiply-adds, that gives N U / (1 - N U) times the sum of their magnitudes (Higham, Accuracy and Stability of Numerical
// Algorithms, 2nd edition, §3.1): `expect_sum`. Where results of functions are divided, multiplied and subtracted further,
// every rounding is followed to the result by its derivative: tape.h. A bfloat16 result has to be one of the numbers that
// the interval of such a float32 rounds to.
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "mhck.h"

/// What rounding to the nearest float32 is off by at most, as a part of the result.
#define U 0x1p-24

/// What is checked, for the line that a miss prints.
typedef struct {
  const char *variant, *format, *kernel;
  ptrdiff_t T, n, C;
  const char *detail;
} subject;
extern subject now;

/// A tensor of floats or of bfloat16 numbers. It ends where its page does, and the next page may not be touched: a kernel
/// that reads or writes past a tensor ends the program.
typedef struct {
  void *at;
  ptrdiff_t count;
  int is_bf16;
} tensor;

/// Uniform in [low, high), from a seeded generator.
double uniform(double low, double high);
void seed(uint64_t value);

/// Room for so many numbers, filled with what no kernel makes.
tensor room(ptrdiff_t count, int is_bf16);
/// The same, with numbers in [low, high) that the format has.
tensor random_numbers(ptrdiff_t count, int is_bf16, double low, double high);
tensor copy_of(tensor other);
/// Gives back all room there is.
void release_all(void);
double get(tensor t, ptrdiff_t at);
static inline float *floats(tensor t) { return t.at; }

/// To the nearest bfloat16, ties to even.
double nearest_bf16(double value);

/// Begins to check one kernel: `detail` says how it is called.
void begin(const char *kernel, ptrdiff_t T, ptrdiff_t n, ptrdiff_t C, const char *detail);
/// The result may be this value, or off it by `bound`, and is then rounded to bfloat16 if the tensor is of that. A miss is
/// printed and ends the program.
void expect(const char *what, tensor found, ptrdiff_t at, double value, double bound);
void expect_number(const char *what, ptrdiff_t at, double found, double value, double bound);
/// The result is a sum of so many products whose magnitudes add up to `magnitude`.
void expect_sum(const char *what, tensor found, ptrdiff_t at, double value, double magnitude, ptrdiff_t products);
/// N U / (1 - N U).
double rounding(ptrdiff_t products);
/// Ends the program with this.
void miss(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
/// What was compared, and the largest error of each kernel as a part of its bound.
void print_summary(void);

/// A mixing matrix's element for an output and an input, as the orientation says.
static inline ptrdiff_t mixed(mhck_orientation o, ptrdiff_t output, ptrdiff_t input) {
  return output * o.output_stride + input * o.input_stride;
}

void check_streams(const mhck_stream_kernels *kernels, int is_bf16, ptrdiff_t T, ptrdiff_t n, ptrdiff_t C,
                   mhck_orientation o);
void check_streams_backward(const mhck_stream_kernels *kernels, int is_bf16, ptrdiff_t T, ptrdiff_t n, ptrdiff_t C,
                            mhck_orientation o);
/// `weight_error`: what a weight may be off by before it is multiplied, as a part of it; `product_error`: what a product may.
void check_projection(const mhck_stream_kernels *kernels, int is_bf16, ptrdiff_t T, ptrdiff_t n, ptrdiff_t C,
                      double weight_error);
void check_projection_backward(const mhck_stream_kernels *kernels, int is_bf16, ptrdiff_t T, ptrdiff_t n, ptrdiff_t C,
                               mhck_orientation o, double product_error);
void check_packing(ptrdiff_t segments, ptrdiff_t C, ptrdiff_t w);
void check_coefficients(const mhck_table *table, ptrdiff_t T, ptrdiff_t n, const mhck_convention *convention);
void check_hyper_coefficients(const mhck_table *table, ptrdiff_t T, ptrdiff_t n, mhck_orientation o,
                              const mhck_convention *convention);
void check_sinkhorn(const mhck_table *table, ptrdiff_t T, ptrdiff_t n, const mhck_convention *convention, int is_cold);
void check_norm(const mhck_table *table, ptrdiff_t T, ptrdiff_t C);
void check_functions(const mhck_table *table, ptrdiff_t count);
void check_softmax(const mhck_table *table, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t first);
void check_team(void);
void check_probes(void);
