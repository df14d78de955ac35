public import ArgumentParser
public import CostModel

// The model's names are the names on the command line and in the documents.

extension Connection: ExpressibleByArgument, Codable {}
extension Fusion: ExpressibleByArgument, Codable {}
extension NumberFormat: ExpressibleByArgument, Codable {}
extension CoefficientPolicy: ExpressibleByArgument, Codable {}
