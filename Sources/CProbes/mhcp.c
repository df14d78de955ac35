#if defined(__linux__)
#define _GNU_SOURCE
#endif
#include "mhcp.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <time.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#pragma clang diagnostic ignored "-Wpass-failed"
#pragma clang diagnostic ignored "-Wpsabi"

#define INLINE static inline __attribute__((always_inline))
// Products and sums may be contracted to multiply-adds, and lanes of a sum be added in any order.
#define FAST _Pragma("clang fp contract(fast) reassociate(on)")
// The compiler may assume nothing of memory across it.
#define BARRIER() __asm__ volatile("" ::: "memory")

// The compiler may assume nothing of a number.
#if defined(__x86_64__)
#define MHCP_OPAQUE(value) __asm__("" : "+x"(value))
#define MHCP_PAUSE_NOW() __builtin_ia32_pause()
#elif defined(__aarch64__)
#define MHCP_OPAQUE(value) __asm__("" : "+w"(value))
#define MHCP_PAUSE_NOW() __asm__ volatile("yield")
#else
#define MHCP_OPAQUE(value) __asm__("" : "+m"(value))
#define MHCP_PAUSE_NOW() BARRIER()
#endif

typedef float v16 __attribute__((vector_size(64)));
// The function's frame begins with a line of the cache: a vector kept across a page's end would wait for all stores before it.
#define ALIGNED_FRAME() v16 frame; __asm__ volatile("" : "=m"(frame));
typedef int32_t i16x32 __attribute__((vector_size(64)));
typedef uint32_t u16x32 __attribute__((vector_size(64)));
typedef uint16_t u16x16 __attribute__((vector_size(32)));
typedef uint16_t u32x16 __attribute__((vector_size(64)));

// Whether what follows is for a processor with tiles.
#define PRODUCT_TILES 0

#if defined(__x86_64__)

#define MHCP_FENCE() __builtin_ia32_sfence()
// Intel's cores follow rows of any length, and for them stores past the caches are not spread.
#define MHCP_IS_INTEL() (__builtin_cpu_is("intel") != 0)
// AMD's cores with two multiply-adds of AVX-512 a cycle make nothing of fetches to the cache after the nearest.
#define MHCP_IS_ZEN5() (!MHCP_IS_INTEL() && __builtin_cpu_supports("avx512vp2intersect"))

#include <cpuid.h>
#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

/// Whether the processor has tiles of bfloat16 and the system grants them, which it has to be asked for once.
static int mhcp_have_tiles(void) {
  static int asked = -1;
  int have = __atomic_load_n(&asked, __ATOMIC_RELAXED);
  if (have >= 0) return have;
  have = 0;
#if defined(SYS_arch_prctl)
  unsigned a, b, c, d;
  // ARCH_REQ_XCOMP_PERM for XFEATURE_XTILEDATA.
  have = __get_cpuid_count(7, 0, &a, &b, &c, &d) && (d >> 22 & 1) && (d >> 24 & 1) &&
         syscall(SYS_arch_prctl, 0x1023L, 18L) == 0;
#endif
  __atomic_store_n(&asked, have, __ATOMIC_RELAXED);
  return have;
}

/// float32 to bfloat16 by the processor's own instruction, where it has one; `otherwise` where not.
__attribute__((target("arch=x86-64-v4,avx512bf16,no-prefer-256-bit"))) static ptrdiff_t mhcp_hardware_rounding(
    float *space, ptrdiff_t rounds) {
  const ptrdiff_t half = MHCP_VECTOR_FLOATS / 4;
  for (ptrdiff_t round = 0; round < rounds; round++) {
    BARRIER();
    for (ptrdiff_t at = 0; at < half; at += 16)
      *(__m256bh *)(space + half + at) = _mm512_cvtneps_pbh(*(const __m512 *)(space + at));
  }
  return half;
}
#define MHCP_HARDWARE_ROUNDING(space, rounds, otherwise) \
  (__builtin_cpu_supports("avx512bf16") ? mhcp_hardware_rounding(space, rounds) : otherwise(space, rounds))

// Rows of bfloat16 by the same processors: where products of pairs of it are worth taking, and where they are not.
#pragma clang attribute push(__attribute__((target("arch=x86-64-v4,avx512bf16,no-prefer-256-bit"))), apply_to = function)
#define TRAFFIC_ONLY_BF16
#include "sizes_wide.inc"
#define TRAFFIC_NAME(name) mhcp_rounds_##name
#define T_MULTIPLIES 0
#include "traffic_formats.inc"
#undef TRAFFIC_NAME
#undef T_MULTIPLIES
#define TRAFFIC_NAME(name) mhcp_hardware_##name
#define T_MULTIPLIES 1
#include "traffic_formats.inc"
#undef TRAFFIC_NAME
#include "sizes_end.inc"
#undef TRAFFIC_ONLY_BF16
#pragma clang attribute pop

// And where they multiply tiles of it as well.
#undef PRODUCT_TILES
#define PRODUCT_TILES 1
#pragma clang attribute push(__attribute__((target("arch=x86-64-v4,avx512bf16,amx-tile,amx-bf16,no-prefer-256-bit"))), \
                             apply_to = function)
#define TRAFFIC_ONLY_BF16
#define TRAFFIC_NAME(name) mhcp_tiles_##name
#include "sizes_wide.inc"
#include "traffic_formats.inc"
#undef TRAFFIC_NAME
#include "sizes_end.inc"
#undef TRAFFIC_ONLY_BF16
#pragma clang attribute pop
#undef PRODUCT_TILES
#define PRODUCT_TILES 0
#undef T_MULTIPLIES

#define MHCP_HARDWARE(name, call, passes, otherwise)                                            \
  (!__builtin_cpu_supports("avx512bf16") ? otherwise(call, passes)                              \
   : mhcp_have_tiles()                   ? mhcp_tiles_bf16_##name(call, passes)                 \
   : __builtin_cpu_is("intel")           ? mhcp_rounds_bf16_##name(call, passes)                \
                                         : mhcp_hardware_bf16_##name(call, passes))
#define MHCP_HARDWARE_TRAFFIC(t, passes, otherwise) MHCP_HARDWARE(traffic, t, passes, otherwise)
#define MHCP_HARDWARE_SKINNY(s, passes, otherwise) MHCP_HARDWARE(skinny, s, passes, otherwise)

#define MHCP(name) mhcp_avx512_##name
#define MHCP_NAME "avx512"
#define CHAINS 12
#define LANES 16
#include "sizes_wide.inc"
#pragma clang attribute push(__attribute__((target("arch=x86-64-v4,no-prefer-256-bit"))), apply_to = function)
#include "probes.inc"
#pragma clang attribute pop
static int mhcp_avx512_is_supported(void) { return __builtin_cpu_supports("x86-64-v4"); }
#undef MHCP_HARDWARE_ROUNDING
#undef MHCP_HARDWARE_TRAFFIC
#undef MHCP_HARDWARE_SKINNY
#undef MHCP
#undef MHCP_NAME
#undef CHAINS
#undef LANES
#include "sizes_end.inc"

#define MHCP(name) mhcp_avx2_##name
#define MHCP_NAME "avx2"
#define CHAINS 10
#define LANES 8
#define PRODUCT_PAIRS 0
#define PRODUCT_OUTPUTS 8
#define PRODUCT_LANES 8
#define PRODUCT_ROWS 4
#define PRODUCT_TALL 6
#define PRODUCT_SHORT 5
#define PRODUCT_PART 8
#pragma clang attribute push(__attribute__((target("arch=x86-64-v3"))), apply_to = function)
#include "probes.inc"
#pragma clang attribute pop
static int mhcp_avx2_is_supported(void) { return __builtin_cpu_supports("x86-64-v3"); }
#undef MHCP
#undef MHCP_NAME
#undef CHAINS
#undef LANES
#include "sizes_end.inc"

#else
#define MHCP_FENCE() __atomic_thread_fence(__ATOMIC_SEQ_CST)
#define MHCP_IS_INTEL() 0
#define MHCP_IS_ZEN5() 0
#endif

#define MHCP(name) mhcp_baseline_##name
#if defined(__aarch64__)
#define MHCP_NAME "neon"
#define PRODUCT_ROWS 4
#define PRODUCT_PART 8
#else
#define MHCP_NAME "baseline"
#define PRODUCT_ROWS 2
#define PRODUCT_PART 4
#endif
#define CHAINS 8
#define LANES 4
#define PRODUCT_PAIRS 0
#define PRODUCT_OUTPUTS 4
#define PRODUCT_LANES 4
#define PRODUCT_TALL 4
#define PRODUCT_SHORT 4
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
    MHCP_PAUSE_NOW();
    // Whoever is missing may be waiting for this processor.
    if (spin > 1 << 12) sched_yield();
  }
  return 0;
}

#define MAXIMUM_THREADS 1024

// Places for threads: a processor for each, as long as they last. The scheduler may otherwise leave two that wait for
// each other on one processor for as long as a sample takes.
#if defined(__linux__)
typedef struct {
  cpu_set_t before, allowed;
  int32_t count;
} mhcp_places;

static void mhcp_places_init(mhcp_places *places, int32_t threads) {
  places->count = 0;
  if (sched_getaffinity(0, sizeof places->before, &places->before) != 0) return;
  places->allowed = places->before;
  if (CPU_COUNT(&places->allowed) >= threads) places->count = threads;
}

static int mhcp_place(const mhcp_places *places, int32_t thread, cpu_set_t *set) {
  if (thread >= places->count) return 0;
  int32_t seen = 0;
  for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
    if (!CPU_ISSET(cpu, &places->allowed) || seen++ < thread) continue;
    CPU_ZERO(set);
    CPU_SET(cpu, set);
    return 1;
  }
  return 0;
}

static void mhcp_enter(const mhcp_places *places, int32_t thread) {
  cpu_set_t set;
  if (mhcp_place(places, thread, &set)) sched_setaffinity(0, sizeof set, &set);
}

static void mhcp_leave(const mhcp_places *places) {
  if (places->count > 0) sched_setaffinity(0, sizeof places->before, &places->before);
}
#else
typedef struct {
  int32_t count;
} mhcp_places;
static void mhcp_places_init(mhcp_places *places, int32_t threads) { places->count = 0; }
static void mhcp_enter(const mhcp_places *places, int32_t thread) {}
static void mhcp_leave(const mhcp_places *places) {}
#endif

typedef struct {
  pthread_mutex_t gate;
  mhcp_places places;
  int may_run;
  void (*body)(void *context, int32_t thread);
  void *context;
} mhcp_call;

typedef struct {
  mhcp_call *call;
  int32_t number;
} mhcp_thread;

static void *mhcp_start(void *argument) {
  const mhcp_thread *thread = argument;
  mhcp_call *call = thread->call;
  // Closed until all threads are there, or it is known that they will not be.
  pthread_mutex_lock(&call->gate);
  int may_run = call->may_run;
  pthread_mutex_unlock(&call->gate);
  if (!may_run) return NULL;
  mhcp_enter(&call->places, thread->number);
  call->body(call->context, thread->number);
  return NULL;
}

int mhcp_run(int32_t threads, void (*body)(void *context, int32_t thread), void *context) {
  if (threads < 1 || threads > MAXIMUM_THREADS) return 0;
  mhcp_call call = {.gate = PTHREAD_MUTEX_INITIALIZER, .may_run = 0, .body = body, .context = context};
  mhcp_places_init(&call.places, threads);
  pthread_t handles[MAXIMUM_THREADS];
  mhcp_thread others[MAXIMUM_THREADS];
  int32_t started = 1;
  pthread_mutex_lock(&call.gate);
  for (; started < threads; started++) {
    others[started] = (mhcp_thread){&call, started};
    if (pthread_create(&handles[started], NULL, mhcp_start, &others[started]) != 0) break;
  }
  call.may_run = started == threads;
  pthread_mutex_unlock(&call.gate);
  if (call.may_run) {
    mhcp_enter(&call.places, 0);
    body(context, 0);
    mhcp_leave(&call.places);
  }
  for (int32_t thread = 1; thread < started; thread++) pthread_join(handles[thread], NULL);
  return call.may_run;
}

struct mhcp_pool {
  pthread_mutex_t lock;
  pthread_cond_t wake;
  int64_t polls;
  int32_t threads, started;
  // Of calls so far, of threads that came to the present one, and whether there will be no more.
  uint32_t calls;
  int32_t come;
  int32_t ended;
  pthread_t handles[];
};

static void *mhcp_pool_wait(void *argument) {
  mhcp_pool *pool = argument;
  uint32_t seen = 0;
  for (;;) {
    for (int64_t poll = 0; poll < pool->polls && __atomic_load_n(&pool->calls, __ATOMIC_ACQUIRE) == seen; poll++)
      MHCP_PAUSE_NOW();
    if (__atomic_load_n(&pool->calls, __ATOMIC_ACQUIRE) == seen) {
      pthread_mutex_lock(&pool->lock);
      while (__atomic_load_n(&pool->calls, __ATOMIC_ACQUIRE) == seen) pthread_cond_wait(&pool->wake, &pool->lock);
      pthread_mutex_unlock(&pool->lock);
    }
    seen++;
    if (__atomic_load_n(&pool->ended, __ATOMIC_ACQUIRE)) return NULL;
    __atomic_add_fetch(&pool->come, 1, __ATOMIC_ACQ_REL);
  }
}

static void mhcp_pool_signal(mhcp_pool *pool) {
  pthread_mutex_lock(&pool->lock);
  __atomic_add_fetch(&pool->calls, 1, __ATOMIC_ACQ_REL);
  pthread_cond_broadcast(&pool->wake);
  pthread_mutex_unlock(&pool->lock);
}

mhcp_pool *mhcp_pool_make(int32_t threads, int64_t polls) {
  if (threads < 1 || threads > MAXIMUM_THREADS) return NULL;
  mhcp_pool *pool = calloc(1, sizeof *pool + (size_t)threads * sizeof(pthread_t));
  if (!pool) return NULL;
  pthread_mutex_init(&pool->lock, NULL);
  pthread_cond_init(&pool->wake, NULL);
  pool->polls = polls;
  pool->threads = threads;
  for (; pool->started < threads - 1; pool->started++)
    if (pthread_create(&pool->handles[pool->started], NULL, mhcp_pool_wait, pool) != 0) break;
  if (pool->started == threads - 1) return pool;
  mhcp_pool_end(pool);
  return NULL;
}

void mhcp_pool_end(mhcp_pool *pool) {
  if (!pool) return;
  __atomic_store_n(&pool->ended, 1, __ATOMIC_RELEASE);
  mhcp_pool_signal(pool);
  for (int32_t thread = 0; thread < pool->started; thread++) pthread_join(pool->handles[thread], NULL);
  pthread_mutex_destroy(&pool->lock);
  pthread_cond_destroy(&pool->wake);
  free(pool);
}

static double mhcp_now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

double mhcp_pool_call(mhcp_pool *pool) {
  const double start = mhcp_now();
  __atomic_store_n(&pool->come, 0, __ATOMIC_RELEASE);
  mhcp_pool_signal(pool);
  while (__atomic_load_n(&pool->come, __ATOMIC_ACQUIRE) < pool->threads - 1) MHCP_PAUSE_NOW();
  return mhcp_now() - start;
}
