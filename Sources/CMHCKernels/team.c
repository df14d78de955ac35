#include "mhck_team.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <time.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
#define MHCK_ASAN 1
#endif
#endif

// One call at a time has the threads. Each part is taken once, whoever comes first; which thread runs a part changes
// nothing, as its memory goes with its number.
//
// A ticket is one word: the number of the call, how many parts it has, and how many were taken. Taking a part is adding
// one to it, and tells in the same instant which call the part is of: a thread that wakes late takes nothing of the call it
// woke for, or a part of the next one, and both are right. A call's description is written before its ticket, and stays
// until all of its parts are done, so whoever holds a part may read it. Nobody takes a lock while others poll: a lock
// for each thread and call cost more than the smaller kernels.
enum { largest_team = 256 };

// Looks this often for a neighbour without a pause in between: about the time in which a sleeping thread would be woken.
enum { patience = 2000 };
// After that it looks again whenever nobody else wants the processor, for as long as this, and then sleeps. What lies between two
// calls of a step is mostly shorter, and waking takes 20 to 45 us. Products of OpenBLAS meanwhile took as long as before.
enum { courtesy_ns = 1000000, looks = 16 };

static atomic_flag taken = ATOMIC_FLAG_INIT;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t wake = PTHREAD_COND_INITIALIZER;
static pthread_cond_t idle = PTHREAD_COND_INITIALIZER;

static size_t threads = 0;
static _Atomic uint64_t ticket = 0;
static atomic_size_t done = 0;
static atomic_size_t sleepers = 0;
static atomic_int caller_sleeps = 0;

static mhck_part part_now = NULL;
static const void *context_now = NULL;

static uint64_t call_of(uint64_t word) { return word >> 32; }
static size_t parts_of(uint64_t word) { return word >> 16 & 0xFFFF; }
static size_t next_of(uint64_t word) { return word & 0xFFFF; }

static void relax(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

static int has_other_call(uint64_t seen) { return call_of(atomic_load(&ticket)) != seen; }
static int is_done(uint64_t parts) { return atomic_load(&done) == parts; }

static int64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/// Waits awake for what is to come about, and tells whether it did: it may take too long.
static int waits_awake(int (*has_come)(uint64_t), uint64_t what) {
  for (int turn = 0; turn < patience; turn++) {
    if (has_come(what)) return 1;
    relax();
  }
  for (const int64_t start = now_ns(); now_ns() - start < courtesy_ns;) {
    for (int look = 0; look < looks; look++) {
      if (has_come(what)) return 1;
      sched_yield();
    }
  }
  return has_come(what);
}

/// Runs parts until none is left, and tells the last call that was seen.
static uint64_t take_parts(void) {
  for (;;) {
    // Looked at first, or threads that find nothing would count the ticket up for ever.
    const uint64_t seen = atomic_load(&ticket);
    if (next_of(seen) >= parts_of(seen)) return call_of(seen);
    const uint64_t mine = atomic_fetch_add(&ticket, 1);
    if (next_of(mine) >= parts_of(mine)) return call_of(mine);
    part_now(context_now, next_of(mine));
    if (atomic_fetch_add(&done, 1) + 1 == parts_of(mine) && atomic_load(&caller_sleeps)) {
      pthread_mutex_lock(&lock);
      pthread_cond_signal(&idle);
      pthread_mutex_unlock(&lock);
    }
  }
}

static void *work(void *unused) {
  (void)unused;
  uint64_t seen = 0;
  for (;;) {
    if (!waits_awake(has_other_call, seen)) {
      pthread_mutex_lock(&lock);
      // The caller looks for sleepers after it has written its ticket, and a sleeper for a ticket after this.
      atomic_fetch_add(&sleepers, 1);
      while (!has_other_call(seen)) pthread_cond_wait(&wake, &lock);
      atomic_fetch_sub(&sleepers, 1);
      pthread_mutex_unlock(&lock);
    }
    seen = take_parts();
  }
  return NULL;
}

// A thread that cannot be made is done without.
static void make_threads(size_t wanted) {
  while (threads < wanted && threads < largest_team) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, work, NULL) != 0) return;
    pthread_detach(thread);
    threads++;
  }
}

void mhck_team_run(size_t parts, mhck_part part, const void *context) {
  if (parts < 2 || parts > 0x7FFF || atomic_flag_test_and_set(&taken)) {
    for (size_t index = 0; index < parts; index++) part(context, index);
    return;
  }
  make_threads(parts - 1);
  part_now = part;
  context_now = context;
  atomic_store(&done, 0);
  const uint64_t call = (call_of(atomic_load(&ticket)) + 1) & 0xFFFFFFFF;
  atomic_store(&ticket, call << 32 | (uint64_t)parts << 16);
  if (atomic_load(&sleepers) != 0) {
    pthread_mutex_lock(&lock);
    pthread_cond_broadcast(&wake);
    pthread_mutex_unlock(&lock);
  }

  take_parts();

  if (!waits_awake(is_done, parts)) {
    pthread_mutex_lock(&lock);
    atomic_store(&caller_sleeps, 1);
    while (!is_done(parts)) pthread_cond_wait(&idle, &lock);
    atomic_store(&caller_sleeps, 0);
    pthread_mutex_unlock(&lock);
  }
  atomic_flag_clear(&taken);
}

void mhck_forbid(const void *start, size_t bytes) {
#if MHCK_ASAN
  ASAN_POISON_MEMORY_REGION(start, bytes);
#else
  (void)start;
  (void)bytes;
#endif
}

void mhck_permit(const void *start, size_t bytes) {
#if MHCK_ASAN
  ASAN_UNPOISON_MEMORY_REGION(start, bytes);
#else
  (void)start;
  (void)bytes;
#endif
}
