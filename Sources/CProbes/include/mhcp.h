// Probes of a machine: loops that load, store and compute, and do nothing else.
//
// Why C: per-function instruction sets and streaming stores, as in CMHCKernels, of which nothing is used here: what a
// probe measures must not be the code whose time is predicted from it.
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Floats in a step of mhcp_table.memory; every array's length is a multiple of it.
#define MHCP_STEP 64
/// Floats that mhcp_table.vector works on: input, then output.
#define MHCP_VECTOR_FLOATS 8192

/// What a store does to its line.
enum { MHCP_ORDINARY = 0, MHCP_STREAMING = 1, MHCP_IN_PLACE = 2 };

/// Kinds of vector work, in the order of the Swift side.
enum {
  MHCP_MULTIPLY_ADD = 0,
  MHCP_SMALL_PRODUCT = 1,
  MHCP_EXPONENTIAL = 2,
  MHCP_DIVISION = 3,
  MHCP_SQUARE_ROOT = 4,
  MHCP_WIDENING = 5,
  MHCP_ROUNDING = 6,
  MHCP_JOINT_PRODUCT = 7,
  MHCP_DEPENDENT_DIVISION = 8,
  MHCP_LANE_MOVE = 9,
  MHCP_PAUSE = 10,
};

/// Tokens whose rows stand side by side at most: sixteen channels of every row, then the next sixteen of every row, and one
/// vector more a token.
#define MHCP_STAGED_TOKENS 16

/// The tensors of one operation and what is done with their rows. A stream tensor has `streams` rows of `channels` numbers a
/// token, any other tensor one row of float.
typedef struct {
  const void *stream[2];    ///< read
  const float *channel;     ///< read
  const float *factors;     ///< what rows are mixed with: 2 * streams * streams + 2 * streams floats from each token's on
  ptrdiff_t factor_step;    ///< floats from a token's factors to the next's
  void *stream_out;         ///< written, or read and written in place
  float *staged;            ///< written instead, beside 2 * streams + streams * streams sums, of at most MHCP_STAGED_TOKENS
  float *channel_out;       ///< written
  float *channel_out_too;   ///< written where two are
  float *sums_out;          ///< `sums` floats a token
  ptrdiff_t tokens, channels;
  int32_t streams, stream_reads, channel_reads, stream_writes, channel_writes, in_place;
  int32_t sums;             ///< sums over a token's channels of products of two rows
  int32_t ahead;            ///< 1: the rows of the token after the next are asked for while one is worked on
                            ///< 2: those of bfloat16 in the order in which they lie, where the processor rounds
  int32_t streaming, bfloat16;
} mhcp_traffic;

/// The most columns of the table of mhcp_skinny.
#define MHCP_SKINNY_MOST 288

/// A product of tall rows with a table of few columns, or both products of its gradients.
typedef struct {
  const void *x;          ///< [rows, inputs], or tokens of `mixes` rows of channels
  const float *table;     ///< inputs times outputs rounded up to 8, in any order
  float *sums;            ///< forwards: [rows, outputs + 1]
  void *dx;               ///< backwards: as x
  float *gradient;        ///< backwards: as the table
  const float *factors;   ///< backwards: 8 * (outputs + 2) floats
  const void *g;          ///< mixed into dx where `mixes`: as x
  const float *du;        ///< the same: [tokens, channels]
  float *staged;          ///< what dx begins with instead of a mix, as mhcp_traffic writes it, of as many tokens; or null
  const mhcp_traffic *walk;  ///< beside `staged`: what is walked of other tokens between the strips of channels, or null
  ptrdiff_t rows;         ///< rows, or tokens where `mixes`
  ptrdiff_t inputs, outputs, segments, channels;  ///< inputs = segments * channels; channels a multiple of 32
  ptrdiff_t slice;        ///< channels of every segment at a time; a multiple of 32
  int32_t backward, accumulates, mixes, streaming, bfloat16;
  // Forwards, rows of four streams of other tokens that are mixed between the products: each token into one row,
  // and that and them into four.
  const void *beside;           ///< [besides, 4, channels]
  const float *beside_factors;  ///< 24 a token
  float *beside_row;            ///< room for [channels], the same for all
  void *beside_out;             ///< as `beside`
  ptrdiff_t besides, beside_factor_step;
} mhcp_skinny;

/// The most columns of mhcp_columns, all matrices together, and the most matrices of either kind.
#define MHCP_MOST_COLUMNS 640
#define MHCP_MOST_MATRICES 6
/// The largest square matrix of mhcp_columns, and the most times that its lines are divided.
#define MHCP_MOST_SIDE 16
#define MHCP_MOST_DIVIDED 128

/// Columns of numbers of a token, read, worked on sixteen tokens at a time, and written.
typedef struct {
  const float *in[MHCP_MOST_MATRICES];  ///< [tokens, in_width] each, and 4 floats more
  float *out[MHCP_MOST_MATRICES];       ///< [tokens, out_width] each, and 4 floats more
  ptrdiff_t in_width[MHCP_MOST_MATRICES], out_width[MHCP_MOST_MATRICES];
  ptrdiff_t reads, writes;  ///< matrices of either kind
  double *sums_out;         ///< added to
  ptrdiff_t tokens;         ///< what is left of sixteens is left out
  ptrdiff_t exponentials;   ///< of the columns, with a division each
  ptrdiff_t multiply_adds;  ///< of a token's columns, one after the other
  ptrdiff_t sums;           ///< of a column over its tokens
  // Where `side` is not 0, the first side * side columns are a square matrix of every token, and become their exponentials.
  ptrdiff_t side;       ///< at most MHCP_MOST_SIDE
  ptrdiff_t divided;    ///< so often its lines are divided by their sums, columns and rows in turn: at most MHCP_MOST_DIVIDED
  int32_t is_raised;    ///< whether `factor` is added to every sum before
  int32_t is_restored;  ///< whether that is undone line by line, the last matrix, as large, going through its derivatives
  float factor;
} mhcp_columns;

/// Whole arrays, worked on number by number.
typedef struct {
  const float *in[3];
  float *out[2];
  ptrdiff_t count;        ///< numbers of each; what is left of 32 is left out
  int32_t reads, writes;  ///< of the arrays above
  int32_t exponentials;   ///< of a number, with a division each: 0 or 1
  int32_t multiply_adds;  ///< of a number
} mhcp_each;

/// One instruction set.
typedef struct {
  const char *name;
  int (*is_supported)(void);
  /// Loads `reads` arrays side by side and stores their mean to `writes` arrays, `passes` times over.
  /// Array k begins at base + k * stride and has `count` floats, a multiple of MHCP_STEP; base and stride are multiples
  /// of 16 floats. Written arrays follow those that are read, or are the first of them if in place.
  /// Returns a number that depends on what was loaded.
  float (*memory)(float *base, ptrdiff_t stride, ptrdiff_t count, int reads, int writes, int store, ptrdiff_t passes);
  /// Walks tokens of `reads` rows of `row` floats, the rows of a token side by side: loads them, does `products`
  /// multiply-adds on each number, and stores their mean to the token's `writes` rows in `out`, or in place to the first of
  /// those that were read. `row` is a multiple of 16, and `in` and `out` are aligned to 64 bytes.
  /// Returns a number that depends on what was loaded.
  float (*rows)(float *in, float *out, ptrdiff_t tokens, ptrdiff_t row, int reads, int writes, int store, int products,
                ptrdiff_t passes);
  /// Does `rounds` rounds of one kind of work on MHCP_VECTOR_FLOATS floats at `space`, aligned to 64 bytes and filled
  /// with ones; returns the results of one round.
  ptrdiff_t (*vector)(float *space, int work, ptrdiff_t rounds);
  /// Walks the rows of such tensors, token by token, `passes` times; `channels` is a multiple of 32, and tensors are
  /// aligned to 64 bytes. Returns 0 and does nothing for a form that it does not have: 1, 2, 4 or 8 streams.
  int (*traffic)(const mhcp_traffic *t, ptrdiff_t passes);
  /// Such products, `passes` times; tensors are aligned to 64 bytes. Returns 0 and does nothing unless `mixes` is 0, 1, 2, 4
  /// or 8.
  int (*skinny)(const mhcp_skinny *s, ptrdiff_t passes);
  /// Such columns, `passes` times; at most MHCP_MOST_COLUMNS are read, and written.
  void (*columns)(const mhcp_columns *c, ptrdiff_t passes);
  /// Such arrays once, aligned to 64 bytes. Returns 0 and does nothing for numbers of arrays that it does not have.
  int (*each)(const mhcp_each *e);
} mhcp_table;

/// The variants this binary has, the fastest first, and how many. Ask is_supported before use.
const mhcp_table *const *mhcp_variants(ptrdiff_t *count);

/// Waits, without sleeping, until `threads` threads have called it with the same counter, which starts at 0, or until
/// `spins` looks at it were in vain. Returns whether all came.
int mhcp_rendezvous(int32_t *counter, int32_t threads, int64_t spins);

/// Threads that wait for calls: each polls as often as it is told and then sleeps, as pools of threads do.
typedef struct mhcp_pool mhcp_pool;

/// A pool of `threads` - 1 threads beside the caller's, which poll `polls` times before they sleep; NULL without as many.
mhcp_pool *mhcp_pool_make(int32_t threads, int64_t polls);
/// Ends its threads.
void mhcp_pool_end(mhcp_pool *pool);
/// Calls all threads, waits until the last has come, and returns the seconds from the call to then.
double mhcp_pool_call(mhcp_pool *pool);

/// Calls `body` with 0 to threads - 1, each on a thread of its own, 0 on the caller's, and waits for all of them.
/// They are threads of their own and not a pool's, which may have none to spare, and on Linux each stays on a processor
/// of its own if there are enough. Returns whether there were enough
/// threads; where there were not, `body` was not called.
int mhcp_run(int32_t threads, void (*body)(void *context, int32_t thread), void *context);

#ifdef __cplusplus
}
#endif
