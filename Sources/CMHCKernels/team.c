#include "mhck_team.h"

#include <pthread.h>
#include <stdatomic.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
#define MHCK_ASAN 1
#endif
#endif

// One call at a time has the threads. Each part is taken once, whoever comes first; which thread runs a part changes
// nothing, as its memory goes with its number.
//
// `generation` tells the waiting threads of a new call. A thread that wakes late finds no part left and has touched
// nothing of the call: what the call's memory needs is that no thread is between taking a part and having run it, which
// `active` counts.
enum { largest_team = 256 };

// Waits this often for a neighbour before it sleeps: about the time in which a sleeping thread would be woken.
enum { patience = 2000 };

static pthread_mutex_t owner = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t wake = PTHREAD_COND_INITIALIZER;
static pthread_cond_t idle = PTHREAD_COND_INITIALIZER;

static size_t threads = 0;
static atomic_size_t generation = 0;
static atomic_size_t active = 0;

static size_t parts_now = 0;
static mhck_part part_now = NULL;
static const void *context_now = NULL;
static atomic_size_t next = 0;

static void relax(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

static void take_parts(size_t parts, mhck_part part, const void *context) {
  for (size_t index; (index = atomic_fetch_add(&next, 1)) < parts;) part(context, index);
}

static void *work(void *unused) {
  (void)unused;
  size_t seen = 0;
  for (;;) {
    for (int turn = 0; turn < patience && atomic_load(&generation) == seen; turn++) relax();
    pthread_mutex_lock(&lock);
    while (atomic_load(&generation) == seen) pthread_cond_wait(&wake, &lock);
    seen = atomic_load(&generation);
    atomic_fetch_add(&active, 1);
    const size_t parts = parts_now;
    const mhck_part part = part_now;
    const void *const context = context_now;
    pthread_mutex_unlock(&lock);

    take_parts(parts, part, context);

    pthread_mutex_lock(&lock);
    if (atomic_fetch_sub(&active, 1) == 1) pthread_cond_signal(&idle);
    pthread_mutex_unlock(&lock);
  }
  return NULL;
}

// With `lock` held. A thread that cannot be made is done without.
static void make_threads(size_t wanted) {
  while (threads < wanted && threads < largest_team) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, work, NULL) != 0) return;
    pthread_detach(thread);
    threads++;
  }
}

void mhck_team_run(size_t parts, mhck_part part, const void *context) {
  if (parts < 2 || pthread_mutex_trylock(&owner) != 0) {
    for (size_t index = 0; index < parts; index++) part(context, index);
    return;
  }
  pthread_mutex_lock(&lock);
  // A thread that woke late may still be looking for parts of the call before.
  while (atomic_load(&active) != 0) pthread_cond_wait(&idle, &lock);
  make_threads(parts - 1);
  parts_now = parts;
  part_now = part;
  context_now = context;
  atomic_store(&next, 0);
  atomic_fetch_add(&generation, 1);
  pthread_cond_broadcast(&wake);
  pthread_mutex_unlock(&lock);

  take_parts(parts, part, context);

  for (int turn = 0; turn < patience && atomic_load(&active) != 0; turn++) relax();
  pthread_mutex_lock(&lock);
  while (atomic_load(&active) != 0) pthread_cond_wait(&idle, &lock);
  pthread_mutex_unlock(&lock);
  pthread_mutex_unlock(&owner);
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
