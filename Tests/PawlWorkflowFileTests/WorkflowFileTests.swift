import PawlCore
import PawlWorkflowFile
import Testing

@Suite("What a workflow file says starts it")
struct WorkflowFileTests {
    private static let jobs = "\njobs:\n  a:\n    runs-on: x\n    steps: [{run: 'true'}]\n"
    private static let every = PushTrigger.on(branches: .all, paths: .all)

    @Test(
        "`on:` is a word, a list or a mapping; `push` without filters is every push",
        arguments: [
            "on: push", "on: [push, pull_request]", "on:\n- pull_request\n- push",
            "on:\n  push:", "on:\n  push: {}", "on:\n  push: ~", "on:\n  push: null",
            "on: {push: , pull_request: }", "\"on\": 'push'", "'on': [\"push\"]",
            "on: >-\n  push", "on: &events [push]", "name: x\non: push", "%YAML 1.1\n---\non: push",
            "\u{FEFF}on: push", "# a\n\n---\non: push\n...", "on:\n  push: &filters {}",
        ])
    func everyPush(text: String) {
        #expect(Workflow(text).push == Self.every, "\(Workflow(text))")
    }

    @Test(
        "without `push` no push starts it",
        arguments: [
            "on: pull_request", "on: [pull_request, workflow_dispatch]",
            "on:\n  pull_request:\n    paths: [a]", "on: Push", "on: pushes",
            "on:\n  workflow_call:\n    inputs: {push: {type: string}}",
        ])
    func noPush(text: String) {
        #expect(Workflow(text + Self.jobs).push == .never)
    }

    @Test("filters are one text or a list, in any style of YAML")
    func filters() throws {
        let one = try PathFilter.include([FilterPattern("src/**")])
        let two = try PathFilter.include([FilterPattern("src/**"), FilterPattern("!src/docs/**")])
        let texts: [(String, PathFilter)] = [
            ("paths: src/**", one), ("paths: ['src/**']", one), ("paths:\n      - src/**", one),
            ("paths:\n    - \"src/**\"\n    - '!src/docs/**'", two),
            ("paths: [src/**, \"!src/docs/**\"]", two),
            ("paths: &p [src/**]", one),
            ("paths:\n      - >-\n        src/**\n      - |-\n        !src/docs/**", two),
            ("paths-ignore: ['**.md']", .ignore([try FilterPattern("**.md")])),
        ]
        for (text, paths) in texts {
            let workflow = Workflow("on:\n  push:\n    \(text)\(Self.jobs)")
            #expect(workflow.push == .on(branches: .all, paths: paths), "\(text) \(workflow)")
        }
    }

    @Test("branch filters; with filters on tags alone no branch is taken")
    func branches() throws {
        let main = try FilterPattern("main", of: .refs)
        let rows: [(String, BranchFilter)] = [
            ("branches: main", .include([main])), ("branches: [main]", .include([main])),
            ("branches-ignore: [main]", .ignore([main])), ("tags: ['v*']", .none),
            ("tags-ignore: ['v*']", .none),
            ("branches: [main]\n    tags: ['v*']", .include([main])),
            ("branches-ignore: [main]\n    tags-ignore: ['v*']", .ignore([main])),
            ("branches: ['no']", .include([try FilterPattern("no", of: .refs)])),
            ("branches: [no]", .include([try FilterPattern("no", of: .refs)])),
            ("branches: ['1.10']", .include([try FilterPattern("1.10", of: .refs)])),
            ("branches: [1.10.2]", .include([try FilterPattern("1.10.2", of: .refs)])),
        ]
        for (text, branches) in rows {
            let workflow = Workflow("on:\n  push:\n    \(text)\(Self.jobs)")
            #expect(workflow.push == .on(branches: branches, paths: .all), "\(text) \(workflow)")
        }
        let tagsAndPaths = Workflow("on: {push: {tags: [v], paths: [src/x]}}").push
        #expect(
            tagsAndPaths
                == .on(branches: .none, paths: .include([try FilterPattern("src/x")])))
    }

    @Test("name, schedule and the workflows that it waits for")
    func others() {
        let nightly = Workflow(
            """
            name: "Nightly: e2e"
            on:
              schedule:
                - cron: '0 3 * * *'
              workflow_run:
                workflows: [Publish image, "Build: all"]
                types: [completed]
                branches: [main]
            """)
        #expect(
            nightly.triggers
                == WorkflowTriggers(
                    name: "Nightly: e2e", push: .never,
                    workflowRuns: ["Publish image", "Build: all"], hasSchedule: true))
        let one = Workflow("on:\n  workflow_run:\n    workflows: Publish\n  push:\n")
        #expect(one.triggers == WorkflowTriggers(push: Self.every, workflowRuns: ["Publish"]))
        #expect(Workflow("on: workflow_run").triggers == WorkflowTriggers(push: .never))
        #expect(
            Workflow("on: {workflow_run: {types: [x]}}").triggers == WorkflowTriggers(push: .never))
        #expect(Workflow("name:\non: push").triggers == WorkflowTriggers(push: Self.every))
        #expect(Workflow("name: ''\non: push").triggers == WorkflowTriggers(push: Self.every))
        #expect(Workflow("name: 1.10\non: push").triggers?.name == "1.10")
    }

    @Test("a whole file as people write them, with scripts, expressions and anchors in its jobs")
    func wholeFile() throws {
        let triggers = try #require(Workflow(wholeWorkflow).triggers)
        let paths = try ["services/**", "!**/*.md", ".github/workflows/e2e.yml"].map {
            try FilterPattern($0)
        }
        #expect(
            triggers
                == WorkflowTriggers(
                    name: "E2E (staging)",
                    push: .on(
                        branches: .include([try FilterPattern("main", of: .refs)]),
                        paths: .include(paths)),
                    hasSchedule: true))
    }

    @Test("anchors are free where nothing is read: other events, permissions, jobs")
    func anchorsElsewhere() throws {
        let paths = try PathFilter.include([FilterPattern("src/**")])
        for text in [
            "on:\n  push:\n    paths: &p [src/**]\n  pull_request:\n    paths: *p",
            "env: &e {A: b}\non: {push: {paths: [src/**]}}\njobs: {a: {env: *e}, b: {<<: *e}}",
            "x: !!map {a: !mine b}\non: {push: {paths: [src/**]}}\njobs: {? [a] : c, a: d, a: e}",
        ] {
            #expect(Workflow(text).push == .on(branches: .all, paths: paths), "\(Workflow(text))")
        }
    }
}

private let wholeWorkflow = """
    name: E2E (staging)
    # Runs on what could break it.
    on:
      push:
        branches: [main]
        paths:
          - 'services/**'   # all of them
          - '!**/*.md'
          - .github/workflows/e2e.yml
      pull_request:
        branches: [main]
      schedule:
        - cron: "17 3 * * *"
      workflow_dispatch:
        inputs:
          tag: { description: 'Tag: which', required: false, default: "" }
    permissions:
      contents: read
    concurrency:
      group: ${{ github.workflow }}-${{ github.ref }}
      cancel-in-progress: true
    env: &env
      IMAGE: ghcr.io/acme/app
    jobs:
      e2e:
        runs-on: ubuntu-latest
        env: *env
        steps:
          - uses: actions/checkout@v4
          - name: Test
            if: ${{ !cancelled() }}
            run: |
              set -eu
              for i in 1 2; do echo "on: push # $i"; done
          - run: >
              echo folded
              text
    """
