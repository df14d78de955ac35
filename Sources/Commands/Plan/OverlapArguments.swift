import ArgumentParser
import Schedules

/// What runs beside computing, as options; each is on.
struct OverlapArguments: ParsableArguments {
  @Flag(inversion: .prefixedNo, help: "Messages run beside computing; otherwise stages wait for them.")
  var overlap = true
  @Flag(inversion: .prefixedNo, help: "Recompute of a block need not wait for the gradient from the next stage.")
  var decoupleRecompute = true
  @Flag(inversion: .prefixedNo, help: "F_post,res of feed-forward layers on a stream of high priority (DualPipe).")
  var prioritizeMerge = true
  @Flag(inversion: .prefixedNo, help: "Attention kernels give way to that stream.") var preemptAttention = true
  @Flag(inversion: .prefixedNo, help: "A message of DualPipe's overlapped passes leaves before both have ended.")
  var sendWithinPair = true

  var options: OverlapOptions {
    OverlapOptions(
      decouplesRecompute: decoupleRecompute, prioritizesMerge: prioritizeMerge, preemptsAttention: preemptAttention,
      sendsWithinPair: sendWithinPair, overlapsCommunication: overlap)
  }
}

extension OverlapOptions {
  /// The flags that turn off what is off.
  var flags: [String] {
    let switches = [
      (overlapsCommunication, "--no-overlap"), (decouplesRecompute, "--no-decouple-recompute"),
      (prioritizesMerge, "--no-prioritize-merge"), (preemptsAttention, "--no-preempt-attention"),
      (sendsWithinPair, "--no-send-within-pair"),
    ]
    return switches.filter { !$0.0 }.map(\.1)
  }
}
