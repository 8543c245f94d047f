import PawlCore
import PawlTesting
import Testing

@Suite("The workflow files of the engine's stories are read to what the stories say")
struct StoryFileTests {
    @Test(
        "text and triggers of a story's file agree",
        arguments: [
            WorkflowFile.everyPush, .paths("src/**"), .paths("src/**", "!src/docs/**", "*.md"),
            .pathsIgnore("**.md", "docs/**"), .branches("main", "release/**"),
            WorkflowFile(push: .never),
            WorkflowFile(name: "nightly", push: .never, hasSchedule: true),
            WorkflowFile(push: .on(branchesIgnore: ["canary"], paths: ["a?b+[0-9]"])),
            .everyPush.running("make other"),
        ])
    func agree(file: WorkflowFile) {
        #expect(Workflow(file.text).triggers == file.triggers)
    }
}
