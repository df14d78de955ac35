// Threads that wait for work, and the probes of a machine: that they run and give what is known, not how fast.

#include <math.h>
#include <stdatomic.h>

#include "check.h"
#include "mhcp.h"

// MARK: Team

enum { most_parts = 9 };
static atomic_int ran[most_parts];

static void count_part(const void *context, size_t index) {
  atomic_fetch_add(&ran[index], *(const int *)context);
}

static void count_inner(const void *context, size_t index) {
  (void)index;
  // The threads are taken: these parts run one after the other.
  mhck_team_run(3, count_part, context);
}

void check_team(void) {
  now = (subject){.variant = "threads", .format = ""};
  begin("team", 0, 0, 0, "");
  const int step = 3;
  for (int call = 0; call < 500; call++) {
    const size_t parts = (size_t)(call % (most_parts + 1));
    for (int i = 0; i < most_parts; i++) atomic_store(&ran[i], 0);
    mhck_team_run(parts, count_part, &step);
    for (size_t i = 0; i < most_parts; i++)
      expect_number("runs of a part", (ptrdiff_t)i, atomic_load(&ran[i]), i < parts ? step : 0, 0);
  }
  for (int i = 0; i < most_parts; i++) atomic_store(&ran[i], 0);
  mhck_team_run(4, count_inner, &step);
  for (int i = 0; i < 3; i++) expect_number("runs of an inner part", i, atomic_load(&ran[i]), 4 * step, 0);
}

// MARK: Probes

static void check_memory(const mhcp_table *table, int reads, int writes, int store) {
  const ptrdiff_t count = 2 * MHCP_STEP, arrays = store == MHCP_IN_PLACE ? reads : reads + writes;
  tensor t = random_numbers(arrays * count, 0, -2, 2), before = copy_of(t);
  table->memory(floats(t), count, count, reads, writes, store, 1);
  begin("memory", 0, reads, writes, store == MHCP_STREAMING ? "streaming" : store == MHCP_IN_PLACE ? "in place" : "");
  for (ptrdiff_t at = 0; at < count; at++) {
    double mean = reads ? 0 : 1, magnitude = 2;
    for (int k = 0; k < reads; k++) {
      mean += get(before, k * count + at) / reads;
      magnitude += fabs(get(before, k * count + at)) / reads;
    }
    for (ptrdiff_t k = 0; k < arrays; k++) {
      const ptrdiff_t place = k * count + at;
      const int written = store == MHCP_IN_PLACE ? k < writes : k >= reads;
      const double made = store == MHCP_IN_PLACE ? 2 - mean : mean;
      if (written)
        expect_sum("written", t, place, made, magnitude, reads + 3);
      else
        expect("read", t, place, get(before, place), 0);
    }
  }
  release_all();
}

static void check_rows(const mhcp_table *table, int reads, int writes, int store, int products) {
  const ptrdiff_t tokens = 3, row = 48;
  tensor in = random_numbers(tokens * reads * row, 0, -2, 2), before = copy_of(in);
  tensor out = room(tokens * (writes ? writes : 1) * row, 0), untouched = copy_of(out);
  table->rows(floats(in), floats(out), tokens, row, reads, writes, store, products, 1);
  begin("rows", products, reads, writes, store == MHCP_STREAMING ? "streaming" : store == MHCP_IN_PLACE ? "in place" : "");
  for (ptrdiff_t t = 0; t < tokens; t++)
    for (ptrdiff_t at = 0; at < row; at++) {
      double mean = 0, magnitude = 2;
      for (int k = 0; k < reads; k++) {
        double one = get(before, (t * reads + k) * row + at);
        for (int p = 0; p < products; p++) one = one * 0.5 + 0.5;
        mean += one / reads;
        magnitude += (fabs(one) + 2) / reads;
      }
      for (int k = 0; k < writes; k++) {
        const int is_in_place = store == MHCP_IN_PLACE;
        expect_sum("written", is_in_place ? in : out, (t * (is_in_place ? reads : writes) + k) * row + at,
                   is_in_place ? 2 - mean : mean, magnitude, reads + 3 + 2 * products);
      }
    }
  if (writes == 0 || store == MHCP_IN_PLACE)
    for (ptrdiff_t i = 0; i < out.count; i++) expect("untouched", out, i, get(untouched, i), 0);
  release_all();
}

/// Rounds of vector work on ones, whose results are known.
static void check_vector(const mhcp_table *table, int work, ptrdiff_t first, double result, double bound) {
  tensor space = random_numbers(MHCP_VECTOR_FLOATS, 0, 1, 1);
  begin("vector", work, 0, 0, "");
  if (table->vector(floats(space), work, 2) <= 0) miss("no results");
  for (ptrdiff_t at = first; first >= 0 && at < first + 8; at++) expect("result", space, at, result, bound);
  release_all();
}

static void check_table(const mhcp_table *table) {
  now.variant = table->name;
  const int mixes[][2] = {{1, 0}, {4, 0}, {0, 1}, {1, 1}, {1, 4}, {4, 4}, {5, 4}, {9, 5}, {9, 8}, {3, 2}, {7, 3}};
  for (size_t i = 0; i < sizeof mixes / sizeof *mixes; i++) {
    const int reads = mixes[i][0], writes = mixes[i][1];
    for (int store = MHCP_ORDINARY; store <= MHCP_IN_PLACE; store++) {
      if (store == MHCP_IN_PLACE && writes > reads) continue;
      check_memory(table, reads, writes, store);
      if (reads == 0) continue;
      check_rows(table, reads, writes, store, 0);
      check_rows(table, reads, writes, store, 4);
    }
  }
  const ptrdiff_t half = MHCP_VECTOR_FLOATS / 4;
  check_vector(table, MHCP_MULTIPLY_ADD, 0, 1, 0);
  check_vector(table, MHCP_SMALL_PRODUCT, -1, 0, 0);
  // Its polynomial has three digits.
  check_vector(table, MHCP_EXPONENTIAL, half, exp(1), 1e-3 * exp(1));
  check_vector(table, MHCP_DIVISION, half, 3, 0);
  check_vector(table, MHCP_SQUARE_ROOT, half, 1, 0);
  // Two bfloat16 ones side by side, 0x3F803F80, read as one float.
  check_vector(table, MHCP_ROUNDING, half, 1.0019378662109375, 0);
  check_vector(table, MHCP_WIDENING, -1, 0, 0);
  check_vector(table, MHCP_JOINT_PRODUCT, -1, 0, 0);
  // Rows of four ones, again and again divided by their sums.
  check_vector(table, MHCP_DEPENDENT_DIVISION, 0, 0.25, 0);
  check_vector(table, MHCP_LANE_MOVE, MHCP_VECTOR_FLOATS / 2, 2, 0);
  check_vector(table, MHCP_PAUSE, 0, 1, 0);
}

static int32_t met;
static atomic_int came;

static void meet(void *context, int32_t thread) {
  (void)context;
  if (!mhcp_rendezvous(&met, 2, 1 << 24)) miss("threads do not meet");
  atomic_fetch_add(&came, 1 << thread);
}

void check_probes(void) {
  now = (subject){.variant = "", .format = "probes"};
  ptrdiff_t count;
  const mhcp_table *const *tables = mhcp_variants(&count);
  for (ptrdiff_t i = 0; i < count; i++)
    if (tables[i]->is_supported()) check_table(tables[i]);
  now.variant = "threads";
  begin("pool", 0, 0, 0, "");
  if (!mhcp_run(2, meet, NULL)) miss("no two threads");
  expect_number("threads that came", 0, atomic_load(&came), 3, 0);
  const int64_t polls[] = {0, 100000};
  for (int i = 0; i < 2; i++) {
    mhcp_pool *pool = mhcp_pool_make(3, polls[i]);
    if (!pool) miss("no pool");
    for (int call = 0; call < 20; call++)
      if (!(mhcp_pool_call(pool) >= 0)) miss("a call took no time");
    mhcp_pool_end(pool);
  }
}
