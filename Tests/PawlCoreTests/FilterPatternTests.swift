import PawlCore
import Testing

@Suite("Filter patterns mean what GitHub says they mean")
struct FilterPatternTests {
    /// A filter of one of the four kinds, and the names of one push.
    struct Row: Sendable, CustomTestStringConvertible {
        enum Kind { case paths, pathsIgnore, branches, branchesIgnore }

        let number: Int
        let kind: Kind
        let patterns: [String]
        let names: [String]
        let runs: Bool

        init(_ number: Int, _ kind: Kind, _ patterns: [String], _ names: [String], _ runs: Bool) {
            self.number = number
            self.kind = kind
            self.patterns = patterns
            self.names = names
            self.runs = runs
        }

        var testDescription: String { "\(number): \(patterns) and \(names)" }
    }

    @Test("the examples of GitHub's documentation and of its emulators", arguments: rows)
    func example(row: Row) throws {
        switch row.kind {
        case .paths, .pathsIgnore:
            let patterns = try row.patterns.map { try FilterPattern($0) }
            let filter: PathFilter = row.kind == .paths ? .include(patterns) : .ignore(patterns)
            #expect(row.names.contains { filter.takes($0) } == row.runs)
        case .branches, .branchesIgnore:
            let patterns = try row.patterns.map { try FilterPattern($0, of: .refs) }
            let filter: BranchFilter =
                row.kind == .branches ? .include(patterns) : .ignore(patterns)
            let branches = try row.names.map { try BranchName($0) }
            #expect(branches.contains { filter.takes($0) } == row.runs)
        }
    }

    @Test("all 71 examples are here")
    func count() {
        #expect(rows.map(\.number) == Array(1...71))
    }

    @Test(
        "a pattern that GitHub would not load, or that means nothing certain, is refused by name",
        arguments: [
            ("", FilterPattern.Malformed.empty), ("!", .empty), ("!!", .negatedTwice),
            ("!!a", .negatedTwice),
            ("a\nb", .lineEnd), ("a\r", .lineEnd),
            ("?", .nothingToRepeat), ("+a", .nothingToRepeat), ("!?a", .nothingToRepeat),
            ("*?", .nothingToRepeat), ("**+", .nothingToRepeat), ("a?+", .nothingToRepeat),
            ("a++", .nothingToRepeat), ("**/?", .nothingToRepeat),
            ("[", .brackets), ("[]", .brackets), ("[a", .brackets), ("[a-", .brackets),
            ("[a-]", .brackets), ("[b-a]", .brackets), ("[a-Z]", .brackets), ("[A-z]", .brackets),
            ("[a-9]", .brackets), ("[-a]", .brackets), ("[!a]", .brackets), ("[.]", .brackets),
            ("[a\\]]", .brackets), ("[ä]", .brackets), ("[a/b]", .brackets),
            ("a\\", .escape), ("a\\b", .escape), ("\\]", .escape), ("\\/", .escape),
            ("***", .stars), ("a***/b", .stars), ("a**/b", .stars), ("***/b", .stars),
            ("a/?**/b", .stars),
            ("/a", .start), ("!/a", .start), ("./a", .start), ("../a", .start), (".", .start),
            ("..", .start), (" a", .space), ("a ", .space), ("! a", .space),
        ])
    func malformed(text: String, why: FilterPattern.Malformed) {
        #expect(throws: why) { try FilterPattern(text) }
    }

    @Test(
        "a pattern for refs may not be what git takes in no ref",
        arguments: [
            ("a b", FilterPattern.Malformed.ref), ("a\tb", .ref), ("a~b", .ref), ("a^", .ref),
            ("a:b", .ref), ("a/", .ref), ("a.", .ref), ("/a", .start),
        ])
    func malformedRef(text: String, why: FilterPattern.Malformed) throws {
        #expect(throws: why) { try FilterPattern(text, of: .refs) }
        guard why == .ref else { return }
        _ = try FilterPattern(text, of: .paths)
    }

    @Test(
        "what each sign stands for",
        arguments: [
            // `?` and `+` repeat the character, range or escaped character before them.
            ("ab?c", "ac", true), ("ab?c", "abc", true), ("ab?c", "abbc", false),
            ("ab+c", "ac", false), ("ab+c", "abbbc", true), ("[ab]+", "abba", true),
            ("[ab]+", "abc", false), ("[0-9]?", "", true), ("\\*+", "***", true),
            ("\\+\\?\\[a", "+?[a", true), ("a/?b", "ab", true), ("a/+b", "a//b", true),
            // `*` stays in one folder, `**` does not, `**/` is whole folders.
            ("a*b", "ab", true), ("a*b", "a/b", false), ("a**b", "a/x/b", true),
            ("**/a", "xa", false), ("x/**/a", "x/a", true), ("x/**/a", "x/ya", false),
            ("x/**/a", "x/y/z/a", true), ("**/**/a", "a", true), ("**/**/a", "b/a", true),
            ("docs/**", "docs/", true), ("docs/**", "docs", false), ("**/", "a", false),
            ("a/**/*.js", "a/b.js", true), ("a/**/*.js", "a/b/c/d.js", true),
            // `!` negates in front only, and is left aside in matching.
            ("a!b", "a!b", true), ("!a", "a", true), ("!\\!a", "!a", true),
            // Whole names, in their case, to the scalar.
            ("a", "ab", false), ("a", "ba", false), ("README", "readme", false),
            ("a.c", "abc", false), ("(a|b)$", "(a|b)$", true), ("{a,b}", "a", false),
            ("...a", "...a", true), (".github/**", ".github/x", true),
            ("\u{E9}", "\u{E9}", true), ("\u{E9}", "e\u{301}", false),
            ("e\u{301}+", "e\u{301}\u{301}", true), ("🙂?x", "x", true), ("*", "🙂é", true),
        ])
    func sign(pattern: String, name: String, matches: Bool) throws {
        #expect(try FilterPattern(pattern).matches(name) == matches)
    }

    @Test("the sign in front is known, and alone tells two patterns apart")
    func negation() throws {
        #expect(try FilterPattern("!a").isNegated)
        #expect(try !FilterPattern("\\!a").isNegated)
        #expect(try FilterPattern("!a") != FilterPattern("a"))
        #expect(try FilterPattern("\u{E9}") != FilterPattern("e\u{301}"))
    }

    @Test("a pattern is bounded")
    func length() throws {
        let longest = String(repeating: "a", count: Limits.filterPatternCharactersMax)
        #expect(try FilterPattern(longest).matches(longest))
        #expect(throws: FilterPattern.Malformed.tooLong) { try FilterPattern(longest + "a") }
    }

    // Ways through these patterns are more than atoms in the world; a matcher that tried them one
    // by one would not end.
    @Test(
        "no pattern makes matching long", .timeLimit(.minutes(10)),
        arguments: ["**a", "*a", "a?a", "a+a", "[ab]+", "**/*a"])
    func bomb(piece: String) throws {
        var text = ""
        while text.utf8.count + piece.utf8.count + 2 < Limits.filterPatternCharactersMax {
            text += piece == "**/*a" ? piece + "/" : piece
        }
        let name = String(repeating: "a", count: 1000)
        let pattern = try FilterPattern(text + "c")
        #expect(!pattern.matches(name))
        #expect(!pattern.matches(name.map { "\($0)/" }.joined()))
    }
}

private let mona = ["sub-project/**", "!sub-project/docs/**"]
private let escapedBackslash = "escape\\\\backslash"
private let releases = ["releases/**", "!releases/**-alpha"]
private let abc = ["path/a", "path/b", "path/c"]
private let post = ["*.md", "!README.md"]
private let platform = [
    "workspace-server/**", "canvas/**", "manifest.json",
    ".github/workflows/publish-platform-image.yml",
]

private let rows: [FilterPatternTests.Row] = pathRows + folderRows + orderRows + refRows + realRows

private let pathRows: [FilterPatternTests.Row] = [
    .init(1, .paths, ["*"], ["README.md"], true),
    .init(2, .paths, ["*"], ["path/with/slash"], false),
    .init(3, .paths, ["*.jsx?"], ["page.js"], true),
    .init(4, .paths, ["*.jsx?"], ["page.jsx"], true),
    .init(5, .paths, ["*.jsx?"], ["src/page.jsx"], false),
    .init(6, .paths, ["**"], ["all/the/files.md"], true),
    .init(7, .paths, ["*.js"], ["app.js"], true),
    .init(8, .paths, ["*.js"], ["js/index.js"], false),
    .init(9, .paths, ["**.js"], ["index.js"], true),
    .init(10, .paths, ["**.js"], ["src/js/app.js"], true),
    .init(11, .paths, ["docs/*"], ["docs/README.md"], true),
    .init(12, .paths, ["docs/*"], ["docs/mona/octocat.txt"], false),
]

private let folderRows: [FilterPatternTests.Row] = [
    .init(13, .paths, ["docs/**"], ["docs/mona/octocat.txt"], true),
    .init(14, .paths, ["docs/**"], ["src/docs/x.md"], false),
    .init(15, .paths, ["docs/**/*.md"], ["docs/README.md"], true),
    .init(16, .paths, ["docs/**/*.md"], ["docs/a/markdown/file.md"], true),
    .init(17, .paths, ["docs/**/*.md"], ["docs/a/file.txt"], false),
    .init(18, .paths, ["**/docs/**"], ["docs/hello.md"], true),
    .init(19, .paths, ["**/docs/**"], ["space/docs/plan/space.doc"], true),
    .init(20, .paths, ["**/README.md"], ["README.md"], true),
    .init(21, .paths, ["**/README.md"], ["js/README.md"], true),
    .init(22, .paths, ["**/*src/**"], ["a/src/app.js"], true),
    .init(23, .paths, ["**/*src/**"], ["my-src/code/js/app.js"], true),
    .init(24, .paths, ["**/*-post.md"], ["my-post.md"], true),
    .init(25, .paths, ["**/*-post.md"], ["path/their-post.md"], true),
    .init(26, .paths, ["**/migrate-*.sql"], ["db/sept/migrate-v1.sql"], true),
    .init(27, .paths, ["**/migrate-*.sql"], ["migrate-10909.sql"], true),
]

private let orderRows: [FilterPatternTests.Row] = [
    .init(28, .paths, post, ["hello.md"], true),
    .init(29, .paths, post, ["README.md"], false),
    .init(30, .paths, post, ["docs/hello.md"], false),
    .init(31, .paths, post + ["README*"], ["README.md"], true),
    .init(32, .paths, post + ["README*"], ["README.doc"], true),
    .init(33, .paths, post, ["README.md", "hello.md"], true),
    .init(34, .paths, mona, ["sub-project/index.js"], true),
    .init(35, .paths, mona, ["sub-project/src/index.js"], true),
    .init(36, .paths, mona, ["sub-project/docs/readme.md"], false),
    .init(37, .paths, mona, ["sub-project/docs/readme.md", "sub-project/index.js"], true),
    .init(38, .paths, abc, ["meta", "path/b", "otherfile"], true),
    .init(39, .paths, [".yml"], ["fyml"], false),
    .init(40, .paths, ["\\!file"], ["!file"], true),
    .init(41, .paths, [escapedBackslash], ["escape\\backslash"], true),
    .init(42, .pathsIgnore, ["docs/**"], ["docs/readme.md"], false),
    .init(43, .pathsIgnore, ["docs/**"], ["docs/readme.md", "src/a.c"], true),
    .init(44, .pathsIgnore, ["docs/**"], ["src/a.c"], true),
    .init(45, .pathsIgnore, abc, ["path/c", "path/b", "path/a"], false),
    .init(46, .pathsIgnore, abc, ["path/c", "path/b", "path/d", "path/a"], true),
]

private let refRows: [FilterPatternTests.Row] = [
    .init(47, .branches, ["feature/*"], ["feature/my-branch"], true),
    .init(48, .branches, ["feature/*"], ["feature/beta-a/my-branch"], false),
    .init(49, .branches, ["feature/**"], ["feature/mona/the/octocat"], true),
    .init(50, .branches, ["main", "releases/mona-the-octocat"], ["main"], true),
    .init(51, .branches, ["*"], ["releases"], true),
    .init(52, .branches, ["*"], ["all/the/branches"], false),
    .init(53, .branches, ["**"], ["all/the/branches"], true),
    .init(54, .branches, ["*feature"], ["ver-10-feature"], true),
    .init(55, .branches, ["v2*"], ["v2"], true),
    .init(56, .branches, ["v2*"], ["v2.9"], true),
    .init(57, .branches, ["v2*"], ["v1.0"], false),
    .init(58, .branches, ["v[12].[0-9]+.[0-9]+"], ["v1.10.1"], true),
    .init(59, .branches, ["v[12].[0-9]+.[0-9]+"], ["v3.0.0"], false),
    .init(60, .branches, releases, ["releases/10"], true),
    .init(61, .branches, releases, ["releases/10-alpha"], false),
    .init(62, .branches, releases, ["releases/beta/mona"], true),
    .init(63, .branches, releases, ["releases/beta/3-alpha"], false),
    .init(64, .branchesIgnore, ["canary"], ["canary"], false),
    .init(65, .branchesIgnore, ["canary"], ["main"], true),
    .init(66, .branches, ["[CB]at"], ["Bat"], true),
    .init(67, .branches, ["[1-2]00"], ["200"], true),
    .init(68, .branches, ["[1-2]00"], ["300"], false),
]

/// The first two filters name files that a filter of the world named; one file no longer existed.
private let realRows: [FilterPatternTests.Row] = [
    .init(69, .paths, platform, [".github/workflows/publish-workspace-server-image.yml"], false),
    .init(70, .paths, platform, ["canvas/app/page.tsx"], true),
    .init(
        71, .paths,
        ["workspace-server/internal/middleware/**", "tests/e2e/test_staging_full_saas.sh"],
        ["workspace-server/internal/router/x.go"], false),
]
