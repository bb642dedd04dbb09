// swift-tools-version: 6.2
import PackageDescription

/// Every target: Swift 6 mode, strict memory safety, warnings are errors.
let house: [SwiftSetting] = [.strictMemorySafety(), .treatAllWarnings(as: .error)]

/// A product of another package, for the half that the trait Services switches on.
func service(_ name: String, _ package: String) -> Target.Dependency {
  .product(name: name, package: package, condition: .when(traits: ["Services"]))
}

/// A wide-kernel target is a fence of its own: checked lengths and aligned buffers at its entries, raw lanes inside.
func wide(_ flags: [String]) -> [SwiftSetting] {
  [.treatAllWarnings(as: .error), .unsafeFlags(flags.flatMap { ["-Xcc", $0] })]
}
let avx2 = wide(["-mavx2", "-mfma", "-mbmi2"])
let avx512 = wide(["-march=x86-64-v4", "-mavx512ifma", "-mavx512vpopcntdq", "-mprefer-vector-width=512"])

/// For wide modules with structures of registers: reflection is what would make the compiler emit copies of them in
/// wide instructions, under names that all modules share.
let withoutReflection: [SwiftSetting] = [.unsafeFlags(["-Xfrontend", "-disable-reflection-metadata"])]

let package = Package(
  name: "hitoku",
  products: [
    .library(name: "BFV", targets: ["BFV", "ParameterFiles"]),
    .executable(name: "hitoku", targets: ["hitoku"]),
    .executable(name: "hitoku-bench", targets: ["hitoku-bench"]),
    .executable(name: "hitoku-leakd", targets: ["hitoku-leakd"]),
    .executable(name: "hitoku-sumd", targets: ["hitoku-sumd"]),
  ],
  traits: [
    .default(enabledTraits: ["Services"]),
    .trait(
      name: "Services", description: "Programs and services; without it only the cryptographic core is built."
    ),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-extras", exact: "1.35.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
    .package(url: "https://github.com/apple/swift-certificates", exact: "1.21.1"),
    .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
    .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
  ],
  targets: [
    // Foundations
    .systemLibrary(
      name: "COpenSSL", path: "Sources/Foundations/COpenSSL", pkgConfig: "openssl",
      providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),
    .systemLibrary(
      name: "CGMP", path: "Sources/Foundations/CGMP", pkgConfig: "gmp",
      providers: [.apt(["libgmp-dev"]), .brew(["gmp"])]),
    .systemLibrary(
      name: "CZlib", path: "Sources/Foundations/CZlib", pkgConfig: "zlib",
      providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .systemLibrary(
      name: "CSodium", path: "Sources/Foundations/CSodium", pkgConfig: "libsodium",
      providers: [.apt(["libsodium-dev"]), .brew(["libsodium"])]),
    .systemLibrary(
      name: "CPQ", path: "Sources/Foundations/CPQ", pkgConfig: "libpq",
      providers: [.apt(["libpq-dev"]), .brew(["libpq"])]),
    .systemLibrary(name: "CProcessor", path: "Sources/Foundations/CProcessor"),
    .target(name: "Secrets", path: "Sources/Foundations/Secrets", swiftSettings: house),
    .target(
      name: "BigIntegers", dependencies: ["CGMP", "Secrets"], path: "Sources/Foundations/BigIntegers",
      swiftSettings: house),
    .target(
      name: "Primitives", dependencies: ["COpenSSL", "PrimitivesAVX512", "ProcessorFeatures", "Secrets"],
      path: "Sources/Foundations/Primitives", swiftSettings: house),
    .target(
      name: "PrimitivesAVX512", path: "Sources/Foundations/PrimitivesAVX512",
      swiftSettings: avx512 + wide(["-mvaes"])),
    .target(
      name: "ProcessorFeatures", dependencies: ["CProcessor"],
      path: "Sources/Foundations/ProcessorFeatures", swiftSettings: house),
    .target(name: "ByteCoding", path: "Sources/Foundations/ByteCoding", swiftSettings: house),
    .target(name: "ParallelLoops", path: "Sources/Foundations/ParallelLoops", swiftSettings: house),

    // Arithmetic
    .target(name: "ModularArithmetic", path: "Sources/Arithmetic/ModularArithmetic", swiftSettings: house),
    .target(
      name: "NumberTheoreticTransform",
      dependencies: [
        "ModularArithmetic", "ProcessorFeatures", "NumberTheoreticTransformAVX2",
        "NumberTheoreticTransformAVX512",
      ],
      path: "Sources/Arithmetic/NumberTheoreticTransform", swiftSettings: house),
    .target(
      name: "NumberTheoreticTransformAVX2", dependencies: ["ModularArithmetic"],
      path: "Sources/Arithmetic/NumberTheoreticTransformAVX2",
      swiftSettings: avx2 + [.define("LANES_AVX2")]),
    .target(
      name: "NumberTheoreticTransformAVX512", dependencies: ["ModularArithmetic"],
      path: "Sources/Arithmetic/NumberTheoreticTransformAVX512",
      swiftSettings: avx512 + [.define("LANES_AVX512")]),
    .target(
      name: "PolynomialRing",
      dependencies: [
        "BigIntegers", "ModularArithmetic", "NumberTheoreticTransform", "PolynomialRingAVX512",
        "ProcessorFeatures", "Primitives", "Secrets",
      ],
      path: "Sources/Arithmetic/PolynomialRing", swiftSettings: house),
    .target(
      name: "PolynomialRingAVX512", path: "Sources/Arithmetic/PolynomialRingAVX512",
      swiftSettings: avx512),
    .target(
      name: "PrimeOrderGroup",
      dependencies: [
        "ByteCoding", "CSodium", "ParallelLoops", "Primitives", "PrimeOrderGroupAVX512", "ProcessorFeatures",
        "Secrets",
      ],
      path: "Sources/Arithmetic/PrimeOrderGroup", swiftSettings: house),
    .target(
      name: "PrimeOrderGroupAVX512", path: "Sources/Arithmetic/PrimeOrderGroupAVX512",
      swiftSettings: avx512 + withoutReflection),
    .target(
      name: "ModularExponentiation",
      dependencies: [
        "BigIntegers", "ModularExponentiationAVX512", "ParallelLoops", "ProcessorFeatures", "Secrets",
      ],
      path: "Sources/Arithmetic/ModularExponentiation", swiftSettings: house),
    .target(
      name: "ModularExponentiationAVX512", path: "Sources/Arithmetic/ModularExponentiationAVX512",
      swiftSettings: avx512 + wide(["-mtune=znver4"]) + withoutReflection),

    // Schemes
    .target(
      name: "BFV",
      dependencies: [
        "BigIntegers", "ByteCoding", "ModularArithmetic", "PolynomialRing", "Primitives", "Secrets",
      ],
      path: "Sources/Schemes/BFV", swiftSettings: house),
    .target(
      name: "ObliviousPRF",
      dependencies: ["ParallelLoops", "PrimeOrderGroup", "Primitives", "Secrets"],
      path: "Sources/Schemes/ObliviousPRF", swiftSettings: house),
    .target(
      name: "GarbledCircuits", dependencies: ["ByteCoding", "Primitives", "Secrets"],
      path: "Sources/Schemes/GarbledCircuits",
      swiftSettings: house),
    .target(
      name: "ObliviousTransfer", dependencies: ["PrimeOrderGroup", "Primitives", "Secrets"],
      path: "Sources/Schemes/ObliviousTransfer", swiftSettings: house),
    .target(
      name: "Paillier",
      dependencies: [
        "BigIntegers", "ByteCoding", "ModularExponentiation", "ParallelLoops", "Primitives",
        "ProcessorFeatures", "Secrets",
      ],
      path: "Sources/Schemes/Paillier", swiftSettings: house),

    // Protocols
    .target(
      name: "SetIntersection", dependencies: ["ByteCoding", "PrimeOrderGroup", "Primitives", "Secrets"],
      path: "Sources/Protocols/SetIntersection", swiftSettings: house),
    .target(
      name: "CrossStatistics",
      dependencies: [
        "BFV", "BigIntegers", "ByteCoding", "DisclosureControl", "ModularArithmetic", "ParallelLoops",
        "Primitives", "PrivateComparison", "Secrets", "SetIntersection",
      ],
      path: "Sources/Protocols/CrossStatistics", swiftSettings: house),
    .target(
      name: "LabeledLookup",
      dependencies: ["BFV", "BigIntegers", "ByteCoding", "ParallelLoops", "Primitives", "Secrets"],
      path: "Sources/Protocols/LabeledLookup", swiftSettings: house),
    .target(
      name: "LeakCheck", dependencies: ["LabeledLookup", "ObliviousPRF", "Primitives", "Secrets"],
      path: "Sources/Protocols/LeakCheck", swiftSettings: house),
    .target(
      name: "DisclosureControl", dependencies: ["BigIntegers", "Primitives", "Secrets"],
      path: "Sources/Protocols/DisclosureControl", swiftSettings: house),
    .target(
      name: "PrivateComparison",
      dependencies: ["ByteCoding", "GarbledCircuits", "ObliviousTransfer", "Primitives", "Secrets"],
      path: "Sources/Protocols/PrivateComparison", swiftSettings: house),

    .target(
      name: "EncryptedSum",
      dependencies: [
        "BFV", "BigIntegers", "ByteCoding", "DisclosureControl", "Paillier", "Primitives", "Secrets",
        "SumStatistics",
      ],
      path: "Sources/Protocols/EncryptedSum", swiftSettings: house),
    .target(name: "SumStatistics", path: "Sources/Protocols/SumStatistics", swiftSettings: house),

    // Services
    .target(
      name: "ParameterFiles", dependencies: ["BFV", "BigIntegers", "LabeledLookup"],
      path: "Sources/Services/ParameterFiles",
      exclude: ["params/README.md"], resources: [.embedInCode("params")],
      swiftSettings: house),
    .target(
      name: "PaillierFiles", dependencies: ["BigIntegers", "Paillier", "Secrets"],
      path: "Sources/Services/PaillierFiles", swiftSettings: house),
    .target(name: "Tables", dependencies: ["CZlib"], path: "Sources/Services/Tables", swiftSettings: house),
    .target(
      name: "Studies",
      dependencies: ["ByteCoding", "DisclosureControl", "EncryptedSum", "Primitives", "Reports", "Tables"],
      path: "Sources/Services/Studies", swiftSettings: house),
    .target(name: "Reports", path: "Sources/Services/Reports", swiftSettings: house),
    .target(
      name: "LeakDatabase",
      dependencies: [
        "LabeledLookup", "LeakCheck", "ObliviousPRF", "ParallelLoops", "ParameterFiles", "Primitives",
        "Reports", "Secrets", "Tables",
      ],
      path: "Sources/Services/LeakDatabase", swiftSettings: house),
    .target(
      name: "BudgetLedger",
      dependencies: [
        "ByteCoding", "DisclosureControl", "Primitives", "Secrets", service("GRDB", "GRDB.swift"),
      ],
      path: "Sources/Services/BudgetLedger", swiftSettings: house),

    .target(
      name: "ContributionStore",
      dependencies: ["CPQ", "EncryptedSum", "Primitives", "Secrets", service("GRDB", "GRDB.swift")],
      path: "Sources/Services/ContributionStore", swiftSettings: house),

    .target(
      name: "Identities",
      dependencies: [
        "Primitives", "Secrets", service("Crypto", "swift-crypto"), service("NIOSSL", "swift-nio-ssl"),
        service("X509", "swift-certificates"),
      ],
      path: "Sources/Services/Identities", swiftSettings: house),
    .target(
      name: "Transport",
      dependencies: [
        "ByteCoding", "Identities", "Primitives", "Secrets", service("NIOCore", "swift-nio"),
        service("NIOPosix", "swift-nio"), service("NIOSSL", "swift-nio-ssl"),
        service("NIOTLS", "swift-nio"),
      ],
      path: "Sources/Services/Transport", swiftSettings: house),

    .target(
      name: "ServiceContracts", dependencies: ["ByteCoding", "LeakDatabase"],
      path: "Sources/Services/ServiceContracts", swiftSettings: house),
    .target(
      name: "HTTPService",
      dependencies: [
        "Identities", "Primitives", "Secrets", "ServiceContracts", service("GRDB", "GRDB.swift"),
        service("HTTPTypes", "swift-http-types"), service("Hummingbird", "hummingbird"),
        service("HummingbirdCore", "hummingbird"), service("HummingbirdHTTP2", "hummingbird"),
        service("Logging", "swift-log"), service("NIOCore", "swift-nio"),
        service("NIOHTTPTypes", "swift-nio-extras"), service("NIOSSL", "swift-nio-ssl"),
        service("NIOTLS", "swift-nio"), service("ServiceLifecycle", "swift-service-lifecycle"),
        service("UnixSignals", "swift-service-lifecycle"),
      ],
      path: "Sources/Services/HTTPService", swiftSettings: house),
    .target(
      name: "ServiceClient",
      dependencies: [
        "Identities", "ServiceContracts", service("AsyncHTTPClient", "async-http-client"),
        service("NIOCore", "swift-nio"), service("NIOHTTP1", "swift-nio"), service("NIOPosix", "swift-nio"),
        service("NIOSSL", "swift-nio-ssl"),
      ],
      path: "Sources/Services/ServiceClient", swiftSettings: house),
    .target(
      name: "LeakClient",
      dependencies: [
        "Identities", "LabeledLookup", "LeakCheck", "ObliviousPRF", "ParameterFiles", "Reports",
        "ServiceClient", "ServiceContracts",
      ],
      path: "Sources/Services/LeakClient", swiftSettings: house),
    .target(
      name: "SumClient",
      dependencies: [
        "BFV", "EncryptedSum", "Identities", "Paillier", "ParameterFiles", "Primitives", "Secrets",
        "ServiceClient", "ServiceContracts",
      ],
      path: "Sources/Services/SumClient", swiftSettings: house),

    // Programs
    .executableTarget(
      name: "hitoku",
      dependencies: [
        "BFV", "BigIntegers", "BudgetLedger", "ByteCoding", "CrossStatistics", "DisclosureControl",
        "EncryptedSum", "Identities", "LabeledLookup", "LeakCheck", "LeakClient", "LeakDatabase",
        "ObliviousPRF", "Paillier", "PaillierFiles", "ParallelLoops", "ParameterFiles", "PrimeOrderGroup",
        "Primitives", "PrivateComparison", "Reports", "Secrets", "ServiceClient", "ServiceContracts",
        "SetIntersection", "Studies", "SumClient", "SumStatistics", "Tables", "Transport",
        service("ArgumentParser", "swift-argument-parser"),
      ],
      path: "Sources/Programs/hitoku", swiftSettings: house),
    .executableTarget(
      name: "hitoku-bench",
      dependencies: [
        "BFV", "BigIntegers", "ContributionStore", "EncryptedSum", "GarbledCircuits", "Identities",
        "LabeledLookup", "ModularArithmetic", "NumberTheoreticTransform", "ObliviousPRF",
        "ObliviousTransfer", "Paillier", "ParameterFiles", "PolynomialRing", "PrimeOrderGroup",
        "Primitives", "PrivateComparison", "ProcessorFeatures", "Secrets", "ServiceClient",
        "ServiceContracts", "Studies", "SumClient", "Transport",
        .product(
          name: "ArgumentParser", package: "swift-argument-parser",
          condition: .when(traits: ["Services"])),
      ],
      path: "Sources/Programs/hitoku-bench", swiftSettings: house),
    .executableTarget(
      name: "hitoku-leakd",
      dependencies: [
        "HTTPService", "Identities", "LabeledLookup", "LeakDatabase", "ObliviousPRF", "ParallelLoops",
        "PrimeOrderGroup",
        "Primitives", "Secrets", "ServiceContracts", service("ArgumentParser", "swift-argument-parser"),
        service("HTTPTypes", "swift-http-types"), service("Logging", "swift-log"),
        service("ServiceLifecycle", "swift-service-lifecycle"),
      ],
      path: "Sources/Programs/hitoku-leakd", resources: [.embedInCode("openapi.yaml")],
      swiftSettings: house),
    .executableTarget(
      name: "hitoku-sumd",
      dependencies: [
        "ContributionStore", "EncryptedSum", "HTTPService", "Identities", "Paillier", "PaillierFiles",
        "ParallelLoops", "ParameterFiles", "Primitives", "Reports", "Secrets", "ServiceContracts", "Studies",
        service("ArgumentParser", "swift-argument-parser"), service("HTTPTypes", "swift-http-types"),
        service("Logging", "swift-log"), service("ServiceLifecycle", "swift-service-lifecycle"),
      ],
      path: "Sources/Programs/hitoku-sumd", resources: [.embedInCode("openapi.yaml"), .embedInCode("web")],
      swiftSettings: house),

    // Tests
    .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: house),
    .testTarget(
      name: "SecretsTests", dependencies: ["Secrets", "TestSupport"], swiftSettings: house),
    .testTarget(
      name: "BigIntegersTests", dependencies: ["BigIntegers", "Secrets", "TestSupport"], swiftSettings: house),
    .testTarget(
      name: "PrimitivesTests", dependencies: ["Primitives", "ProcessorFeatures", "Secrets", "TestSupport"],
      swiftSettings: house),
    .testTarget(
      name: "ProcessorFeaturesTests", dependencies: ["ProcessorFeatures"], swiftSettings: house),
    .testTarget(
      name: "ByteCodingTests", dependencies: ["ByteCoding", "TestSupport"], swiftSettings: house),
    .testTarget(
      name: "ModularArithmeticTests", dependencies: ["ModularArithmetic", "TestSupport"],
      swiftSettings: house),
    .testTarget(
      name: "NumberTheoreticTransformTests",
      dependencies: [
        "ModularArithmetic", "NumberTheoreticTransform", "ProcessorFeatures", "TestSupport",
      ],
      swiftSettings: house),
    .testTarget(
      name: "PolynomialRingTests",
      dependencies: [
        "BigIntegers", "ModularArithmetic", "PolynomialRing", "Primitives", "ProcessorFeatures",
        "TestSupport",
      ],
      swiftSettings: house),
    .testTarget(
      name: "ParallelLoopsTests", dependencies: ["ParallelLoops"], swiftSettings: house),
    .testTarget(
      name: "PrimeOrderGroupTests",
      dependencies: [
        "BigIntegers", "PrimeOrderGroup", "PrimeOrderGroupAVX512", "ProcessorFeatures", "Secrets",
        "TestSupport",
      ],
      swiftSettings: house),
    .testTarget(
      name: "ObliviousPRFTests",
      dependencies: ["ObliviousPRF", "PrimeOrderGroup", "ProcessorFeatures", "Secrets", "TestSupport"],
      swiftSettings: house),
    .testTarget(
      name: "GarbledCircuitsTests",
      dependencies: ["GarbledCircuits", "Primitives", "Secrets", "TestSupport"],
      swiftSettings: house),
    .testTarget(
      name: "ObliviousTransferTests",
      dependencies: ["ObliviousTransfer", "Primitives", "Secrets", "TestSupport"],
      swiftSettings: house),
    .testTarget(
      name: "PrivateComparisonTests", dependencies: ["GarbledCircuits", "PrivateComparison", "TestSupport"],
      swiftSettings: house),
    .testTarget(
      name: "ModularExponentiationTests",
      dependencies: [
        "BigIntegers", "ModularExponentiation", "ProcessorFeatures", "Secrets", "TestSupport",
      ],
      swiftSettings: house),
    .testTarget(
      name: "PaillierTests",
      dependencies: [
        "BigIntegers", "ByteCoding", "Paillier", "ProcessorFeatures", "Secrets", "TestSupport",
      ],
      swiftSettings: house),
    .testTarget(
      name: "PaillierFilesTests",
      dependencies: ["BigIntegers", "Paillier", "PaillierFiles", "Secrets", "TestSupport"],
      exclude: ["phe_session.py"], swiftSettings: house),
    .testTarget(
      name: "BFVTests",
      dependencies: [
        "BFV", "BigIntegers", "ByteCoding", "ModularArithmetic", "ParameterFiles", "PolynomialRing",
        "ProcessorFeatures", "Primitives", "Secrets", "TestSupport",
      ],
      swiftSettings: house),
    .testTarget(
      name: "SetIntersectionTests",
      dependencies: ["ByteCoding", "PrimeOrderGroup", "SetIntersection", "TestSupport"],
      swiftSettings: house),
    .testTarget(
      name: "CrossStatisticsTests",
      dependencies: [
        "BFV", "BigIntegers", "ByteCoding", "CrossStatistics", "DisclosureControl", "ModularArithmetic",
        "Primitives", "PrivateComparison", "Secrets", "SetIntersection", "Studies", "Tables", "TestSupport",
      ],
      swiftSettings: house),
    .testTarget(
      name: "LabeledLookupTests",
      dependencies: ["BFV", "LabeledLookup", "ParameterFiles", "Secrets", "TestSupport"],
      swiftSettings: house),
    .testTarget(
      name: "LeakCheckTests",
      dependencies: [
        "LabeledLookup", "LeakCheck", "ObliviousPRF", "ParameterFiles", "Primitives", "Secrets",
        "TestSupport",
      ],
      swiftSettings: house),
    .testTarget(
      name: "LeakDatabaseTests",
      dependencies: [
        "LabeledLookup", "LeakCheck", "LeakDatabase", "ObliviousPRF", "Secrets", "Tables", "TestSupport",
      ],
      swiftSettings: house),
    .testTarget(
      name: "DisclosureControlTests",
      dependencies: ["DisclosureControl", "Primitives", "Secrets", "TestSupport"],
      exclude: ["opendp_moments.py"], swiftSettings: house),
    .testTarget(
      name: "EncryptedSumTests",
      dependencies: [
        "BFV", "DisclosureControl", "EncryptedSum", "Paillier", "ParameterFiles", "Primitives", "Secrets",
        "SumStatistics", "TestSupport",
      ],
      swiftSettings: house),
    .testTarget(
      name: "SumStatisticsTests", dependencies: ["SumStatistics", "TestSupport"],
      exclude: ["scipy_values.py"], swiftSettings: house),
    .testTarget(
      name: "TablesTests", dependencies: ["Tables", "TestSupport"], swiftSettings: house),
    .testTarget(
      name: "StudiesTests",
      dependencies: [
        "ByteCoding", "DisclosureControl", "EncryptedSum", "Primitives", "Studies", "Tables", "TestSupport",
      ],
      swiftSettings: house),
    .testTarget(name: "ReportsTests", dependencies: ["Reports"], swiftSettings: house),
    .testTarget(
      name: "BudgetLedgerTests",
      dependencies: [
        "BudgetLedger", "DisclosureControl",
        .product(name: "GRDB", package: "GRDB.swift", condition: .when(traits: ["Services"])),
      ],
      swiftSettings: house),
    .testTarget(
      name: "ContributionStoreTests",
      dependencies: [
        "BFV", "ContributionStore", "EncryptedSum", "ParameterFiles", "Primitives", "Secrets", "TestSupport",
        .product(name: "GRDB", package: "GRDB.swift", condition: .when(traits: ["Services"])),
      ],
      swiftSettings: house),
    .testTarget(
      name: "ParameterFilesTests", dependencies: ["BFV", "ParameterFiles", "TestSupport"],
      swiftSettings: house),
    .target(
      name: "FuzzTargets",
      dependencies: [
        "BFV", "BigIntegers", "ByteCoding", "EncryptedSum", "GarbledCircuits", "LabeledLookup", "LeakCheck",
        "ModularArithmetic", "ObliviousPRF", "Paillier", "PaillierFiles", "ParameterFiles", "Primitives",
        "Secrets", "ServiceContracts", "Studies",
      ],
      path: "Tests/Fuzz/FuzzTargets", swiftSettings: house),
    .executableTarget(
      name: "hitoku-fuzz", dependencies: ["FuzzTargets"], path: "Tests/Fuzz/hitoku-fuzz", swiftSettings: house
    ),
    .testTarget(
      name: "FuzzTests", dependencies: ["FuzzTargets", "ModularArithmetic", "TestSupport"],
      swiftSettings: house),
    .testTarget(
      name: "HitokuTests",
      dependencies: [
        "EncryptedSum", "hitoku", "hitoku-leakd", "hitoku-sumd", "LeakClient", "Primitives", "Secrets",
        "ServiceClient", "ServiceContracts", "Studies", "SumClient", "TestSupport",
        service("Crypto", "swift-crypto"), service("X509", "swift-certificates"),
      ],
      exclude: ["altering_proxy.py", "odd_server.py", "slow_body.py", "typing_terminal.py"],
      swiftSettings: house),
    .testTarget(
      name: "IdentitiesTests", dependencies: ["Identities", "TestSupport"], swiftSettings: house),
    .testTarget(
      name: "TransportTests",
      dependencies: [
        "Identities", "Transport", "TestSupport", service("NIOCore", "swift-nio"),
        service("NIOPosix", "swift-nio"), service("NIOSSL", "swift-nio-ssl"),
      ],
      swiftSettings: house),
    .testTarget(
      name: "ServiceContractsTests", dependencies: ["ByteCoding", "ServiceContracts", "TestSupport"],
      swiftSettings: house),
    .testTarget(
      name: "HTTPServiceTests",
      dependencies: [
        "HTTPService", "Primitives", "ServiceContracts", "TestSupport",
        service("HTTPTypes", "swift-http-types"),
        service("Hummingbird", "hummingbird"), service("Logging", "swift-log"),
        service("NIOCore", "swift-nio"),
      ],
      swiftSettings: house),
    .testTarget(
      name: "HitokuLeakdTests",
      dependencies: [
        "hitoku-leakd", "Identities", "LabeledLookup", "LeakCheck", "LeakDatabase", "ObliviousPRF",
        "ParameterFiles",
        "Primitives", "Secrets", "ServiceClient", "ServiceContracts", "TestSupport",
        service("AsyncHTTPClient", "async-http-client"), service("Crypto", "swift-crypto"),
        service("NIOCore", "swift-nio"), service("NIOHTTP1", "swift-nio"), service("NIOPosix", "swift-nio"),
        service("NIOSSL", "swift-nio-ssl"), service("X509", "swift-certificates"),
      ],
      swiftSettings: house),
  ],
  swiftLanguageModes: [.v6]
)
