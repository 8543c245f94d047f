import PawlCore
import Testing

@Suite("A push meets the branch filter and the path filter")
struct PushFilterTests {
    private let main: BranchName
    private let dev: BranchName
    private let src: PathFilter

    init() throws {
        main = try BranchName("main")
        dev = try BranchName("dev")
        src = .include([try FilterPattern("src/**")])
    }

    @Test("without filters every branch and every file is taken")
    func none() {
        #expect(BranchFilter.all.takes(main) && BranchFilter.all.takes(dev))
        #expect(PathFilter.all.takes("README.md"))
    }

    @Test("filters on tags alone take no branch")
    func tagsAlone() {
        #expect(!BranchFilter.none.takes(main))
    }

    @Test("the branch filter holds although the path filter would take the file")
    func otherBranch() throws {
        let branches = BranchFilter.include([try FilterPattern("main", of: .refs)])
        #expect(!branches.takes(dev))
        #expect(branches.takes(main))
        #expect(src.takes("src/a"))
    }

    @Test("an empty commit has no file that any path filter takes, `**` included")
    func emptyCommit() throws {
        let everything = PathFilter.include([try FilterPattern("**")])
        #expect(everything.takes("any/file"))
        let changes = ChangedFiles([], isWhole: true)
        #expect(!changes.paths.contains { everything.takes($0) })
    }

    @Test("a renamed file is held against the filter by both names")
    func renamed() {
        let out = ChangedFiles.File(path: "lib/a", previousPath: "src/a")
        let into = ChangedFiles.File(path: "src/a", previousPath: "lib/a")
        for file in [out, into] {
            #expect(ChangedFiles([file], isWhole: true).paths.contains { src.takes($0) })
        }
    }

    @Test("among branches, too, the last pattern that matches counts")
    func branchOrder() throws {
        let patterns = try ["release/**", "!release/**-rc", "release/2-rc"].map {
            try FilterPattern($0, of: .refs)
        }
        let taken = try ["release/1", "release/1-rc", "release/2-rc", "main"].map {
            BranchFilter.include(patterns).takes(try BranchName($0))
        }
        #expect(taken == [true, false, true, false])
    }
}
