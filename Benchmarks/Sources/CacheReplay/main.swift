// Runs one case of `mhc-plan validate` so many times, for scripts/dram-traffic to look at under a cache simulator, and
// prints the bytes that one run loads and stores beyond the last cache by the ledger.
//
//     CacheReplay CASE TIMES CACHE_BYTES
//
// A program of its own: valgrind cannot run the threads that an asynchronous main begins with.

import Validation

let arguments = CommandLine.arguments
guard arguments.count == 4, let times = Int(arguments[2]), let cache = Int(arguments[3]),
  let found = try Replay.run(arguments[1], times: times, cacheBytes: cache)
else { fatalError("CacheReplay CASE TIMES CACHE_BYTES, with the name of a timed case") }
print(found.loadedBytes, found.storedBytes)
