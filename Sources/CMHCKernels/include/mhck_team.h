// Threads that wait for work, shared by the process.

#ifndef MHCK_TEAM_H
#define MHCK_TEAM_H

#include <stddef.h>

/// One part of the work: what all parts share, and the number of this one.
typedef void (*mhck_part)(const void *_Nonnull context, size_t index);

/// Runs every part once, on as many threads as there are parts, the caller's among them, and waits for all.
///
/// Threads are made when they are first needed and then wait for the next call: no call allocates after the first of its
/// size. While one call runs, another, of any thread, runs its parts one after the other itself.
void mhck_team_run(size_t parts, mhck_part _Nonnull part, const void *_Nonnull context);

/// Says that a range of memory may not be touched, or may be again, to the address sanitizer where there is one.
void mhck_forbid(const void *_Nonnull start, size_t bytes);
void mhck_permit(const void *_Nonnull start, size_t bytes);

#endif
