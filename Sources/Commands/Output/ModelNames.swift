public import ArgumentParser
public import CostModel

// The model's names are the names on the command line and in the documents.

extension Connection: ExpressibleByArgument, Encodable {}
extension Fusion: ExpressibleByArgument, Encodable {}
extension NumberFormat: ExpressibleByArgument, Encodable {}
extension CoefficientPolicy: ExpressibleByArgument, Encodable {}
