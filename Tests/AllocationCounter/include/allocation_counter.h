/// Calls of malloc and its kin, counted for the thread that makes them.

#ifndef ALLOCATION_COUNTER_H
#define ALLOCATION_COUNTER_H

/// How often the calling thread has asked the C library for memory; -1 where calls are not counted.
///
/// Counted with glibc, and not under a sanitizer, which has an allocator of its own.
long allocation_count(void);

/// The largest request of the calling thread since the last call of this function; -1 where requests are not seen.
long allocation_largest(void);

#endif
