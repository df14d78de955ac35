import CostModel
import Testing

/// Collectives in counts of messages and bytes, by hand and by sending every part.
@Suite struct MessageLoadTests {
  private func group(_ size: Int, stride: Int = 1, domain: Int = 8, fanOut: Double = 1) -> DeviceGroup {
    DeviceGroup(size: size, stride: stride, domain: domain, fanOut: fanOut)
  }

  @Test func `neighbours share a domain as far as it reaches, in whole shares`() {
    #expect([group(8).inside, group(8).domains] == [8, 1])
    #expect([group(32).inside, group(32).domains] == [8, 4])
    #expect([group(8, stride: 4).inside, group(8, stride: 4).domains] == [2, 4])
    #expect([group(4, stride: 8).inside, group(4, stride: 8).domains] == [1, 4])
    // Of 12 neighbours in domains of 8, no domain can hold more than 6 if all are to hold as many.
    #expect([group(12).inside, group(12).domains] == [6, 2])
    #expect([group(7, domain: 72).inside, group(7, domain: 72).domains] == [7, 1])
  }

  @Test func `a gather of 80 bytes over 2 domains of 8: 5 bytes cross in 1 message, then 70 in 7`() {
    let load = MessageLoad(.allGather, bytes: 80, over: group(16))
    #expect([load.networkMessages, load.networkBytes] == [1, 5])
    #expect([load.domainMessages, load.domainBytes] == [7, 70])
    let sum = MessageLoad(.allReduce, bytes: 80, over: group(16))
    #expect([sum.networkMessages, sum.networkBytes, sum.domainMessages, sum.domainBytes] == [2, 10, 14, 140])
  }

  @Test func `gather and scatter send (g-1)/g of the whole, whatever the domains, and all-reduce twice that`() {
    for (size, stride, domain) in [(2, 1, 8), (8, 1, 8), (16, 1, 8), (12, 1, 8), (64, 2, 8), (9, 1, 72), (5, 8, 8)] {
      let devices = group(size, stride: stride, domain: domain)
      for (collective, times) in [(Collective.allGather, 1.0), (.reduceScatter, 1), (.allReduce, 2)] {
        let load = MessageLoad(collective, bytes: 720, over: devices)
        let expected = times * 720 * Double(size - 1) / Double(size)
        #expect(abs(load.domainBytes + load.networkBytes - expected) < 1e-9)
      }
    }
  }

  /// Counts the hops of a token with each set of experts, from each device, as it is sent and handed on.
  @Test func `tokens go once to a domain and once to a device, as counted over every set of experts`() {
    for (inside, domains, experts, active) in [(4, 1, 8, 3), (2, 2, 8, 2), (1, 4, 8, 3), (2, 4, 16, 3), (3, 2, 6, 1)] {
      let devices = inside * domains
      let mixture = MixtureOfExperts(
        routedExperts: experts, activeExperts: active, sharedExperts: 0, expertIntermediate: 1, sharedIntermediate: 0)
      var (near, far, sets) = (0, 0, 0)
      for set in 0..<(1 << experts) where set.nonzeroBitCount == active {
        sets += 1
        let owners = Set((0..<experts).filter { set >> $0 & 1 == 1 }.map { $0 * devices / experts })
        for device in 0..<devices {
          far += Set(owners.map { $0 / inside }).subtracting([device / inside]).count
          // The counterpart in a domain hands on to the others there.
          near += owners.filter { $0 % inside != device % inside }.count
        }
      }
      let load = MessageLoad(
        tokens: 1, over: group(devices, domain: inside), domainReach: mixture.reach(ofShares: domains),
        deviceReach: mixture.reach(ofShares: devices))
      #expect(abs(load.networkBytes - Double(far) / Double(sets * devices)) < 1e-12)
      #expect(abs(load.domainBytes - Double(near) / Double(sets * devices)) < 1e-12)
      #expect(load.networkMessages == Double(domains - 1) && load.domainMessages == Double(inside - 1))
    }
  }

  @Test func `a ring takes a hop for every other device, over the network if any hop is`() {
    let near = MessageLoad(.ring, bytes: 10, over: group(4))
    #expect([near.domainMessages, near.domainBytes, near.networkBytes] == [3, 30, 0])
    let far = MessageLoad(.ring, bytes: 10, over: group(16))
    #expect([far.networkMessages, far.networkBytes, far.domainBytes] == [15, 150, 0])
  }

  @Test func `one device alone sends nothing`() {
    for fanOut in [1.0, 7] {
      for collective in Collective.allCases where collective != .send {
        #expect(MessageLoad(collective, bytes: 100, over: group(1, fanOut: fanOut)) == .none)
      }
    }
  }

  @Test func `of seven links, one to each other device, a message or a hop leaves six idle, a gather of k 8-k`() {
    func idle(_ collective: Collective, _ bytes: Double, _ size: Int) -> Double {
      MessageLoad(collective, bytes: bytes, over: group(size, fanOut: 7)).domainIdleBytes
    }
    #expect(idle(.send, 10, 2) == 6 * 10)
    #expect(idle(.ring, 10, 4) == 6 * 30)
    // Each device sends a share to each other: 840 / k bytes a link, of which k - 1 are used.
    for size in 2...8 {
      let expected = Double((8 - size) * 840 / size)
      #expect(
        abs(idle(.allGather, 840, size) - expected) < 1e-9 && abs(idle(.reduceScatter, 840, size) - expected) < 1e-9)
      #expect(abs(idle(.allReduce, 840, size) - 2 * expected) < 1e-9)
    }
    #expect(idle(.allGather, 840, 8) == 0)
    let tokens = MessageLoad(tokens: 10, over: group(4, fanOut: 7), domainReach: 1, deviceReach: 0.5)
    #expect(abs(tokens.domainIdleBytes - 4 * 5) < 1e-12)
    // Four domains of four: a gather hands on in its own, a message and a ring's slowest hop are the network's.
    let far = DeviceGroup(size: 16, stride: 1, domain: 4, fanOut: 3)
    #expect(MessageLoad(.allGather, bytes: 160, over: far).domainIdleBytes == 0)
    #expect(idle(.ring, 10, 16) == 0 && idle(.send, 10, 16) == 0)
    let twice = 2 * MessageLoad(.send, bytes: 10, over: group(2, fanOut: 7))
    #expect(twice.domainIdleBytes == 120 && (twice + twice).domainIdleBytes == 240)
  }

  @Test func `behind a switch, and where each of k devices reaches enough others, nothing idles`() {
    for size in [2, 4, 8, 16] {
      for collective in Collective.allCases {
        #expect(MessageLoad(collective, bytes: 720, over: group(size)).domainIdleBytes == 0)
      }
      let tokens = MessageLoad(tokens: 720, over: group(size), domainReach: 1, deviceReach: 1)
      #expect(tokens.domainIdleBytes == 0)
    }
    // Three links' worth of bandwidth are used up by three others.
    #expect(MessageLoad(.allGather, bytes: 720, over: group(4, fanOut: 3)).domainIdleBytes == 0)
    #expect(MessageLoad(.allGather, bytes: 720, over: group(8, fanOut: 3)).domainIdleBytes == 0)
    #expect(MessageLoad(.allGather, bytes: 720, over: group(3, fanOut: 3)).domainIdleBytes == 0.5 * 480)
  }
}
