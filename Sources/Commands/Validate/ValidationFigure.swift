import Quantities
import Validation

/// Predicted over measured times as an SVG picture: both axes logarithmic, a dot a row, by scope.
struct ValidationFigure {
  var rows: [TimeRow]

  private static let size = 640.0
  private static let margin = 56.0
  private static let colours: [(TimeCase.Scope, String)] = [
    (.operation, "#4477aa"), (.connection, "#ee6677"), (.recompute, "#228833"), (.step, "#aa3377"),
  ]

  /// Decades that hold every time.
  private var decades: ClosedRange<Int> {
    let times = rows.flatMap { [$0.measured.value, $0.predicted.value] }.filter { $0 > 0 && $0.isFinite }
    guard let least = times.min(), let most = times.max() else { return -6...0 }
    func floor(_ value: Double) -> Int {
      var (decade, power) = (0, 1.0)
      while power > value { (decade, power) = (decade - 1, power / 10) }
      while power * 10 <= value { (decade, power) = (decade + 1, power * 10) }
      return decade
    }
    return floor(least)...floor(most) + 1
  }

  /// The picture.
  var svg: String {
    let decades = decades
    let span = Double(decades.upperBound - decades.lowerBound)
    func place(_ seconds: Double) -> Double { (Self.log10(seconds) - Double(decades.lowerBound)) / span }
    func x(_ part: Double) -> String { Units.fixed(Self.margin + part * (Self.size - 2 * Self.margin), digits: 1) }
    func y(_ part: Double) -> String {
      Units.fixed(Self.size - Self.margin - part * (Self.size - 2 * Self.margin), digits: 1)
    }
    var lines = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(Int(Self.size)) \(Int(Self.size))\""
        + " font-family=\"sans-serif\" font-size=\"12\">",
      "<title>Predicted over measured time of \(rows.count) rows</title>",
      "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>",
    ]
    for decade in decades {
      let part = Double(decade - decades.lowerBound) / span
      lines.append("<path d=\"M\(x(part)) \(y(0))V\(y(1))M\(x(0)) \(y(part))H\(x(1))\" stroke=\"#ddd\"/>")
      lines.append(
        "<text x=\"\(x(part))\" y=\"\(Int(Self.size - Self.margin) + 18)\" text-anchor=\"middle\">\(Self.label(decade))</text>"
      )
      lines.append(
        "<text x=\"\(Int(Self.margin) - 6)\" y=\"\(y(part))\" text-anchor=\"end\" dy=\"4\">\(Self.label(decade))</text>"
      )
    }
    // A quarter above and below, dashed.
    for factor in [0.75, 1, 1.25] {
      let shift = Self.log10(factor) / span
      let (from, to) = (max(0, -shift), min(1, 1 - shift))
      lines.append(
        "<path d=\"M\(x(from)) \(y(from + shift))L\(x(to)) \(y(to + shift))\" stroke=\"#888\""
          + (factor == 1 ? "/>" : " stroke-dasharray=\"4 4\"/>"))
    }
    for (scope, colour) in Self.colours {
      for row in rows where row.scope == scope && row.measured.value > 0 && row.predicted.value > 0 {
        lines.append(
          "<circle cx=\"\(x(place(row.measured.value)))\" cy=\"\(y(place(row.predicted.value)))\" r=\"3\" fill=\"\(colour)\""
            + " fill-opacity=\"0.7\"><title>\(row.name)</title></circle>")
      }
    }
    for (index, (scope, colour)) in Self.colours.enumerated() {
      let at = Int(Self.margin) + 16 + 18 * index
      lines.append("<circle cx=\"\(Int(Self.margin) + 14)\" cy=\"\(at)\" r=\"4\" fill=\"\(colour)\"/>")
      lines.append("<text x=\"\(Int(Self.margin) + 24)\" y=\"\(at + 4)\">\(scope.rawValue)</text>")
    }
    lines.append(
      "<text x=\"\(Int(Self.size / 2))\" y=\"\(Int(Self.size) - 14)\" text-anchor=\"middle\">measured; predicted is upwards;"
        + " dashed: a quarter off</text>")
    return (lines + ["</svg>"]).joined(separator: "\n") + "\n"
  }

  private static func label(_ decade: Int) -> String {
    ["-7": "0.1 µs", "-6": "1 µs", "-5": "10 µs", "-4": "0.1 ms", "-3": "1 ms", "-2": "10 ms", "-1": "0.1 s"][
      "\(decade)"]
      ?? (decade == 0 ? "1 s" : "1e\(decade) s")
  }

  /// By the exponent and a series for the significand; to a thousandth of a decade.
  private static func log10(_ value: Double) -> Double {
    let ratio = (value.significand - 1) / (value.significand + 1)
    let square = ratio * ratio
    let natural = 2 * ratio * (1 + square * (1.0 / 3 + square * (1.0 / 5 + square / 7)))
    return 0.301_029_995_663_981_2 * (Double(value.exponent) + natural / 0.693_147_180_559_945_3)
  }
}
