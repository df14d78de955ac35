import CostModel
import Testing

/// Collectives in counts of messages and bytes, by hand and by sending every part.
@Suite struct MessageLoadTests {
  private func group(_ size: Int, stride: Int = 1, domain: Int = 8) -> DeviceGroup {
    DeviceGroup(size: size, stride: stride, domain: domain)
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

  /// Every device has one part for each other; a part for a device in another domain goes by the counterpart there.
  @Test func `an all-to-all sends what sending every part by its way sends`() {
    for (inside, domains) in [(8, 1), (8, 4), (1, 6), (4, 2), (3, 5)] {
      let load = MessageLoad(.allToAll, bytes: 1, over: group(inside * domains, domain: inside))
      let part = 1 / Double(inside * domains)
      var (near, far) = (0.0, 0.0)
      // What device (domain 0, place 0) sends of its own, and hands on as the counterpart of others.
      for domain in 0..<domains {
        for place in 0..<inside {
          if domain > 0 { far += part }
          if place > 0 { near += domain > 0 ? 0 : part }
        }
      }
      // From each other domain a part of its counterpart there for every neighbour.
      near += Double(domains - 1) * Double(inside - 1) * part
      #expect(abs(load.networkBytes - far) < 1e-12)
      #expect(abs(load.domainBytes - near) < 1e-12)
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
    for collective in Collective.allCases where collective != .send {
      #expect(MessageLoad(collective, bytes: 100, over: group(1)) == .none)
    }
  }
}
