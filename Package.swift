// swift-tools-version: 6.3

import PackageDescription

// PAWL_QUICK=1 leaves every target out that needs a package or a system library, so that the core
// builds and tests in seconds. PAWL_TESTS=PawlGitTests,… builds only those test targets.
let quick = Context.environment["PAWL_QUICK"] != nil
let chosenTests = Context.environment["PAWL_TESTS"]?.split(separator: ",").map(String.init)
// PAWL_FUZZ=1 adds pawl-fuzz, and has Pawl's own modules tell libFuzzer which branches they took.
// Optimised all the same: a fuzzer is as good as it is fast.
let isFuzzing = Context.environment["PAWL_FUZZ"] != nil
let instruments = isFuzzing ? ["-O", "-sanitize=fuzzer,address"] : []

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]
let settings = isFuzzing ? strict + [.unsafeFlags(instruments)] : strict

func layer(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, swiftSettings: settings)
}

/// libFuzzer has the `main` of a program that it drives, and SwiftPM wants one of its own.
func fuzzer(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies,
        swiftSettings: settings + [.enableExperimentalFeature("Extern")],
        linkerSettings: [.unsafeFlags(instruments + ["-use-ld=lld"])])
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: settings)
}

let asyncHTTPClient = Target.Dependency.product(
    name: "AsyncHTTPClient", package: "async-http-client")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let nioHTTPTypes = Target.Dependency.product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let argumentParser = Target.Dependency.product(
    name: "ArgumentParser", package: "swift-argument-parser")

// Core, ports, engine, words and fakes: standard library only.
let light: [Target] = [
    layer("PawlCore"),
    layer("PawlPorts", ["PawlCore"]),
    layer("PawlEngine", ["PawlCore", "PawlPorts"]),
    layer("PawlServer", ["PawlCore", "PawlPorts", "PawlEngine"]),
    layer("PawlTesting", ["PawlCore", "PawlPorts", "PawlEngine"]),
    layer("PawlSimulator", ["PawlCore", "PawlPorts", "PawlEngine", "PawlTesting"]),
    program("pawl-sim", ["PawlSimulator"]),
    tests("PawlCoreTests", ["PawlCore", "PawlTesting"]),
    tests("PawlEngineTests", ["PawlCore", "PawlPorts", "PawlEngine", "PawlTesting"]),
    tests(
        "PawlSimulatorTests",
        ["PawlCore", "PawlPorts", "PawlEngine", "PawlTesting", "PawlSimulator"]),
    tests(
        "PawlServerTests",
        ["PawlCore", "PawlPorts", "PawlEngine", "PawlServer", "PawlTesting"]),
    tests("TidyTests", ["PawlCore"]),
]

let heavy: [Target] = [
    // Surfaces' words.
    layer("PawlReport", ["PawlCore", "PawlPorts", "PawlEngine"]),
    layer("PawlActions", ["PawlCore", "PawlPorts", "PawlEngine", "PawlReport"]),

    // Adapters.
    .systemLibrary(
        name: "CLibYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    layer("PawlYAML", ["CLibYAML"]),
    layer("PawlPolicyFile", ["PawlCore", "PawlYAML"]),
    layer("PawlWorkflowFile", ["PawlCore", "PawlYAML"]),
    layer("PawlHTTP", ["PawlCore", "PawlPorts", asyncHTTPClient, nioCore, nioHTTP1, nioPosix]),
    layer("PawlImages", ["PawlCore", "PawlPorts", crypto]),
    layer(
        "PawlRegistry",
        ["PawlCore", "PawlPorts", "PawlHTTP", "PawlImages", crypto, subprocess, systemPackage]),
    layer("PawlLayout", ["PawlCore", "PawlPorts", "PawlImages"]),
    layer("PawlGitHub", ["PawlCore", "PawlPorts", "PawlHTTP", cryptoExtras]),
    layer("PawlGit", ["PawlCore", "PawlPorts", subprocess, systemPackage]),
    layer("PawlHooks", ["PawlCore", "PawlPorts", "PawlHTTP", crypto]),
    .systemLibrary(
        name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    layer("PawlSQLite", ["CSQLite", "PawlCore", "PawlPorts", crypto]),

    // The server's routes and pages, and what `pawl init` finds.
    layer(
        "PawlWeb",
        [
            "PawlCore", "PawlPorts", "PawlEngine", "PawlReport", "PawlActions", "PawlServer",
            hummingbird, hummingbirdCore, httpTypes, nioHTTPTypes, logging, nioCore, nioPosix,
            nioHTTP1, crypto,
        ]),
    layer("PawlInit", ["PawlCore", "PawlWorkflowFile", "PawlYAML"]),

    // The program.
    program(
        "pawl",
        [
            "PawlCore", "PawlPorts", "PawlEngine", "PawlReport", "PawlActions", "PawlPolicyFile",
            "PawlWorkflowFile", "PawlHTTP", "PawlImages", "PawlRegistry", "PawlLayout",
            "PawlGitHub", "PawlGit", "PawlSQLite", "PawlHooks", "PawlServer", "PawlWeb", "PawlInit",
            argumentParser, crypto,
        ]),

    // Servers on loopback for tests, the demo and the benchmark.
    layer(
        "PawlLoopback",
        [
            "PawlCore", nioCore, nioHTTP1, nioPosix, crypto, cryptoExtras, asyncHTTPClient,
            subprocess, systemPackage,
        ]),
    program("pawl-demo", ["PawlCore", "PawlLoopback", subprocess, systemPackage]),
    program(
        "pawl-bench",
        [
            "PawlCore", "PawlPorts", "PawlTesting", "PawlPolicyFile", "PawlSQLite", "PawlLoopback",
            nioCore, nioPosix, crypto,
        ]),

    // Readers of outside text under any bytes at all: run by pawl-fuzz, replayed by tests.
    layer(
        "PawlFuzz",
        [
            "PawlCore", "PawlPorts", "PawlEngine", "PawlReport", "PawlActions", "PawlPolicyFile",
            "PawlWorkflowFile", "PawlHTTP", "PawlImages", "PawlRegistry", "PawlGitHub",
        ]),
    tests("PawlFuzzTests", ["PawlFuzz"]),

    tests(
        "PawlReportTests",
        [
            "PawlCore", "PawlPorts", "PawlEngine", "PawlReport", "PawlActions", "PawlPolicyFile",
            "PawlTesting",
        ]),
    tests("PawlPolicyFileTests", ["PawlCore", "PawlPolicyFile"]),
    tests("PawlWorkflowFileTests", ["PawlCore", "PawlWorkflowFile", "PawlTesting"]),
    tests(
        "PawlRegistryTests",
        [
            "PawlCore", "PawlPorts", "PawlHTTP", "PawlImages", "PawlRegistry", "PawlTesting",
            "PawlLoopback", crypto, subprocess, systemPackage,
        ]),
    tests(
        "PawlLayoutTests",
        [
            "PawlCore", "PawlPorts", "PawlHTTP", "PawlImages", "PawlRegistry", "PawlLayout",
            "PawlTesting", "PawlLoopback",
        ]),
    tests(
        "PawlGitHubTests",
        ["PawlCore", "PawlPorts", "PawlHTTP", "PawlGitHub", "PawlTesting", "PawlLoopback"]),
    tests(
        "PawlGitTests",
        [
            "PawlCore", "PawlPorts", "PawlGit", "PawlTesting", "PawlLoopback", subprocess,
            systemPackage,
        ]),
    tests(
        "PawlHooksTests",
        [
            "PawlCore", "PawlPorts", "PawlHTTP", "PawlHooks", "PawlTesting", "PawlLoopback",
            subprocess, systemPackage,
        ]),
    tests(
        "PawlSQLiteTests", ["CSQLite", "PawlCore", "PawlPorts", "PawlSQLite", "PawlTesting"]),
    tests("PawlInitTests", ["PawlCore", "PawlInit", "PawlPolicyFile"]),
    tests(
        "PawlWebTests",
        [
            "PawlCore", "PawlPorts", "PawlEngine", "PawlServer", "PawlWeb", "PawlTesting",
            "PawlLoopback", "PawlHTTP", hummingbird, httpTypes, nioCore, nioPosix, subprocess,
            systemPackage, crypto,
        ]),
    tests(
        "PawlServeTests",
        [
            "pawl", "PawlCore", "PawlPorts", "PawlSQLite", "PawlTesting", "PawlLoopback", crypto,
            nioCore, nioPosix, subprocess, systemPackage,
        ]),
    tests("PawlCrashTests", ["pawl", "PawlCore", "PawlLoopback", subprocess, systemPackage]),
    tests(
        "PawlCommandTests",
        ["pawl", "PawlCore", "PawlHTTP", "PawlLoopback", subprocess, systemPackage]),
]

let fuzzing: [Target] = [
    fuzzer("pawl-fuzz", ["PawlFuzz"])
]

let package = Package(
    name: "pawl",
    dependencies: quick
        ? []
        : [
            .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
            .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
            .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
            .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
            .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
            .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
            .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
            // Without its default traits, one of which brings the whole of Foundation along.
            .package(
                url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1",
                traits: []),
            .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
            .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
        ],
    targets: (quick ? light : light + heavy + (isFuzzing ? fuzzing : [])).filter { target in
        guard let chosenTests, target.type == .test else { return true }
        return chosenTests.contains(target.name)
    }
)
