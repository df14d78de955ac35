import Testing

@Suite struct ValidateProcessTests {
  @Test func `lists at least two hundred timed cases, and every scope`() throws {
    let run = try Tool.run("validate --list")
    #expect(run.code == 0 && run.stderr.isEmpty)
    let names = run.stdout.split(separator: "\n").map(String.init)
    let others = ["memory/", "resident/", "counts/"]
    let timed = names.filter { name in name != "sweep" && !others.contains { name.hasPrefix($0) } }
    #expect(timed.count >= 200)
    for scope in others + ["step/", "forward/", "backward/", "recompute/", "merge/"] {
      #expect(names.contains { $0.hasPrefix(scope) }, "\(scope)")
    }
    #expect(Set(names).count == names.count)
    let some = try Tool.run("validate --list --quick --case recompute/hc/fused")
    #expect(some.stdout.split(separator: "\n").allSatisfy { $0.contains("recompute/hc/fused") } && !some.stdout.isEmpty)
  }

  @Test func `refuses a case that is not there and a profile without rates`() throws {
    expectRefusal(try Tool.run("validate --case nothing-like-it"), 64, mentions: ["--case", "nothing-like-it"])
    expectRefusal(try Tool.run("validate --hardware h200"), 65, mentions: ["measurement", "mhc-plan measure"])
    expectRefusal(try Tool.run("validate --hardware no-such"), 64, mentions: ["no-such"])
    // Before the minutes of the run, not after them.
    expectRefusal(try Tool.run("validate --page no-such-folder"), 1, mentions: ["no-such-folder/", "folder"])
  }
}
