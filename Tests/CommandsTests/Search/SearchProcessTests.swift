import TestSupport
import Testing

@testable import Commands

@Suite struct `The search command` {
  static let line = "search mhc-27b --hardware h200 --devices 8 --global-batch 16 --tensor 1,2 --context 1 --zero 1,3"

  @Test func `prints plans whose command lines give the same figures`() throws {
    let document = try Tool.run(Self.line + " --json").document()
    let prices = (document["prices"]?.elements ?? []) + (document["questions"]?.elements ?? [])
    let plans =
      (document["best"]?.elements ?? []) + (document["frontier"]?.elements ?? []) + prices.compactMap { $0["plan"] }
    #expect(document["best"]?.elements.isEmpty == false)
    #expect(
      Set(document["questions"]?.elements.compactMap { $0["question"]?.string } ?? []) == [
        "moreMemory:1073741824", "residual", "streams:2",
      ])
    let commands = Set(plans.compactMap { $0["command"]?.string })
    #expect(commands.count > 10)
    for plan in plans {
      let command = try #require(plan["command"]?.string)
      let run = try Tool.run(String(command.dropFirst("mhc-plan ".count)) + " --json")
      #expect(run.code == 0, "\(command): \(run.stderr)")
      let made = try run.document()
      for (key, path) in [
        ("peakBytes", "memory.peakBytes"), ("marginBytes", "verdict.marginBytes"),
        ("budgetBytes", "verdict.budgetBytes"), ("stepSeconds.low", "time.stepSeconds.low"),
        ("stepSeconds.expected", "time.stepSeconds.expected"), ("stepSeconds.high", "time.stepSeconds.high"),
        ("overheadFraction.expected", "time.overheadFraction.expected"), ("bubbleFraction", "time.bubbleFraction"),
      ] {
        let (found, expected) = (plan[key]?.double, made[path]?.double)
        #expect(found != nil && found == expected, "\(command): \(key)")
      }
      #expect(made["request.devices"]?.int == 8)
    }
  }

  @Test func `is best first, its frontier takes less and less memory, and every price is at least nothing`() throws {
    let document = try Tool.run(Self.line + " --json").document()
    let best = (document["best"]?.elements ?? []).compactMap { $0["stepSeconds.expected"]?.double }
    #expect(best == best.sorted())
    let frontier = document["frontier"]?.elements ?? []
    let (times, peaks) = (
      frontier.compactMap { $0["stepSeconds.expected"]?.double }, frontier.compactMap { $0["peakBytes"]?.int }
    )
    #expect(times.count > 2)
    #expect(zip(times, times.dropFirst()).allSatisfy { $0 < $1 })
    #expect(zip(peaks, peaks.dropFirst()).allSatisfy { $0 > $1 })
    #expect(times.first == best.first)
    let prices = document["prices"]?.elements ?? []
    #expect(prices.contains { $0["costFraction"]?.double == 0 })
    #expect(prices.compactMap { $0["costFraction"]?.double }.allSatisfy { $0 >= 0 })
    #expect(document["complete"]?.bool == true)
  }

  @Test func `prints the same whatever the number of threads`() throws {
    let one = try Tool.run(Self.line + " --threads 1 --json")
    #expect(one.code == 0)
    #expect(try Tool.run(Self.line + " --threads 7 --json").stdout == one.stdout)
  }

  @Test func `passes on to every plan what is switched off`() throws {
    let line =
      "search mhc-27b --hardware h200 --devices 8 --global-batch 16 --data 4 --tensor 1 --pipeline 2 --context 1 --expert 4 "
      + "--microbatch 1 --zero 1 --schedule dualpipe --layer-recompute none --recompute auto --json"
    func step(_ flags: String) throws -> (seconds: Double, command: String) {
      let best = try #require(try Tool.run("\(line) \(flags)").document()["best"]?.elements.first)
      return (
        try #require(best["stepSeconds.expected"]?.double), try #require(best["command"]?.string)
      )
    }
    let all = try step("")
    #expect(!all.command.contains("--no-"))
    let waiting = try step("--no-overlap")
    #expect(waiting.command.hasSuffix("--no-overlap") && waiting.seconds > all.seconds)
    let plan = try Tool.run(waiting.command.dropFirst("mhc-plan ".count) + " --json").document()
    #expect(plan["time.stepSeconds.expected"]?.double == waiting.seconds)
    for flag in ["--no-decouple-recompute", "--no-prioritize-merge", "--no-preempt-attention", "--no-send-within-pair"]
    {
      let one = try step(flag)
      #expect(one.command.hasSuffix(flag) && one.seconds >= all.seconds)
    }
  }

  @Test func `exits with 2 where nothing fits, and says what comes nearest`() throws {
    let large = try Tool.run("search deepseek-v3 --hardware l40s --devices 8 --global-batch 8 --context 1")
    #expect(large.code == 2)
    #expect(large.stdout.contains("NOTHING FITS: the plan with the least memory takes"))
    #expect(large.stdout.contains("mhc-plan plan deepseek-v3 --hardware l40s --data"))
    let odd = try Tool.run("search llama-3-8b --hardware h200 --devices 37 --global-batch 64 --json")
    #expect(odd.code == 2)
    let reason = try odd.document()["nearest.reason"]?.string
    #expect(reason?.contains("--global-batch: expected a multiple of microbatch × data = 37") == true)
  }

  @Test(
    arguments: [
      ("--tensor 1,x", ["--tensor", "whole numbers such as 1,2,4", "'1,x'"]),
      ("--tensor 0", ["--tensor", "expected 1 to"]),
      ("--zero 1,4", ["--zero", "expected 0 to 3, found 4"]),
      ("--fusion papr", ["--fusion", "did you mean 'paper'"]),
      ("--streams 65", ["--streams", "expected 1 to 64"]),
      ("--shard 5/4 --jsonl", ["--shard", "3/16", "'5/4'"]),
      ("--shard 1/4", ["--shard", "--jsonl"]),
      ("--json --jsonl", ["--jsonl"]),
      ("--top 0", ["--top", "expected 1 to 1000"]),
      ("--connection kromhc --streams 3", ["--streams", "kromhc"]),
      ("--devises 4", ["--devises", "did you mean '--devices'"]),
    ])
  func `refuses what it cannot search`(options: String, words: [String]) throws {
    expectRefusal(
      try Tool.run("search llama-3-8b --hardware h200 --devices 8 --global-batch 8 \(options)"), 64, mentions: words)
  }

  #if os(Linux)
    @Test func `prints the best so far when it is interrupted, marked as incomplete`() throws {
      // The signal is sent once the process has a handler for it. In full, this search takes minutes.
      let script = """
        "$0" search deepseek-v3 --hardware h200 --devices 2048 --global-batch 8192 --threads 1 &
        until mask=$(sed -n 's/^SigCgt:[[:space:]]*//p' /proc/$!/status 2>/dev/null) && (( 0x${mask:-0} & 2 )); do
          kill -0 $! || break
          sleep 0.05
        done
        kill -INT $!
        wait $!
        """
      let run = try Tool.shell(script)
      #expect(run.code == 130, "\(run.stderr)")
      #expect(run.stdout.contains("INCOMPLETE"))
      #expect(run.stderr.contains("interrupted"))
    }
  #endif
}
