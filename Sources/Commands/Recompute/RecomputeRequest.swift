/// What `recompute` was asked for, every default filled in.
struct RecomputeRequest: Encodable {
  var layers: Int
  var streams: Int
  var saved: Int
  var inFlight: Int
  var budgetChannels: Int?
}
