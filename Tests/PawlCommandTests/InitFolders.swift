import Testing

/// Folders of workflows as they are seen in the world, for `pawl init`.
struct InitFolder: Sendable, CustomTestStringConvertible {
    let name: String
    /// By file name in .github/workflows.
    let files: [String: String]
    /// What the policy must say, line by line or in part.
    let says: [String]
    var triggers: [String] = []
    var testDescription: String { name }

    static let checkout = "      - uses: actions/checkout@v4\n"

    private static func workflow(
        _ name: String, on: String = "{push: {branches: [main]}}", env: String = "", _ steps: String
    ) -> String {
        "name: \(name)\non: \(on)\n\(env)jobs:\n  job:\n    runs-on: ubuntu-latest\n    steps:\n"
            + checkout + steps
    }

    private static func push(_ tags: String, labels: Bool = true) -> String {
        """
              - uses: docker/build-push-action@v6
                with:
                  push: ${{ github.event_name != 'pull_request' }}
                  tags: \(tags)
                  labels: org.opencontainers.image.revision=${{ github.sha }}

        """
    }

    private static func run(_ lines: String...) -> String {
        "      - run: |\n" + lines.map { "          \($0)\n" }.joined()
    }

    private static let tests = workflow(
        "Unit tests", on: "{push: {branches: [main]}, pull_request: }", run("make test"))

    static let all: [InitFolder] = [
        InitFolder(
            name: "one image at ghcr.io, tagged by the whole commit",
            files: [
                "publish.yml": workflow(
                    "Publish", push("ghcr.io/${{ github.repository }}:${{ github.sha }}")),
                "ci.yml": tests,
            ],
            says: [
                "- ghcr.io/acme/app\n", "from: \"{sha}\"\n", "build: publish.yml\n",
                "- workflow: ci.yml",
            ], triggers: ["Publish", "Unit tests"]),
        InitFolder(
            name: "a matrix of images, variables on every level, the channel's tag moved by hand",
            files: [
                "images.yml": """
                name: Images
                on: {push: {branches: [main]}}
                env: {REGISTRY: ghcr.io}
                jobs:
                  build:
                    strategy:
                      matrix:
                        service: [api, worker]
                        include: [{service: web, context: ./web}]
                    env:
                      IMAGE: ${{ env.REGISTRY }}/acme/${{ matrix.service }}
                    steps:
                      - run: echo "SHORT=${GITHUB_SHA::7}" >> "$GITHUB_ENV"
                      - uses: docker/build-push-action@v6
                        with:
                          push: true
                          tags: |
                            ${{ env.IMAGE }}:staging-${{ env.SHORT }}
                            ${{ env.IMAGE }}:latest

                """
            ],
            says: [
                "- ghcr.io/acme/api\n", "- ghcr.io/acme/worker\n", "- ghcr.io/acme/web\n",
                "from: \"staging-{short_sha}\"\n", "itself pushes :latest",
                "was not seen to label its images",
            ], triggers: ["Images"]),
        InitFolder(
            name: "docker/metadata-action",
            files: [
                "publish.yaml": workflow(
                    "Publish",
                    """
                          - id: meta
                            uses: docker/metadata-action@v5
                            with:
                              images: |
                                ghcr.io/acme/app
                                docker.io/acme/app
                              tags: |
                                type=sha,prefix=main-,format=long
                                type=ref,event=branch
                          - uses: docker/build-push-action@v6
                            with:
                              push: true
                              tags: "${{ steps.meta.outputs.tags }}"
                              labels: "${{ steps.meta.outputs.labels }}"

                    """)
            ],
            says: [
                "- ghcr.io/acme/app\n", "- docker.io/acme/app\n", "from: \"main-{sha}\"\n",
                "build: publish.yaml\n",
            ], triggers: ["Publish"]),
        InitFolder(
            name: "a monorepo with path filters",
            files: [
                "api.yml": workflow(
                    "API", on: "{push: {branches: [main], paths: ['api/**']}}",
                    push("ghcr.io/acme/api:${{ github.sha }}")),
                "web.yml": workflow(
                    "Web", on: "{push: {branches: [main], paths: ['web/**']}}",
                    push("ghcr.io/acme/web:${{ github.sha }}")),
                "api-tests.yml": workflow(
                    "API tests", on: "{push: {branches: [main], paths: ['api/**', '!**.md']}}",
                    run("make test")),
            ],
            says: [
                "  api:\n", "  web:\n", "- ghcr.io/acme/web\n", "absent: proven",
                "paths: api/**, !**.md",
            ], triggers: ["API", "Web", "API tests"]),
        InitFolder(
            name: "Docker Hub with the user's name in a secret, docker push in a script",
            files: [
                "docker.yml": workflow(
                    "Docker", on: "{push: {branches: [master]}}",
                    run(
                        "TAG=$(git rev-parse --short HEAD)",
                        "docker build -t ${{ secrets.DOCKERHUB_USERNAME }}/app:$TAG .",
                        "docker push ${{ secrets.DOCKERHUB_USERNAME }}/app:$TAG"))
            ],
            says: [
                "branch: master\n", "- docker.io/acme/app # guessed: ",
                "from: \"{short_sha}\" # guessed: ",
            ], triggers: ["Docker"]),
        InitFolder(
            name: "a reusable workflow with inputs",
            files: [
                "build.yml": """
                on: {workflow_call: {inputs: {image: {type: string}, tag: {default: none}}}}
                jobs:
                  build:
                    steps:
                      - run: docker buildx build --push -t "${{ inputs.image }}:${{ inputs.tag }}" .

                """,
                "main.yml": """
                name: Main
                on: {push: {branches: [main]}}
                jobs:
                  app:
                    strategy: {matrix: {name: [app, worker]}}
                    uses: ./.github/workflows/build.yml
                    with: {image: "ghcr.io/acme/${{ matrix.name }}", tag: "rc-${{ github.sha }}"}
                  other:
                    uses: acme/shared/.github/workflows/scan.yml@v1

                """,
            ],
            says: [
                "- ghcr.io/acme/app\n", "- ghcr.io/acme/worker\n", "from: \"rc-{sha}\"",
                "build: main.yml\n", "calls acme/shared/.github/workflows/scan.yml@v1",
            ], triggers: ["Main"]),
        InitFolder(
            name: "broken YAML and aliases beside a good file",
            files: [
                "broken.yml": "name: [\n  - {\n",
                "alias-test.yml":
                    "on: {push: }\nx: &a {}\njobs: {b: *a}\n",
                "publish.yml": workflow("Publish", push("ghcr.io/acme/app:${{ github.sha }}")),
            ],
            says: ["broken.yml could not be read whole", "- workflow: alias-test.yml"],
            triggers: ["Publish", ".github/workflows/alias-test.yml"]),
        InitFolder(
            name: "names that try to break out",
            files: [
                "publish.yml": workflow(
                    #""a\"b ]\n: *c # ${{ secrets.X }}""#,
                    push("ghcr.io/acme/app:${{ github.sha }}")),
                "image.yml": workflow(
                    #""a\" ]: {*c} # 'd'""#, push("ghcr.io/acme/b:${{ github.sha }}")),
                "e2e\n- workflow: evil.yml": tests,
                "test \"x\".yml": workflow(
                    "'- [x] #y: {z}'",
                    on: "{push: {branches: [main], paths: [\"a\\u2028b: c\"]}}", run("true")),
            ],
            says: ["- ghcr.io/acme/b\n", #"- workflow: "test \"x\".yml""#, "Left out"],
            triggers: [#"a" ]: {*c} # 'd'"#, "- [x] #y: {z}"]),
        InitFolder(
            name: "chains by workflow_run, tests on pull requests alone",
            files: [
                "publish.yml": workflow("Publish", push("ghcr.io/acme/app:${{ github.sha }}")),
                "e2e.yml": workflow(
                    "E2E", on: "{workflow_run: {workflows: [Publish], types: [completed]}}",
                    run("true")),
                "lint.yml": workflow("Lint", on: "pull_request", run("true")),
                "stale.yml": workflow(
                    "Stale", on: "{schedule: [{cron: '0 0 * * *'}]}", run("true")),
            ],
            says: [
                "# left out: runs of e2e.yml start by workflow_run",
                "# left out: lint.yml runs on pull requests alone",
                "Not taken for gates: stale.yml",
                "# guessed: no workflow was seen that tests",
            ], triggers: ["Publish"]),
        InitFolder(
            name: "a loop over images, and an output of a job before",
            files: [
                "ship.yml": """
                name: Ship
                on: {push: {branches: [main]}}
                jobs:
                  push:
                    needs: name
                    steps:
                      - run: |
                          for image in app worker; do
                            tag="${{ needs.name.outputs.tag }}"
                            docker build -t "ghcr.io/acme/$image:$tag" $image &&
                              docker push --all-tags "ghcr.io/acme/$image"
                          done
                  name:
                    outputs: {tag: "${{ steps.tag.outputs.tag }}"}
                    steps:
                      - id: tag
                        run: echo "tag=v-$(echo $GITHUB_SHA | cut -c1-7)" >> $GITHUB_OUTPUT

                """
            ],
            says: [
                "- ghcr.io/acme/app\n", "- ghcr.io/acme/worker\n", "from: \"v-{short_sha}\"",
            ], triggers: ["Ship"]),
        InitFolder(
            name: "ko, crane and skopeo",
            files: [
                "release-images.yml": workflow(
                    "Images", env: "env: {KO_DOCKER_REPO: ghcr.io/acme/ctl}\n",
                    run(
                        "ko build --bare --tags main-$GITHUB_SHA ./cmd/ctl",
                        "crane copy local.tar ghcr.io/acme/side:main-$GITHUB_SHA",
                        "skopeo copy oci:x docker://quay.io/acme/last:main-$GITHUB_SHA"))
            ],
            says: [
                "- ghcr.io/acme/ctl\n", "- ghcr.io/acme/side\n", "- quay.io/acme/last\n",
                "from: \"main-{sha}\"",
            ], triggers: ["Images"]),
        InitFolder(
            name: "no tag for the commit at all",
            files: ["docker.yml": workflow("Docker", on: "push", push("ghcr.io/acme/app:latest"))],
            says: [
                "branch: main # guessed: ", "from: \"{sha}\" # guessed: no tag of docker.yml",
                "itself pushes :latest",
            ], triggers: ["Docker"]),
    ]
}
